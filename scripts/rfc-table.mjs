// `npm run docs`: writes docs/rfc5280.md, and the short table of it in the README, from the engine's table of findings.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const top = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'pki-docs-'))
try {
  const outfile = join(folder, 'render.mjs')
  await build({
    entryPoints: [top('scripts/rfc-table/render.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
  const { renderFull, renderShort, replaceBetweenMarkers } = await import(pathToFileURL(outfile).href)
  mkdirSync(top('docs'), { recursive: true })
  writeFileSync(top('docs/rfc5280.md'), renderFull())
  const readme = readFileSync(top('README.md'), 'utf8')
  writeFileSync(top('README.md'), replaceBetweenMarkers(readme, renderShort()))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
