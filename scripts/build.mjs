/**
 * Builds dist/: the library (index.js, authentication.js, types/) and the command line (cli/), everything bundled,
 * nothing installed with it.
 *
 *   node scripts/build.mjs              the whole build
 *   node scripts/build.mjs --no-types   without the declarations, which take most of the time
 */

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
// Built aside and put in place at the end: whoever runs bin/pki.js meanwhile finds the old one whole.
const dist = join(root, `.dist-${process.pid}`)
process.chdir(root)

/**
 * Parts of packages that are never used and cost milliseconds at every start: commander loads node:child_process for
 * executable sub-commands, which we have none of; chalk loads node:tty, and with it the network stack, to find out
 * about colours, which `cli/io.ts` has decided already.
 */
const UNUSED_PARTS = [
  { specifier: /^node:child_process$/, importer: join('node_modules', 'commander'), contents: 'module.exports = {}' },
  { specifier: /^#supports-color$/, importer: join('node_modules', 'chalk'), contents: 'export default {}' },
]

/** One build, so that a PkiError of one entry is a PkiError of the others. */
const LIBRARY_ENTRIES = {
  index: 'src/index.ts',
  authentication: 'src/authentication.ts',
  'authentication/fastify': 'src/authentication/fastify.ts',
  vitest: 'src/testing/vitest.ts',
}

const PROFILE_COMPILER = join(root, 'scripts', 'compile-profiles.mjs')

async function main() {
  if (existsSync(PROFILE_COMPILER)) run(PROFILE_COMPILER)
  // Two builds, because chunks shared by both would cut the library into files for the sake of the command line.
  const library = await bundle(LIBRARY_ENTRIES, dist)
  const cli = await bundle({ main: 'src/cli/main.ts' }, join(dist, 'cli'))
  await linkAsCommonJs(join(dist, 'cli'), cli)
  run(join(root, 'scripts', 'warm-code-cache.mjs'), join(dist, 'cli', 'start.js'))
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses([library, cli]))
  if (!process.argv.includes('--no-types')) {
    run(
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '--project',
      'tsconfig.build.json',
      '--outDir',
      join(dist, 'types'),
    )
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  renameSync(dist, join(root, 'dist'))
}

function run(script, ...args) {
  execFileSync(process.execPath, [script, ...args], { stdio: 'inherit' })
}

async function bundle(entryPoints, outdir) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const result = await build({
    entryPoints,
    outdir,
    bundle: true,
    // The test framework that runs is the one that must be extended.
    external: ['vitest'],
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node20',
    // A package's ES modules where it has them: what is loaded with import() then keeps its named exports.
    mainFields: ['module', 'main'],
    minify: true,
    // Error classes and commands are recognised by their names, also in a minified stack trace.
    keepNames: false,
    legalComments: 'none',
    metafile: true,
    chunkNames: 'chunks/[name]-[hash]',
    define: { PKI_VERSION: JSON.stringify(version) },
    plugins: [withoutUnusedParts(), builtinsForCommonJs()],
    logLevel: 'warning',
  })
  return result.metafile
}

/**
 * Turns the chunks of the command line into CommonJS, and makes one file of everything that a command needs from the
 * start. Node loads an ES module graph asynchronously, and looks up each file of it: with the thirty chunks that most
 * commands share in some way, that costs 15 to 40 ms, half of what an empty script takes. Only esbuild's ESM output is
 * split into chunks, hence the second pass. The library stays ESM, in one file.
 */
async function linkAsCommonJs(folder, metafile) {
  const chunks = new Map()
  for (const [path, { imports }] of Object.entries(metafile.outputs)) {
    const imported = (kind) => imports.filter((i) => i.kind === kind && !i.external).map((i) => basename(i.path))
    const source = readFileSync(path, 'utf8')
    chunks.set(basename(path), {
      factory: await commonJsFactory(source),
      needed: imported('import-statement'),
      loaded: imported('dynamic-import'),
    })
  }
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  const entries = new Set(['main.js', ...[...chunks.values()].flatMap(({ loaded }) => loaded)])
  for (const entry of entries) writeFileSync(join(folder, entry), linkedFile(entry, chunks))
  copyFileSync('scripts/start.cjs', join(folder, 'start.js'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
}

async function commonJsFactory(source) {
  const { code } = await transform(source, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Otherwise import() stays, and brings in the machinery that this is meant to avoid.
    supported: { 'dynamic-import': false },
    minify: true,
  })
  // The parentheses tell V8 to compile the function at once instead of skipping it first.
  return `(function(exports,require,module){${code.trim()}\n})`
}

/** An entry with all that it needs. A chunk may stand in several files; `start.cjs` runs the first it meets. */
function linkedFile(entry, chunks) {
  const needed = new Set()
  const add = (name) => {
    if (needed.has(name)) return
    for (const other of chunks.get(name).needed) add(other)
    needed.add(name)
  }
  add(entry)
  const definitions = [...needed].map((name) => `define(${JSON.stringify(name)},${chunks.get(name).factory});`)
  return `(function(define){"use strict";\n${definitions.join('\n')}\n})\n`
}

/**
 * `require('node:fs')` inside a CommonJS package becomes `process.getBuiltinModule('node:fs')`: an ESM bundle has no
 * `require`, and importing `node:process` as a namespace reads all its properties, which opens the standard streams.
 */
function builtinsForCommonJs() {
  const names = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]))
  return {
    name: 'builtins-for-commonjs',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) =>
        kind === 'require-call' && names.has(path) ? { path, namespace: 'builtin' } : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
        const specifier = path.startsWith('node:') ? path : `node:${path}`
        return { contents: `module.exports = process.getBuiltinModule(${JSON.stringify(specifier)})`, loader: 'js' }
      })
    },
  }
}

function withoutUnusedParts() {
  return {
    name: 'without-unused-parts',
    setup({ onResolve, onLoad }) {
      for (const { specifier, importer, contents } of UNUSED_PARTS) {
        const namespace = `unused:${importer}`
        onResolve({ filter: specifier }, (args) =>
          args.importer.includes(importer) ? { path: args.path, namespace } : undefined,
        )
        onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }))
      }
    },
  }
}

/** The licence text of every package that the bundles contain. */
function thirdPartyLicenses(metafiles) {
  const folders = new Set()
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)
        if (match !== null && bytesInOutput > 0) folders.add(match[1])
      }
    }
  }
  return [...folders]
    .sort()
    .map(licenseEntry)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenseEntry(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const text = file === undefined ? '(the package carries no licence file)' : readFileSync(join(folder, file), 'utf8')
  return `${name} ${version} (${license})\n\n${text.trim()}\n`
}

try {
  await main()
} finally {
  rmSync(dist, { recursive: true, force: true })
}
