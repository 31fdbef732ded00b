/**
 * `kill -9` at random points of `pki apply`: whatever it leaves, no certificate is without its key and its
 * chain, the next run finishes the work, and the run after that changes nothing.
 *
 * `PKI_APPLY_KILL_ROUNDS` sets the number of kills, `PKI_APPLY_KILL_SEED` their delays; both are in the test's name. An
 * eighth of the rounds is with threads, which takes a thousand certificates each time.
 */

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { equalBytes } from '../../src/der/writer.ts'
import { parsePrivateKey } from '../../src/keys/key-file.ts'
import { Store } from '../../src/store/store.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { Random } from '../random.ts'
import { folderOfSuite, folderOfTest, pictureOf, removeFolder } from '../temporary-folder.ts'
import { runPki } from './memory-io.ts'
import { buildProgram, onFirstChange, runProgram } from './program.ts'

const ROUNDS = Number(process.env.PKI_APPLY_KILL_ROUNDS ?? 24)
const SEED = Number(process.env.PKI_APPLY_KILL_SEED ?? 7)

let program: readonly string[] = []
beforeAll(async () => {
  const folder = folderOfSuite('program')
  program = await buildProgram(folder)
  return () => removeFolder(folder)
})

/** Each round asks for something else, so that there is something to make and to replace every time. */
const fileOf = (round: number, count: number) => `version: 1
certificates:
  root: { subject: 'CN=Root ${Math.floor(round / 4)}' }
  ca1:
    from: root
    profile: intermediate
    crl: true
  web: { profile: server, from: ca1, names: [localhost, r${round}.test], exports: [fullchain, key] }
  mallory: { profile: client, from: ca1, revoked: keyCompromise, subject: 'CN=mallory ${round}' }
  'dev-{n}': { profile: client, from: ca1, count: ${count}, subject: 'CN={name},O=${round % 3}' }
`

/** Names whose certificate has not its key or its issuer beside it, although the journal noted this very certificate. */
function brokenCredentials(store: Store): readonly string[] {
  const noted = new Map(
    store.journal().entries.flatMap((e) => (e.event === 'issued' ? [[e.name, e.serialNumber]] : [])),
  )
  return store.names().filter((name) => {
    const { certificate, chain, keyFile } = store.read(name)
    const [issuer = certificate] = chain
    if (BigInt(`0x${noted.get(name)}`) !== certificate.serialNumber) return false
    if (keyFile === undefined) return true
    const key = parsePrivateKey(keyFile.bytes, { source: keyFile.path })
    if (!equalBytes(key.publicKey.encoded, certificate.publicKey.encoded)) return true
    const { signatureAlgorithm, tbs, signature } = certificate
    return checkSignature(signatureAlgorithm, issuer.publicKey, tbs, signature) !== 'valid'
  })
}

const CASES = [
  ['in one thread', Math.ceil((ROUNDS * 7) / 8), 100],
  ['with threads', Math.ceil(ROUNDS / 8), 1200],
] as const

describe.each(CASES)('pki apply %s', (_, rounds, count) => {
  it(`survives kill -9 in ${rounds} rounds, seed ${SEED}`, { timeout: 60_000 + rounds * 30_000 }, async () => {
    const folder = folderOfTest('apply-crash')
    const store = new Store(join(folder, 'pki'))
    const random = new Random(SEED)
    const apply = (...flags: readonly string[]) => runProgram([...program, 'apply', '--json', ...flags], folder)
    const tally = { killed: 0, foundWhole: 0, madeByTheNext: 0 }
    writeFileSync(join(folder, 'pki.yaml'), fileOf(-1, count))
    let usual = (await apply()).milliseconds

    for (let round = 0; round < rounds; round++) {
      writeFileSync(join(folder, 'pki.yaml'), fileOf(round, count))
      const outcome = await runProgram([...program, 'apply'], folder, (child) => {
        // Most of the time goes into starting Node: half of the kills wait until something moves in the store.
        const kill = () => child.kill('SIGKILL')
        if (round % 2 === 0) setTimeout(kill, usual * random.fraction())
        else onFirstChange(store.folder, () => setTimeout(kill, usual * 0.6 * random.fraction()))
      })
      if (outcome.exitCode === null) tally.killed++
      expect(brokenCredentials(store)).toEqual([])

      const next = await apply()
      expect(next).toMatchObject({ exitCode: 0 })
      usual = Math.max(usual * 0.8, Math.min(usual, next.milliseconds))
      const { summary } = JSON.parse(next.stdout)
      tally.madeByTheNext += summary.make + summary.change + summary.restore
      if (summary.keep === count + 4) tally.foundWhole++
      expect(store.names()).toHaveLength(count + 4)
      expect(readdirSync(store.folder).filter((name) => name.startsWith('.'))).toEqual([])
      const plan = await runPki(['plan', '--json'], { cwd: folder, now: new Date() })
      expect(JSON.parse(plan.stdout).summary).toEqual({ ...NOTHING, keep: count + 4 })
    }
    expect(brokenCredentials(store)).toEqual([])
    const picture = pictureOf(store.folder)
    await apply()
    expect(pictureOf(store.folder)).toEqual(picture)
    console.info(`kill -9: ${rounds} rounds ${JSON.stringify(tally)}`)
    expect(tally.killed).toBeGreaterThan(0)
  })
})

const NOTHING = {
  make: 0,
  restore: 0,
  change: 0,
  renew: 0,
  rechain: 0,
  adopt: 0,
  borrow: 0,
  keep: 0,
  revoke: 0,
  lift: 0,
  crl: 0,
  export: 0,
  remove: 0,
}
