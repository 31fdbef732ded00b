// Times whole processes side by side: every round runs each command once, in turn, so that a machine that gets
// slower or faster meanwhile does so for all of them. Quoted are medians, and ratios of medians.

import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PEAK_MEMORY_PROBE = fileURLToPath(new URL('peak-memory.cjs', import.meta.url))

/** The middle value; of an even number of values the lower middle one. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]
}

/**
 * Runs each of `subjects` `rounds` times, interleaved, after one warm-up round.
 * @param subjects `{name, command, args, env?}`; `args` may be a function of the fresh folder each run gets
 * @returns by name: sorted wall times in milliseconds
 */
export function wallTimes(subjects, rounds) {
  const times = new Map(subjects.map(({ name }) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const subject of subjects) {
      const elapsed = runOnce(subject)
      if (round >= 0) times.get(subject.name).push(elapsed)
    }
  }
  return new Map([...times].map(([name, values]) => [name, values.sort((a, b) => a - b)]))
}

function runOnce({ name, command, args, env, prepare }) {
  const folder = mkdtempSync(join(tmpdir(), 'pki-bench-'))
  try {
    prepare?.(folder)
    const argv = typeof args === 'function' ? args(folder) : args
    const start = process.hrtime.bigint()
    const result = spawnSync(command, argv, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const elapsed = Number(process.hrtime.bigint() - start) / 1e6
    if (result.status !== 0) throw new Error(`${name} failed: ${result.error ?? result.stderr}`)
    return elapsed
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Peak resident memory in MiB of a Node process, as the operating system counted it; median of `rounds`. */
export function peakMemory({ name, args, prepare }, rounds) {
  const peaks = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'pki-bench-'))
    const report = join(folder, '.peak')
    const fd = openSync(report, 'w')
    try {
      prepare?.(folder)
      const argv = typeof args === 'function' ? args(folder) : args
      const result = spawnSync(process.execPath, ['-r', PEAK_MEMORY_PROBE, ...argv], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe', fd],
      })
      if (result.status !== 0) throw new Error(`${name} failed: ${result.stderr}`)
      peaks.push(Number(readFileSync(report, 'utf8')) / 1024)
    } finally {
      closeSync(fd)
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return median(peaks)
}

/** Calls `work` for at least `seconds` and returns how often it ran per second; warms up first. */
export function ratePerSecond(work, seconds = 2) {
  const until = (limit) => {
    const start = process.hrtime.bigint()
    let count = 0
    let elapsed = 0
    do {
      for (let i = 0; i < 50; i++) work()
      count += 50
      elapsed = Number(process.hrtime.bigint() - start) / 1e9
    } while (elapsed < limit)
    return count / elapsed
  }
  until(seconds / 4)
  return until(seconds)
}

/** Prints rows as an aligned table; numbers are already text. */
export function printTable(title, header, rows) {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map((row) => String(row[column]).length)))
  const line = (row) =>
    row.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join('  ')
  console.log(`\n${title}\n${line(header)}\n${widths.map((w) => '─'.repeat(w)).join('  ')}`)
  for (const row of rows) console.log(line(row))
}
