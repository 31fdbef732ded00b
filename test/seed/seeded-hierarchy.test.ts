/** What a hierarchy from a seed promises: see `seeded-source.ts`. */

import { describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { type HierarchyEntry, issuePlan, planHierarchy } from '../../src/issue/hierarchy.ts'
import { takeShard } from '../../src/issue/shard.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { markedProfile, SEED_MARK } from '../../src/seed/mark.ts'
import { createSeededSource } from '../../src/seed/seeded-source.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { withFiles } from '../temporary-folder.ts'
import { noRandomness } from './golden-hierarchy.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const profiles = new Map(Object.entries(BUILT_IN_PROFILES).map(([name, profile]) => [name, markedProfile(profile)]))

const ENTRIES: readonly HierarchyEntry[] = [
  { name: 'root', profile: 'root' },
  { name: 'ca1', profile: 'intermediate', from: 'root' },
  { name: 'ca2', profile: 'intermediate', from: 'root', overrides: { key: 'ec-p384' } },
  ...Array.from({ length: 20 }, (_, i) => ({
    name: `client-${i}`,
    profile: 'client',
    from: i % 2 === 0 ? 'ca1' : 'ca2',
  })),
]

interface Circumstances {
  readonly seed?: string
  readonly now?: Date
}

/** Name → certificate and key in hexadecimal. */
function make(plan: ReturnType<typeof planHierarchy>, { seed = 'test', now = NOW }: Circumstances = {}) {
  const issued = issuePlan(plan, { profiles, now, random: noRandomness, seeded: createSeededSource(seed, { now }) })
  const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')
  return new Map(
    [...issued].map(
      ([
        name,
        {
          credential: { certificate, privateKey },
        },
      ]) => {
        return [name, { key: hex(privateKey?.pkcs8 ?? new Uint8Array()), der: hex(certificate.encoded), certificate }]
      },
    ),
  )
}

const makeAll = (certificates: readonly HierarchyEntry[], circumstances?: Circumstances) =>
  make(planHierarchy({ certificates }), circumstances)
const all = makeAll(ENTRIES)

const octetsOf = (made: typeof all) => Object.fromEntries([...made].map(([name, { key, der }]) => [name, { key, der }]))

describe('the same seed', () => {
  it('gives the same certificates and keys, in whatever order they are written', () => {
    expect(octetsOf(makeAll([...ENTRIES].reverse()))).toEqual(octetsOf(all))
  })

  it('leaves the others as they are when one more is made', () => {
    const more = makeAll([{ name: 'another', profile: 'client', from: 'ca1' }, ...ENTRIES])
    more.delete('another')
    expect(octetsOf(more)).toEqual(octetsOf(all))
  })

  it('keeps the key of an entry that changes, and gives its certificate another serial number', () => {
    const changed = ENTRIES.map((entry) =>
      entry.name === 'client-3' ? { ...entry, overrides: { notAfter: '1d' } } : entry,
    )
    const [before, after] = [all.get('client-3'), makeAll(changed).get('client-3')]
    expect(after?.key).toBe(before?.key)
    expect(after?.certificate.serialNumber).not.toBe(before?.certificate.serialNumber)
  })

  it('at another time gives the same keys and other serial numbers', () => {
    const later = makeAll(ENTRIES, { now: new Date('2026-01-02T00:00:00Z') })
    for (const [name, { key, certificate }] of all) {
      expect(later.get(name)?.key).toBe(key)
      expect(later.get(name)?.certificate.serialNumber).not.toBe(certificate.serialNumber)
    }
  })
})

it('another seed gives nothing of it', () => {
  const before = new Set([...all.values()].flatMap(({ key, certificate }) => [key, certificate.serialNumber]))
  for (const { key, certificate } of makeAll(ENTRIES, { seed: 'Test' }).values()) {
    expect(before.has(key)).toBe(false)
    expect(before.has(certificate.serialNumber)).toBe(false)
  }
})

it('no two of its keys or serial numbers are alike', () => {
  expect(new Set([...all.values()].map(({ key }) => key)).size).toBe(ENTRIES.length)
  expect(new Set([...all.values()].map(({ certificate }) => certificate.serialNumber)).size).toBe(ENTRIES.length)
})

describe('the mark', () => {
  it('is a comment that is not critical', () => {
    const comment = all.get('client-0')?.certificate.extensions.find(({ oid }) => oid === EXTENSION.netscapeComment)
    expect(comment?.critical).toBe(false)
    expect(Buffer.from(comment?.value ?? []).toString('latin1')).toContain(SEED_MARK)
  })

  it('gives way to a comment of the profile', () => {
    const extensions = [`${EXTENSION.netscapeComment}={hex}16016d`]
    const profile = { ...(BUILT_IN_PROFILES.client as (typeof BUILT_IN_PROFILES)[string]), extensions }
    expect(markedProfile(profile)).toBe(profile)
  })

  const missing = (['openssl', 'certtool'] as const).filter((name) => !hasProgram(name))
  it.skipIf(missing.length > 0)('is accepted by OpenSSL and GnuTLS, to the strictest', () => {
    // certtool judges by the clock of the machine and by no other.
    const overrides = { notAfter: '2999-01-01T00:00:00Z' }
    const lasting = makeAll(ENTRIES.slice(0, 4).map((entry) => ({ ...entry, overrides })))
    const pem = (name: string) => formatPem('CERTIFICATE', lasting.get(name)?.certificate.encoded ?? new Uint8Array())
    const files = {
      'root.pem': pem('root'),
      'ca1.pem': pem('ca1'),
      'chain.pem': pem('client-0') + pem('ca1'),
      'client.pem': pem('client-0'),
    }
    withFiles(files, (folder) => {
      const at = (file: string) => `${folder}/${file}`
      const chain = ['-CAfile', at('root.pem'), '-untrusted', at('ca1.pem')]
      expect(run(program('openssl'), ['verify', '-x509_strict', ...chain, at('client.pem')]).status).toBe(0)
      const trust = ['--load-ca-certificate', at('root.pem')]
      expect(run(program('certtool'), ['--verify', ...trust, '--infile', at('chain.pem')]).status).toBe(0)
      expect(run(program('openssl'), ['x509', '-text', '-noout', '-in', at('client.pem')]).stdout).toContain(SEED_MARK)
    })
  })
})

describe.each([1, 2, 4, 16])('over %i shards', (count) => {
  const plan = planHierarchy({ certificates: ENTRIES })
  const shards = Array.from({ length: count }, (_, i) => takeShard(plan, { index: i + 1, count }))

  it('each file is written once, and is what one run writes', () => {
    const written = shards.flatMap((shard) => [...make(shard)].filter(([name]) => shard.owned.has(name)))
    expect(written.map(([name]) => name).sort()).toEqual(ENTRIES.map(({ name }) => name).sort())
    expect(octetsOf(new Map(written))).toEqual(octetsOf(all))
  })
})
