/**
 * Loads the chunks of the command line; the build copies this file to dist/cli/start.js.
 *
 * Each file beside it defines chunks, and each chunk runs once, whichever file brought it along. Where the build has
 * left V8's code cache for exactly this Node on this kind of machine, compiling is skipped. V8 itself checks the cache
 * once more, and without one everything works the same, only some ten milliseconds later.
 */

const { readFileSync, statSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const CACHE_SUFFIX = `.${process.version}-${process.platform}-${process.arch}.cache`

const factories = new Map()
const modules = new Map()
/** The scripts that have run, by path: `warm-code-cache.mjs` asks them for their cache. */
const scripts = new Map()

function define(name, factory) {
  if (!factories.has(name)) factories.set(name, factory)
}

function load(name) {
  let module = modules.get(name)
  if (module === undefined) {
    module = { exports: {} }
    modules.set(name, module)
    factories.get(name)(module.exports, requireFrom, module)
  }
  return module.exports
}

/** What `require` means inside a chunk: another chunk, or a module of Node. */
function requireFrom(specifier) {
  if (!specifier.startsWith('.')) return require(specifier)
  const name = specifier.slice(specifier.lastIndexOf('/') + 1)
  if (!factories.has(name)) runFile(join(__dirname, name))
  return load(name)
}

function runFile(path) {
  const cache = path + CACHE_SUFFIX
  const cachedData = statSync(cache, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(cache)
  // esbuild writes ASCII.
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData })
  scripts.set(path, script)
  script.runInThisContext()(define)
}

module.exports = { ...requireFrom('./main.js'), scripts, CACHE_SUFFIX }
