/**
 * `kill -9` at random points of `pki revoke`, `pki crl` and `pki serve`, and two of them at once: the journal stays readable, no
 * confirmed revocation is lost, no number is given twice, and the next command works.
 *
 * `PKI_KILL_ROUNDS` sets the number of kills; the seed of the delays is in the test's name.
 */

import type { ChildProcess } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Revocations } from '../../src/store/revocations.ts'
import { Store } from '../../src/store/store.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { formatSerialNumber } from '../../src/x509/serial-number.ts'
import { Random } from '../random.ts'
import { folderOfSuite, folderOfTest, removeFolder } from '../temporary-folder.ts'
import { buildProgram, onFirstChange, type ProgramOutcome, runProgram } from './program.ts'

const ROUNDS = Number(process.env.PKI_KILL_ROUNDS ?? 20)
const SEED = 4

let program: readonly string[] = []
beforeAll(async () => {
  const folder = folderOfSuite('program')
  program = await buildProgram(folder)
  return () => removeFolder(folder)
})

/** A folder with a store, and the program run in it. */
async function makeStore() {
  const folder = folderOfTest('crash')
  const run = (line: string, onStart?: Parameters<typeof runProgram>[2]) =>
    runProgram([...program, ...line.split(' ')], folder, onStart)
  const done = async (line: string) => {
    const outcome = await run(line)
    expect(outcome).toMatchObject({ exitCode: 0 })
    return outcome
  }
  await done('init root')
  await done('issue intermediate ca1 --from root')
  await done('issue client model --from ca1')
  const store = new Store(join(folder, 'pki'))
  return { store, run, done }
}

/** Notes certificates as issued that need not exist, each with a serial number of its own. */
function noteIssued({ journalPath }: Store, count: number): readonly string[] {
  const model = JSON.parse(readFileSync(journalPath, 'utf8').trim().split('\n').at(-1) ?? '')
  const serials = Array.from({ length: count }, (_, i) => (0x40000000 + i).toString(16))
  const lines = serials.map((serialNumber, i) => {
    const fingerprint = i.toString(16).padStart(64, '0')
    return `${JSON.stringify({ ...model, name: `client${i}`, serialNumber, fingerprint })}\n`
  })
  appendFileSync(journalPath, lines.join(''))
  return serials
}

const crlOf = (store: Store) => parseCrl(new Uint8Array(readFileSync(store.crlPath('ca1'))))

/** Whether the program had said so before it was killed. */
const isConfirmed = ({ stdout }: ProgramOutcome) => /"outcome": "(revoked|kept)"/.test(stdout)

/** Kills a server some time after it was asked for a CRL, which it makes, stores and numbers when it is asked. */
function killWhileItAnswers(child: ChildProcess, delay: number): void {
  let said = ''
  child.stdout?.on('data', (chunk) => {
    const isFirst = !/http:\S+/.test(said)
    said += String(chunk)
    const [url] = /http:[^"\s]+/.exec(said) ?? []
    if (!isFirst || url === undefined) return
    // The answer does not matter, and mostly does not come.
    fetch(`${url}/crl/ca1.crl`).then(
      (response) => response.body?.cancel(),
      () => undefined,
    )
    setTimeout(() => child.kill('SIGKILL'), delay)
  })
}

const COMMANDS = ['revoke', 'crl', 'serve'] as const
const LINES = {
  revoke: (serial: string) => `revoke ${serial} --json`,
  crl: () => 'crl ca1 --json',
  serve: () => 'serve --port 0 --json',
}

describe('pki revoke, pki crl and pki serve', () => {
  it(`survive kill -9 in ${ROUNDS} rounds, seed ${SEED}`, { timeout: 60_000 + ROUNDS * 3000 }, async () => {
    const { store, run, done } = await makeStore()
    const serials = noteIssued(store, ROUNDS)
    const random = new Random(SEED)
    const usual = { revoke: (await done('revoke model')).milliseconds, crl: (await done('crl ca1')).milliseconds }
    const confirmed = new Set<string>()
    const tally = { killed: 0, confirmed: 0, recordedUnconfirmed: 0 }
    let lastNumber = crlOf(store).decoded.cRLNumber ?? 0n

    for (const [round, serial] of serials.entries()) {
      const command = COMMANDS[round % COMMANDS.length] ?? 'serve'
      const outcome = await run(LINES[command](serial), (child) => {
        if (command === 'serve') return killWhileItAnswers(child, 60 * random.fraction())
        const kill = () => child.kill('SIGKILL')
        // Most of the time goes into starting Node, so every other turn waits until something moves in the store.
        if (Math.floor(round / COMMANDS.length) % 2 === 0)
          setTimeout(kill, usual[command] * (0.3 + 0.7 * random.fraction()))
        else onFirstChange(store.folder, () => setTimeout(kill, 15 * random.fraction()))
      })
      if (outcome.exitCode === null) tally.killed++
      if (command === 'revoke' && isConfirmed(outcome)) confirmed.add(serial)

      expect(store.journal().damagedLines).toEqual([])
      const next = await done('crl ca1 --json')
      const number = BigInt(JSON.parse(next.stdout).crlNumber)
      expect(number).toBeGreaterThan(lastNumber)
      lastNumber = number
      const listed = new Set(Array.from(crlOf(store).entries, (entry) => formatSerialNumber(entry.serialNumber)))
      for (const one of confirmed) expect(listed).toContain(one)
      if (command === 'revoke' && listed.has(serial) && !confirmed.has(serial)) tally.recordedUnconfirmed++
    }
    tally.confirmed = confirmed.size
    console.info(`kill -9: ${ROUNDS} rounds ${JSON.stringify(tally)}`)
    expect(tally.killed).toBeGreaterThan(0)
  })

  it('give numbers and revocations to two processes at once', { timeout: 120_000 }, async () => {
    const { store, run } = await makeStore()
    const serials = noteIssued(store, 8)
    const lines = serials.flatMap((serial) => ['crl ca1 --json', `revoke ${serial} --json`])
    const half = (parity: number) => lines.filter((_, i) => Math.floor(i / 2) % 2 === parity)
    const inTurn = async (list: readonly string[]) => {
      const outcomes: ProgramOutcome[] = []
      for (const line of list) outcomes.push(await run(line))
      return outcomes
    }
    const outcomes = (await Promise.all([inTurn(half(0)), inTurn(half(1))])).flat()
    expect(outcomes.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      outcomes.map(() => ({ exitCode: 0, stderr: '' })),
    )
    const events = store.journal().entries
    const numbers = events.flatMap((entry) => (entry.event === 'crl-issued' ? [Number(entry.crlNumber)] : []))
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(crlOf(store).decoded.cRLNumber).toBe(8n)
    const revocations = new Revocations(store)
    revocations.refresh()
    const [issuer] = revocations.issuers()
    expect(Array.from(revocations.revokedBy(issuer?.keyHash ?? '', new Date()))).toHaveLength(serials.length)
  })
})
