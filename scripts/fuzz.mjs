// `npm run fuzz -- --runs N [--seed S]`: the long fuzzing campaign of test/fuzz, bundled so that plain Node runs it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
const runs = Number(values.runs ?? 1_000_000)
const seed = Number(values.seed ?? Date.now() % 2 ** 32)
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error('usage: npm run fuzz -- [--runs N] [--seed S]')
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'pki-fuzz-'))
try {
  const outfile = join(folder, 'campaign.mjs')
  await build({
    entryPoints: [new URL('../test/fuzz/campaign.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
  const { runCampaign, runCrowds } = await import(pathToFileURL(outfile).href)
  console.log(`seed ${seed}, ${runs} inputs`)
  const start = Date.now()
  const onProgress = (done) => process.stderr.isTTY && process.stderr.write(`\r${done} of ${runs}`)
  console.log(`${runCrowds()} crowds: time grows with the input`)
  const report = runCampaign({ seed, runs, onProgress })
  if (process.stderr.isTTY) process.stderr.write('\r')
  console.log(
    `${report.runs} inputs in ${((Date.now() - start) / 1000).toFixed(0)} s: ${report.parsed} read, ` +
      `${report.judged} judged, ${report.valid} of them valid, none by a signature over other bytes; ` +
      `slowest ${report.slowestMs.toFixed(1)} ms`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
