/**
 * Writes V8's code cache beside the files of the command line, by running the commands whose start should be quick,
 * each in a process of its own, and asking V8 what it compiled. See start.cjs for what becomes of it.
 *
 *   node scripts/warm-code-cache.mjs dist/cli/start.js
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** In an order in which each finds what it needs. */
const COMMANDS = [
  ['quickstart', '--no-handshake', '--dir', 'quickstart'],
  ['list', '--dir', 'quickstart'],
  ['tree', '--dir', 'quickstart'],
  ['init', 'root'],
  ['verify', 'pki/certs/root.crt', '--trust', 'pki/certs/root.crt'],
  ['show', 'pki/certs/root.crt'],
  ['export', 'root', '--format', 'crt', '--out', 'root.crt'],
  ['issue', 'intermediate', 'ca1', '--from', 'root', '--path-length', '0'],
  ['issue', 'server', 'web', '--from', 'ca1', '--dns', 'localhost', '--ip', '127.0.0.1'],
]

const [start, folder, ...argv] = process.argv.slice(2)
if (folder === undefined) warmAll(resolve(start))
else await warmOne(start, folder, argv)

function warmAll(start) {
  const folder = mkdtempSync(join(tmpdir(), 'pki-build-'))
  try {
    for (const command of COMMANDS) {
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), start, folder, ...command], { stdio: 'inherit' })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A command that fails is reported and leaves its files without a cache, which costs speed and nothing else. */
async function warmOne(start, folder, argv) {
  const { main, processIo, scripts, CACHE_SUFFIX } = createRequire(import.meta.url)(start)
  const stdout = { write: () => undefined, isTTY: false, color: false, columns: 80 }
  const messages = []
  const stderr = { ...stdout, write: (text) => messages.push(text) }
  const exitCode = await main(argv, {
    ...processIo(resolve('.')),
    interactive: false,
    stdout,
    stderr,
    env: {},
    cwd: folder,
  })
  if (exitCode === 0)
    for (const [path, script] of scripts) writeFileSync(path + CACHE_SUFFIX, script.createCachedData())
  else console.error(`build: no code cache for pki ${argv.join(' ')}: ${messages.join('').trim()}`)
}
