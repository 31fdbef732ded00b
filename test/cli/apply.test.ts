/** `pki plan` and `pki apply`: what is made, and above all what is left alone; shown by the content of the whole folder. */

import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { READY_MADE } from '../../src/cli/hierarchy/apply-inputs.ts'
import { readStoredCrl } from '../../src/store/publish-crl.ts'
import { Store } from '../../src/store/store.ts'
import { fingerprint } from '../../src/x509/certificate.ts'
import type { Name } from '../../src/x509/name.ts'
import { pictureOf } from '../temporary-folder.ts'
import { NOW, type Session, session } from './session.ts'

const FILE = `version: 1
certificates:
  root:
    issues:
      ca1:
        crl: true
        issues:
          web: { profile: server, names: [localhost], exports: [crt, { format: [fullchain, key], out: nginx }] }
          alice: client
          mallory: { profile: client, revoked: keyCompromise }
          'dev-{n}': { profile: client, count: 5 }
  root2:
    issues:
      ca1-by-root2: { crossSigns: ca1 }
`

const ALL = [
  'alice',
  'ca1',
  'ca1-by-root2',
  'dev-1',
  'dev-2',
  'dev-3',
  'dev-4',
  'dev-5',
  'mallory',
  'root',
  'root2',
  'web',
]

interface Applied extends Session {
  readonly store: Store
  write(text: string): void
  /** What `pki plan --json` says, and that `pki apply --json` says the same. */
  apply(...flags: readonly string[]): Promise<Summary>
  plan(...flags: readonly string[]): Promise<Summary>
  picture(): Readonly<Record<string, string>>
}

type Summary = Readonly<Record<string, number>>

/** The counts that are not zero. */
function summaryOf(stdout: string): Summary {
  const { summary } = JSON.parse(stdout) as { summary: Record<string, number> }
  return Object.fromEntries(Object.entries(summary).filter(([, count]) => count > 0))
}

function withFile(text = FILE): Applied {
  const made = session()
  const folder = join(made.folder, 'pki')
  const write = (content: string) => writeFileSync(join(made.folder, 'pki.yaml'), content)
  write(text)
  const plan = async (...flags: readonly string[]) => summaryOf(await made.done(['plan', '--json', ...flags]))
  return {
    ...made,
    store: new Store(folder),
    write,
    plan,
    apply: async (...flags) => {
      const planned = await plan(...flags)
      const done = summaryOf(await made.done(['apply', '--json', ...flags]))
      expect(done).toEqual(planned)
      return done
    },
    picture: () => (existsSync(folder) ? pictureOf(folder) : {}),
  }
}

/** A store to which {@link FILE} was applied. */
async function applied(text = FILE): Promise<Applied> {
  const made = withFile(text)
  await made.apply()
  return made
}

/** What differs between two pictures, the journal left out. */
function changes(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...paths].filter((path) => before[path] !== after[path] && path !== 'journal.jsonl').sort()
}

/** That every certificate verifies with its chain, and every CRL that is there. */
async function expectValid({ pki, store }: Applied, names: readonly string[], trust = 'root'): Promise<void> {
  for (const name of names) {
    const { exitCode, stdout } = await pki(['verify', name, '--trust', store.certificatePath(trust)])
    expect({ name, exitCode, stdout }).toMatchObject({ exitCode: 0 })
  }
}

describe('the first run', () => {
  it('makes everything that the file describes', async () => {
    const made = withFile()
    expect(await made.apply()).toEqual({ make: 12, revoke: 1, crl: 1, export: 1 })
    expect(made.store.names()).toEqual(ALL)
    expect(made.store.keyNames()).toEqual(ALL.filter((name) => name !== 'ca1-by-root2'))
    await expectValid(made, ['web', 'alice', 'dev-5'])
    const exports = ['exports/nginx/web.fullchain.pem', 'exports/nginx/web.key', 'exports/web.crt']
    expect(Object.keys(made.picture())).toEqual(expect.arrayContaining(exports))
  })

  it('revokes, and lists what is revoked', async () => {
    const { pki, store } = await applied()
    const flags = ['--trust', store.certificatePath('root'), '--crl', store.crlPath('ca1')]
    const leafOnly = ['--revocation', 'offline', '--json']
    const verdict = async (name: string) => (await pki(['verify', name, ...flags, ...leafOnly])).stdout
    expect(await verdict('mallory')).toContain('revocation.revoked')
    expect(await verdict('alice')).not.toContain('revocation.revoked')
  })

  it('gives the cross-certificate the key and the subject of the authority', async () => {
    const { store } = await applied()
    const [own, cross] = [store.readCertificate('ca1'), store.readCertificate('ca1-by-root2')]
    expect(cross.publicKey.encoded).toEqual(own.publicKey.encoded)
    expect(cross.subject.equals(own.subject)).toBe(true)
    expect(cross.issuer.equals(store.readCertificate('root2').subject)).toBe(true)
  })

  it('lies in the journal with the fingerprints of its entries', async () => {
    const { store } = await applied()
    const issued = store.journal().entries.filter((entry) => entry.event === 'issued')
    expect(issued).toHaveLength(12)
    for (const event of issued) expect(event).toMatchObject({ specification: expect.stringMatching(/^[0-9a-f]{32}$/) })
    const many = issued.filter(({ name }) => name.startsWith('dev-'))
    expect(new Set(many.map(({ specification }) => specification)).size).toBe(1)
  })

  it.each([
    ['a mistake', FILE.replace('crl:', 'clr:')],
    ['a contradiction', FILE.replace('alice: client', 'alice: { profile: client, from: web }')],
    [
      'an entry that its issuer may not issue',
      FILE.replace('      ca1:\n', "      ca1:\n        permit: ['dns:a.test']\n"),
    ],
    [
      'a defect that takes more than a certificate',
      FILE.replace('alice: client', 'alice: { profile: client, defect: loop }'),
    ],
    [
      'a defect of authorities on a leaf',
      FILE.replace('alice: client', 'alice: { profile: client, defect: authority-expired }'),
    ],
    ['a digest that its issuer cannot sign', FILE.replace('alice: client', 'alice: { profile: client, digest: md5 }')],
    [
      'one of many roots that cannot be',
      `${FILE}  'server-{n}': { profile: server, count: 300, names: ['10.0.0.{n}'] }\n`,
    ],
    ['an unknown defect', FILE.replace('alice: client', 'alice: { profile: client, defect: nothing }')],
    ['one of many that cannot be', FILE.replace('count: 5 }', "count: 300, names: ['10.0.0.{n}'] }")],
  ])('writes nothing for a file with %s', async (_, text) => {
    const made = withFile(text)
    const { exitCode, stderr } = await made.pki('apply')
    expect([2, 4]).toContain(exitCode)
    expect(stderr).toMatch(/pki: error: pki\.yaml:\d+:\d+: /)
    expect(existsSync(made.store.folder)).toBe(false)
  })

  it('names the key of the file with which it can be made all the same', async () => {
    const made = withFile(FILE.replace('      ca1:\n', "      ca1:\n        permit: ['dns:a.test']\n"))
    expect((await made.pki('apply')).stderr).toContain('unchecked: true')
    made.write(
      FILE.replace('      ca1:\n', "      ca1:\n        permit: ['dns:a.test']\n").replace(
        'names: [localhost]',
        'names: [localhost], unchecked: true',
      ),
    )
    expect(await made.apply()).toMatchObject({ make: 12 })
  })

  it('plan refuses what apply would', async () => {
    for (const defect of ['loop', 'authority-expired', 'nothing']) {
      const made = withFile(FILE.replace('alice: client', `alice: { profile: client, defect: ${defect} }`))
      expect(await made.pki('plan')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('pki.yaml:9:11: alice'),
      })
    }
  })

  it('plan writes nothing at all', async () => {
    const made = withFile()
    await made.plan()
    expect(made.picture()).toEqual({})
  })
})

describe('what is wrong on purpose', () => {
  const deliberate = (lines: string) => `version: 1\ncertificates:\n  root:\n    issues:\n${lines}`

  it('is made, exported, and found', async () => {
    const made = await applied(
      deliberate(
        "      old: { profile: client, defect: expired, exports: [pem] }\n      'c-{n}': { profile: server, count: 2, defect: [no-san, serial-zero] }\n",
      ),
    )
    const codes = async (name: string) =>
      (await made.pki(['verify', name, '--trust', made.store.certificatePath('root'), '--host', 'c', '--json'])).stdout
    expect(await codes('old')).toContain('validity.expired')
    expect(await codes('c-2')).toContain('serial.zero')
    expect(Object.keys(made.picture())).toContain('exports/old.pem')
    expect(await made.apply()).toEqual({ keep: 4 })
  })

  it('a cross-certificate issues with the key of the authority it is for', async () => {
    const file = deliberate(
      '      ca1: { issues: { a: client } }\n  other:\n    issues:\n      x: { crossSigns: ca1, crl: true, issues: { b: client } }\n',
    )
    const made = await applied(file)
    await expectValid(made, ['b'], 'other')
    expect(await made.pki(['verify', 'b', '--trust', 'root', '--untrusted', 'ca1'])).toMatchObject({ exitCode: 0 })
    made.write(file.replace('b: client', 'b: client, c: client'))
    expect(await made.apply()).toEqual({ make: 1, keep: 6 })
    await expectValid(made, ['c'], 'other')
    const seeded = await applied(`${file}seed: a\nnow: 2026-01-01T00:00:00Z\n`)
    const before = seeded.picture()
    rmSync(seeded.store.certificatePath('b'))
    rmSync(seeded.store.certificatePath('x'))
    await seeded.apply()
    // The CRL too: nothing was revoked since, and its time is the same.
    expect(changes(before, seeded.picture())).toEqual([])
  })

  it('a leaf below a leaf, and a cross-certificate for one, are made in an empty folder', async () => {
    const file = deliberate(
      '      web: { profile: server, issues: { below: { profile: client, unchecked: true } } }\n      web2: { crossSigns: web, unchecked: true }\n',
    )
    const made = await applied(file)
    const [web, web2, below] = ['web', 'web2', 'below'].map((name) => made.store.readCertificate(name))
    expect(web2?.publicKey.encoded).toEqual(web?.publicKey.encoded)
    expect(below?.issuer.equals(web?.subject as Name)).toBe(true)
    const seeded = await applied(`${file}seed: a\nnow: 2026-01-01T00:00:00Z\n`)
    const whole = seeded.picture()
    for (const index of [1, 2, 3]) {
      await seeded.done(['apply', '--shard', `${index}/3`, '--dir', `part${index}`])
      for (const [path, content] of Object.entries(pictureOf(join(seeded.folder, `part${index}`)))) {
        if (path !== 'journal.jsonl') expect(content).toBe(whole[path])
      }
    }
  })
})

describe('a second run', () => {
  it('changes nothing, to the last octet', async () => {
    const made = await applied()
    const before = made.picture()
    expect(await made.apply('--prune')).toEqual({ keep: 12 })
    expect(made.picture()).toEqual(before)
  })

  it('changes nothing for a file that says the same in other words', async () => {
    const made = await applied()
    const before = made.picture()
    made.write(`# a comment\n${FILE.replace('alice: client', 'alice: { profile: client }')}`)
    expect(await made.apply()).toEqual({ keep: 12 })
    expect(made.picture()).toEqual(before)
  })
})

describe('a file that is gone comes back', () => {
  it.each<[string, Summary, readonly string[]]>([
    ['certs/root.crt', { restore: 1, keep: 11 }, []],
    ['certs/ca1.crt', { restore: 1, keep: 11, crl: 1 }, ['crl/ca1.crl']],
    ['chains/alice.pem', { rechain: 1, keep: 11 }, []],
    ['crl/ca1.crl', { keep: 12, crl: 1 }, ['crl/ca1.crl']],
    ['exports/nginx/web.key', { keep: 12, export: 1 }, []],
  ])('%s', async (path, summary, others) => {
    const made = await applied()
    const before = made.picture()
    rmSync(join(made.store.folder, path))
    expect(await made.apply()).toEqual(summary)
    expect(changes(before, made.picture())).toEqual(others)
    expect(await made.plan()).toEqual({ keep: 12 })
  })

  it('a certificate, with another one for the key that is still there', async () => {
    const made = await applied()
    const before = made.picture()
    rmSync(made.store.certificatePath('alice'))
    expect(await made.apply()).toEqual({ restore: 1, keep: 11 })
    expect(changes(before, made.picture())).toEqual(['certs/alice.crt'])
    await expectValid(made, ['alice'])
  })

  it('a private key, with another certificate', async () => {
    const made = await applied()
    const before = made.picture()
    rmSync(made.store.keyPath('dev-3'))
    expect(await made.apply()).toEqual({ change: 1, keep: 11 })
    expect(changes(before, made.picture())).toEqual(['certs/dev-3.crt', 'private/dev-3.key'])
    await expectValid(made, ['dev-3'])
  })

  it('from a seed, octet for octet, whatever it was', async () => {
    const made = await applied(`${FILE}seed: fixtures\nnow: 2026-01-01T00:00:00Z\n`)
    const before = made.picture()
    for (const path of [
      'certs/root.crt',
      'private/root.key',
      'private/alice.key',
      'certs/dev-2.crt',
      'chains/web.pem',
    ]) {
      rmSync(join(made.store.folder, path))
    }
    expect(await made.apply()).toMatchObject({ restore: 3, rechain: 1 })
    expect(changes(before, made.picture())).toEqual([])
  })
})

describe('an entry that changes', () => {
  it('is made anew, and nothing else is', async () => {
    const made = await applied()
    const before = made.picture()
    made.write(FILE.replace('names: [localhost]', 'names: [localhost, web.test]'))
    expect(await made.apply()).toEqual({ change: 1, keep: 11, export: 1 })
    expect(changes(before, made.picture())).toEqual([
      'certs/web.crt',
      'exports/nginx/web.fullchain.pem',
      'exports/nginx/web.key',
      'exports/web.crt',
      'private/web.key',
    ])
    expect(await made.plan()).toEqual({ keep: 12 })
  })

  it('takes with it what hangs below, cross-certificates included', async () => {
    const made = await applied()
    made.write(FILE.replace('      ca1:\n', '      ca1:\n        subject: CN=Another CA\n'))
    expect(await made.apply()).toEqual({ change: 10, keep: 2, revoke: 1, crl: 1, export: 1 })
    await expectValid(made, ['web', 'alice', 'dev-5'])
    expect(await made.plan()).toEqual({ keep: 12 })
  })

  it('of a project’s own profile changes what is made by it', async () => {
    const made = await applied(
      `profiles: { short: { extends: client, notAfter: 9d } }\n${FILE.replace('alice: client', 'alice: short')}`,
    )
    made.write(
      `profiles: { short: { extends: client, notAfter: 8d } }\n${FILE.replace('alice: client', 'alice: short')}`,
    )
    expect(await made.apply()).toEqual({ change: 1, keep: 11 })
  })

  it('in what is revoked revokes without making anything', async () => {
    const made = await applied()
    const before = made.picture()
    made.write(FILE.replace('alice: client', 'alice: { profile: client, revoked: superseded }'))
    expect(await made.apply()).toEqual({ keep: 12, revoke: 1, crl: 1 })
    expect(changes(before, made.picture())).toEqual(['crl/ca1.crl'])
    expect(await made.plan()).toEqual({ keep: 12 })
  })

  it('in the reason of a revocation is refused', async () => {
    const made = await applied()
    made.write(FILE.replace('keyCompromise', 'superseded'))
    expect(await made.pki('apply')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('mallory') })
  })

  describe('that no longer says `revoked`', () => {
    const held = FILE.replace('alice: client', 'alice: { profile: client, revoked: certificateHold }')
    const listed = ({ store }: Applied) => [...(readStoredCrl(store.crlPath('ca1'))?.entries ?? [])].length

    it.each([FILE, FILE.replace('alice: client', 'alice: { profile: client, revoked: false }')])(
      'lifts a hold that the file had put on it',
      async (text) => {
        const made = await applied(held)
        expect(listed(made)).toBe(2)
        made.write(text)
        expect((await made.pki('plan')).stdout).toMatch(/\+ alice +take from hold\n/)
        expect(await made.apply()).toEqual({ keep: 12, lift: 1, crl: 1 })
        expect(listed(made)).toBe(1)
        expect(await made.plan()).toEqual({ keep: 12 })
      },
    )

    it('lifts holds of many, and those that another shard wrote', async () => {
      const many = `${FILE.replace('count: 5', 'count: 5, revoked: certificateHold')}seed: fixtures\nnow: 2026-01-01T00:00:00Z\n`
      const whole = await applied(many)
      whole.write(many.replace(', revoked: certificateHold', ''))
      expect(await whole.apply()).toEqual({ keep: 12, lift: 5, crl: 1 })
      const parts = withFile(many)
      const shards = [1, 2, 3].map((i) => ['--shard', `${i}/3`, '--dir', `part${i}`])
      for (const shard of shards) await parts.done(['apply', ...shard])
      parts.write(many.replace(', revoked: certificateHold', ''))
      for (const shard of shards) await parts.done(['apply', ...shard])
      for (const shard of shards) expect(await parts.done(['plan', ...shard])).toContain('nothing to do')
      const crls = shards.flatMap((shard) => {
        const path = new Store(join(parts.folder, shard[3] as string)).crlPath('ca1')
        return existsSync(path) ? [readFileSync(path)] : []
      })
      expect(crls).toEqual([readFileSync(whole.store.crlPath('ca1'))])
    })

    it('is told of what is revoked for good, and stays revoked', async () => {
      const made = await applied()
      made.write(FILE.replace(', revoked: keyCompromise', ''))
      expect(await made.apply()).toEqual({ keep: 12 })
      const says = /! mallory +stays revoked \(keyCompromise\): its entry does not say so/
      expect((await made.pki('plan')).stdout).toMatch(says)
      expect((await made.pki('apply')).stdout).toMatch(says)
      const { entries } = JSON.parse(await made.done('plan --json'))
      const told = entries.flatMap(({ stillRevoked }: { stillRevoked: unknown[] }) => stillRevoked)
      expect(told).toEqual([{ name: 'mallory', reason: 'keyCompromise' }])
      expect(listed(made)).toBe(1)
    })

    it('says nothing of what was revoked by hand, unless it says `revoked: false`', async () => {
      const made = await applied()
      await made.done('revoke alice --reason certificateHold')
      await made.done('revoke dev-1 --reason superseded')
      await made.done('crl ca1')
      expect(await made.plan()).toEqual({ keep: 12 })
      expect((await made.pki('plan')).stdout).not.toContain('stays revoked')
      made.write(FILE.replace('alice: client', 'alice: { profile: client, revoked: false }'))
      expect(await made.apply()).toEqual({ keep: 12, lift: 1, crl: 1 })
      made.write(FILE.replace('count: 5', 'count: 5, revoked: false'))
      expect((await made.pki('plan')).stdout).toMatch(/! dev-1 +stays revoked \(superseded\)/)
    })

    it('is told of what the file had put on hold, and somebody revoked for good', async () => {
      const made = await applied(held)
      await made.done('revoke alice --reason keyCompromise')
      made.write(FILE)
      expect((await made.pki('plan')).stdout).toMatch(/! alice +stays revoked \(keyCompromise\)/)
    })
  })

  it.each([
    ['at: 2026-11-01T00:00:00Z', 'at: 2026-11-02', 'pki.yaml:10:11: mallory: revoked already'],
    ['at: 2026-11-01', 'invalidityDate: 2026-10-01', 'invalidityDate left out'],
  ])('in the times of a revocation, %s, is refused with %s', async (before, after, says) => {
    const made = await applied(FILE.replace('keyCompromise', `{ ${before} }`))
    for (const same of ['{}', '{ at: 2026-11-01 }', '{ at: -5d }', 'unspecified', 'true']) {
      made.write(FILE.replace('keyCompromise', same))
      expect(await made.plan()).toEqual({ keep: 12 })
    }
    made.write(FILE.replace('keyCompromise', `{ ${after} }`))
    expect(await made.pki('apply')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining(says) })
  })

  it('in its count makes more', async () => {
    const made = await applied()
    made.write(FILE.replace('count: 5', 'count: 7'))
    expect(await made.apply()).toEqual({ make: 2, keep: 12 })
  })
})

describe('what the file no longer names', () => {
  const fewer = FILE.replace('count: 5', 'count: 3').replace('          alice: client\n', '')

  it('stays without --prune, and goes with it', async () => {
    const made = await applied()
    await made.done('issue client by-hand --from ca1')
    const before = made.picture()
    made.write(fewer)
    expect(await made.apply()).toEqual({ keep: 9 })
    expect(made.picture()).toEqual(before)
    expect(await made.apply('--prune')).toEqual({ keep: 9, remove: 3 })
    const gone = ['alice', 'dev-4', 'dev-5']
    const removed = gone.flatMap((name) => [`certs/${name}.crt`, `chains/${name}.pem`, `private/${name}.key`])
    expect(changes(before, made.picture())).toEqual(removed.sort())
    expect(made.store.has('by-hand')).toBe(true)
    expect(await made.apply('--prune')).toEqual({ keep: 9 })
  })

  it('takes its exports with it', async () => {
    const made = await applied()
    made.write(FILE.replace(/ {10}web: .*\n/, ''))
    expect(await made.apply('--prune')).toEqual({ keep: 11, remove: 1 })
    expect(Object.keys(made.picture()).filter((path) => path.includes('web'))).toEqual([])
  })

  describe('of the exports of a certificate that stays', () => {
    const exporting = (formats: string) => FILE.replace(/exports: .*\}\] \}/, `exports: [${formats}] }`)
    const exported = ({ picture }: Applied) => Object.keys(picture()).filter((path) => /^exports\/.*web/.test(path))
    const all = ['exports/web.fullchain.pem', 'exports/web.key', 'exports/web.pfx']

    it.each([
      ['some', exporting('key'), { keep: 12, export: 1 }, ['exports/web.key']],
      ['all', FILE.replace(/, exports: .*\}\] \}/, ' }'), { keep: 12 }, []],
    ])('stays %s without --prune, and goes with it', async (_, text, done, left) => {
      const made = await applied(exporting('fullchain, key, pfx'))
      expect(exported(made)).toEqual(all)
      made.write(text)
      expect(await made.apply()).toEqual(done)
      expect(exported(made)).toEqual(all)
      expect((await made.pki('plan')).stdout).toMatch(/ web +left export web\.pfx: the file no longer names it/)
      const { unnamedFiles } = JSON.parse(await made.done('plan --json'))
      const stale = all.filter((path) => !left.some((kept) => kept === path))
      expect(unnamedFiles.sort()).toEqual(stale.map((path) => join(made.store.folder, path)))
      expect(await made.apply('--prune')).toEqual({ keep: 12, remove: stale.length })
      expect(exported(made)).toEqual(left)
      expect(await made.plan('--prune')).toEqual({ keep: 12 })
    })

    it('goes at once, and what others put there under the name afterwards stays', async () => {
      const made = await applied(exporting('pfx, env'))
      made.write(exporting('{ format: pfx, out: elsewhere }, fullchain'))
      expect(await made.apply('--prune')).toEqual({ keep: 12, export: 1, remove: 4 })
      expect(exported(made)).toEqual(['exports/elsewhere/web.pfx', 'exports/web.fullchain.pem'])
      await made.done('export web --format pfx --out pki/exports/')
      expect(await made.apply('--prune')).toEqual({ keep: 12 })
    })

    it('is not what another entry writes under that name', async () => {
      const made = await applied(exporting('fullchain, key'))
      const other = exporting('key').replace('alice: client', 'web.fullchain: { profile: client, exports: [pem] }')
      made.write(other)
      await made.apply('--prune')
      expect(exported(made)).toEqual(['exports/web.fullchain.pem', 'exports/web.key'])
    })

    it('of a certificate that was there before goes, and the certificate stays', async () => {
      const made = withFile('version: 1\ncertificates: { alice: { from: root, profile: client, exports: [crt] } }\n')
      await made.done('init root')
      await made.done('issue client alice --from root')
      expect(await made.apply()).toEqual({ adopt: 1, export: 1 })
      made.write('version: 1\ncertificates: {}\n')
      expect(await made.apply('--prune')).toEqual({ remove: 1 })
      expect(made.store.names()).toEqual(['alice', 'root'])
    })

    it('is left to the shard that writes it', async () => {
      const seed = 'seed: fixtures\nnow: 2026-01-01T00:00:00Z\n'
      const made = await applied(exporting('key, pfx') + seed)
      made.write(exporting('key') + seed)
      const plans = await Promise.all([1, 2, 3].map((i) => made.plan('--prune', '--shard', `${i}/3`)))
      expect(plans.filter(({ remove }) => remove === 1)).toHaveLength(1)
    })
  })

  describe('of the CRLs of an authority that stays', () => {
    const none = FILE.replace('        crl: true\n', '')

    it('stays without --prune, and goes with it', async () => {
      const made = await applied()
      made.write(none)
      expect(await made.apply()).toEqual({ keep: 12 })
      expect((await made.pki('plan')).stdout).toMatch(/ ca1 +left CRL ca1\.crl: the file no longer names it/)
      expect(await made.apply('--prune')).toEqual({ keep: 12, remove: 1 })
      expect(existsSync(made.store.crlPath('ca1'))).toBe(false)
      made.write(FILE)
      expect(await made.apply()).toEqual({ keep: 12, crl: 1 })
    })

    it('stays where it was made by hand, before or afterwards, and where it cannot be read', async () => {
      const made = await applied(none)
      await made.done('crl ca1')
      expect(await made.plan('--prune')).toEqual({ keep: 12 })
      made.write(FILE)
      await made.apply()
      await made.done('crl ca1')
      made.write(none)
      expect(await made.plan('--prune')).toEqual({ keep: 12 })
      writeFileSync(made.store.crlPath('ca1'), 'none')
      expect(await made.plan('--prune')).toEqual({ keep: 12 })
    })
  })

  it('can be named again', async () => {
    const made = await applied()
    made.write(fewer)
    await made.apply('--prune')
    made.write(FILE)
    expect(await made.apply()).toEqual({ make: 3, keep: 9 })
  })
})

describe('certificates that were not made from the file', () => {
  it('are taken over where issuer and profile are those of the entry', async () => {
    const made = withFile('version: 1\ncertificates:\n  root:\n    issues: { alice: client }\n')
    await made.done('init root')
    await made.done('issue client alice --from root')
    const before = made.picture()
    expect(await made.apply()).toEqual({ adopt: 2 })
    expect(changes(before, made.picture())).toEqual([])
    expect(await made.apply('--prune')).toEqual({ keep: 2 })
    made.write('version: 1\ncertificates:\n  root:\n    issues: { alice: { profile: client, names: [a.test] } }\n')
    expect(await made.apply()).toEqual({ change: 1, keep: 1 })
  })

  it('are refused elsewhere, with the line of the entry, unless forced', async () => {
    const made = withFile('version: 1\ncertificates:\n  root:\n    issues: { alice: client }\n')
    await made.done('init root')
    await made.done('issue server alice --from root')
    const before = made.picture()
    const { exitCode, stderr } = await made.pki('apply')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('pki.yaml:4:15: alice') })
    expect(made.picture()).toEqual(before)
    expect(await made.apply('--force')).toEqual({ change: 2 })
  })

  it('a key without a certificate, as a request has it, is not overwritten', async () => {
    const made = withFile()
    await made.done('request alice')
    expect(await made.pki('apply')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('alice') })
  })

  it('an issuer in the store can be used by the file', async () => {
    const made = withFile('version: 1\ncertificates:\n  alice: { profile: client, from: corporate }\n')
    await made.done('init root --name corporate')
    expect(await made.apply()).toEqual({ make: 1 })
    await expectValid(made, ['alice'], 'corporate')
  })
})

describe('--if-expiring', () => {
  it('renews with the same key what ends within the time, and tends to what hangs below', async () => {
    const made = await applied(FILE.replace('      ca1:\n', '      ca1:\n        notAfter: 20d\n'))
    const keys = (picture: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(picture).filter(([path]) => path.startsWith('private/')))
    const before = made.picture()
    const later = { now: new Date(NOW.getTime() + 10 * 86_400_000) }
    const summary = summaryOf(await made.done('apply --json --if-expiring 15d', later))
    expect(summary).toMatchObject({ renew: 10, keep: 2 })
    expect(keys(made.picture())).toEqual(keys(before))
    const [chain] = made.store.readChain('alice')
    expect(chain && fingerprint(chain)).toBe(fingerprint(made.store.readCertificate('ca1')))
    expect(summaryOf(await made.done('plan --json', later))).toEqual({ keep: 12 })
  })

  it('leaves alone what lasts longer', async () => {
    const made = await applied()
    expect(await made.plan('--if-expiring', '30d')).toEqual({ keep: 12 })
  })
})

describe('a run that was cut short', () => {
  it('is continued: keys without certificates, and notes of what never came', async () => {
    const made = await applied()
    const before = made.picture()
    const { store } = made
    rmSync(store.certificatePath('dev-1'))
    rmSync(store.certificatePath('dev-2'))
    rmSync(store.keyPath('dev-2'))
    appendFileSync(store.journalPath, '{"v":1,"at":"2026')
    expect(await made.apply()).toMatchObject({ restore: 1, make: 1 })
    expect(changes(before, made.picture())).toEqual(['certs/dev-1.crt', 'certs/dev-2.crt', 'private/dev-2.key'])
    await expectValid(made, ['dev-1', 'dev-2'])
  })

  it('while replacing is noticed by the certificate that is not the one noted', async () => {
    const made = await applied()
    const { store } = made
    const old = `${store.certificatePath('alice')}.old`
    const [oldKey, certificate] = [readFileSync(store.keyPath('alice')), readFileSync(store.certificatePath('alice'))]
    writeFileSync(old, certificate)
    made.write(FILE.replace('alice: client', 'alice: { profile: client, names: [a.test] }'))
    await made.apply()
    // As if it had been killed behind the journal: the old files are there, and nothing says that all is in place.
    renameSync(old, store.certificatePath('alice'))
    writeFileSync(store.keyPath('alice'), oldKey)
    const lines = readFileSync(store.journalPath, 'utf8').trimEnd().split('\n')
    expect(lines.at(-1)).toContain('"applied"')
    writeFileSync(store.journalPath, `${lines.slice(0, -1).join('\n')}\n`)
    expect(await made.apply()).toEqual({ change: 1, keep: 11 })
    await expectValid(made, ['alice'])
  })

  it('says how far it came', async () => {
    const made = withFile()
    await made.apply()
    rmSync(made.store.certificatePath('web'))
    rmSync(made.store.keyPath('web'))
    rmSync(join(made.store.folder, 'exports'), { recursive: true })
    // A file in the place of the folder.
    writeFileSync(join(made.store.folder, 'exports'), '')
    const { exitCode, stderr } = await made.pki('apply')
    expect(exitCode).toBe(4)
    expect(stderr).toContain('1 of 1 certificates are made')
    rmSync(join(made.store.folder, 'exports'))
    expect(await made.apply()).toMatchObject({ export: 1 })
  })
})

describe('two at once', () => {
  it('are not possible', async () => {
    const made = withFile()
    made.store.prepare()
    writeFileSync(join(made.store.folder, '.apply.lock'), '1\n')
    expect(await made.pki('apply')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('locked') })
  })
})

describe('what comes with the program', () => {
  it('is listed by --help', () => {
    const files = readdirSync(fileURLToPath(new URL('../../templates/hierarchies', import.meta.url)))
    expect([...READY_MADE].sort()).toEqual(files.map((file) => file.replace('.yaml', '')).sort())
  })

  it('the file in --help can be applied', async () => {
    const { stdout } = await session().pki('apply --help')
    const text = stdout.slice(stdout.indexOf('  version: 1'), stdout.indexOf('Ready-made')).replaceAll('1000', '3')
    const made = withFile(text)
    expect(await made.apply()).toMatchObject({ make: 9, revoke: 1, crl: 1, export: 1 })
  })

  it.each(['single', 'two-tier', 'cross-signed', 'mtls', 'kubernetes'])(
    '%s can be applied by its name, twice',
    async (name) => {
      const made = session()
      await made.done(['apply', name])
      const before = pictureOf(join(made.folder, 'pki'))
      expect(await made.done(['apply', name])).toContain('nothing to do')
      expect(pictureOf(join(made.folder, 'pki'))).toEqual(before)
    },
  )

  it('a name that is none lists those that are', async () => {
    const { exitCode, stderr } = await session().pki('apply mlts')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('kubernetes') })
  })
})

describe('export --as-yaml', () => {
  it('writes a file that finds its store complete', async () => {
    const made = session()
    await made.done('quickstart --no-handshake')
    await made.done('issue server x.test --from intermediate --key ed25519 --days 30')
    await made.done('init root --name old')
    await made.done('cross-sign intermediate --from old')
    await made.done('revoke client --reason superseded')
    await made.done('export --as-yaml')
    const folder = join(made.folder, 'pki')
    const before = pictureOf(folder)
    expect(summaryOf(await made.done('apply --json'))).toEqual({ adopt: 7 })
    expect(changes(before, pictureOf(folder))).toEqual([])
    expect(summaryOf(await made.done('apply --json'))).toEqual({ keep: 7 })
  })

  it('names what is wrong on purpose', async () => {
    const made = session()
    await made.done('init root --defect root-with-purpose')
    await made.done('issue server bad --from root --dns localhost --defect expired,serial-zero')
    expect(await made.done('export --as-yaml')).toContain('pki apply --adopt')
    expect(readFileSync(join(made.folder, 'pki.yaml'), 'utf8')).toContain('defect: [expired, serial-zero]')
    expect(summaryOf(await made.done('apply --json'))).toEqual({ adopt: 2 })
    await made.done('apply --dir elsewhere')
    const again = new Store(join(made.folder, 'elsewhere'))
    expect(again.readCertificate('bad').serialNumber).toBe(0n)
    expect(again.readCertificate('bad').notAfter.date.getTime()).toBeLessThan(NOW.getTime())
    expect(await made.done('export --as-yaml --dir elsewhere --out again.yaml')).toContain('again.yaml')
    expect(readFileSync(join(made.folder, 'again.yaml'), 'utf8')).toBe(
      readFileSync(join(made.folder, 'pki.yaml'), 'utf8'),
    )
  })

  it('has what differs from the profiles: constraints, usages, hours, keys of RSASSA-PSS, periods of CRLs', async () => {
    const made = session()
    await made.done('init root --key rsa-pss-2048 --permit dns:test --permit ip:10.0.0.0/8 --exclude email:.bad.test')
    await made.done('issue intermediate ca1 --from root')
    await made.done('issue server web --from ca1 --dns web.test --key-usage digitalSignature,keyAgreement')
    await made.done('issue client short --from ca1 --hours 5 --ext-key-usage clientAuth,1.2.3.4')
    await made.done('issue client bare --from ca1 --omit keyUsage,extKeyUsage')
    await made.done('crl ca1 --next-update 36h')
    await made.done('export --as-yaml')
    const text = readFileSync(join(made.folder, 'pki.yaml'), 'utf8')
    for (const field of [
      'key: rsa-pss-2048',
      'permit: ["dns:test", "ip:10.0.0.0/8"]',
      'exclude: ["email:.bad.test"]',
      'crl: { validFor: 36h }',
      'keyUsage: [digitalSignature, keyAgreement]',
      'notAfter: 5h, extKeyUsage: [clientAuth, "1.2.3.4"]',
      'omit: [keyUsage, extKeyUsage]',
    ])
      expect(text).toContain(field)
    expect(summaryOf(await made.done('plan --json'))).toEqual({ adopt: 5 })
    await made.done('apply --dir elsewhere')
    await made.done('export --as-yaml --dir elsewhere --out again.yaml')
    expect(readFileSync(join(made.folder, 'again.yaml'), 'utf8')).toBe(text)
  })

  it('and the same hierarchy in another place', async () => {
    const made = await applied()
    await made.done('export --as-yaml --out again.yaml')
    const names = new Store(join(made.folder, 'elsewhere'))
    await made.done('apply again.yaml --dir elsewhere')
    expect(names.names()).toEqual(ALL)
    expect(summaryOf(await made.done('plan again.yaml --json --adopt'))).toEqual({ adopt: 12 })
  })
})

describe('shards', () => {
  it('write together what one run writes, and each its own', async () => {
    const seeded = `${FILE}seed: fixtures\nnow: 2026-01-01T00:00:00Z\n`
    const made = await applied(seeded)
    const whole = made.picture()
    const parts: Record<string, string> = {}
    for (const index of [1, 2, 3]) {
      await made.done(['apply', '--shard', `${index}/3`, '--dir', `part${index}`])
      const part = pictureOf(join(made.folder, `part${index}`))
      for (const [path, content] of Object.entries(part)) {
        if (content.endsWith('folder') || path === 'journal.jsonl') continue
        expect(parts[path]).toBeUndefined()
        parts[path] = content
      }
    }
    const files = Object.entries(whole).filter(
      ([path, content]) => !content.endsWith('folder') && path !== 'journal.jsonl',
    )
    expect(parts).toEqual(Object.fromEntries(files))
  })

  it('that run again write the same again, also where a CRL lists what others write', async () => {
    const file = `${FILE.replace('count: 5', 'count: 5, revoked: superseded')}seed: fixtures\nnow: 2026-01-01T00:00:00Z\n`
    const made = withFile(file)
    const journals: string[] = []
    for (const index of [1, 2, 3, 4]) {
      const args = ['--shard', `${index}/4`, '--dir', `part${index}`]
      await made.done(['apply', ...args])
      const part = pictureOf(join(made.folder, `part${index}`))
      expect(await made.done(['plan', ...args])).toContain('nothing to do')
      await made.done(['apply', ...args])
      expect(pictureOf(join(made.folder, `part${index}`))).toEqual(part)
      cpSync(join(made.folder, `part${index}`), join(made.folder, 'pki'), { recursive: true })
      journals.push(readFileSync(join(made.folder, `part${index}/journal.jsonl`), 'utf8'))
    }
    writeFileSync(join(made.folder, 'pki/journal.jsonl'), journals.join(''))
    expect(await made.plan()).toEqual({ keep: 12 })
    // Another entry is another certificate, and that is revoked anew.
    made.write(file.replace('count: 5,', 'count: 5, notAfter: 9d,'))
    const plans = await Promise.all([1, 2, 3, 4].map((i) => made.plan('--shard', `${i}/4`, '--dir', `part${i}`)))
    expect(plans.filter(({ crl }) => crl === 1)).toMatchObject([{ revoke: expect.any(Number) }])
  })

  it('one after the other in one folder, in any order, write what one run writes', async () => {
    const file = `${FILE.replace('count: 5', 'count: 5, revoked: superseded')}seed: fixtures\nnow: 2026-01-01T00:00:00Z\n`
    const whole = (await applied(file)).picture()
    const made = withFile(file)
    for (const index of [3, 1, 2]) await made.done(['apply', '--shard', `${index}/3`])
    expect(changes(whole, made.picture())).toEqual([])
  })

  it('need a seed', async () => {
    expect(await withFile().pki('apply --shard 1/2')).toMatchObject({ exitCode: 2 })
  })
})

describe('what is shown', () => {
  it('the plan, an entry a line, with the reasons', async () => {
    const made = await applied()
    made.write(
      FILE.replace('      ca1:\n', '      ca1:\n        subject: CN=Another CA\n').replace('count: 5', 'count: 6'),
    )
    const { stdout } = await made.pki('plan')
    expect(stdout).toContain('~ ca1           change: its entry has changed')
    expect(stdout).toContain('~ alice         change: its issuer changes')
    expect(stdout).toContain('+ dev-{n}       make 1 (dev-6): client, from ca1')
    expect(stdout).toContain('= root          leave')
    expect(stdout).toMatch(/~ ca1 .*; make CRL\n/)
    expect(stdout).toMatch(/~ web .*; export\n/)
    // What stays as it is and has something new beside it takes two lines.
    const more = await applied()
    rmSync(more.store.crlPath('ca1'))
    expect((await more.pki('plan')).stdout).toMatch(/= ca1 +leave\n\+ ca1 +make CRL\n/)
  })

  it('a progress bar on a terminal, on standard error and nowhere else', async () => {
    const onTerminal = await withFile().pki('apply', { columns: 100 })
    expect(onTerminal.stderr).toContain('\r[')
    expect(onTerminal.stdout).not.toContain('\r')
    expect((await withFile().pki('apply')).stderr).toBe('')
  })

  it.skipIf(process.platform === 'win32')('private keys are for their owner', async () => {
    const { store } = await applied()
    expect(statSync(store.keyPath('dev-1')).mode & 0o777).toBe(0o600)
    expect(statSync(join(store.folder, 'private')).mode & 0o777).toBe(0o700)
  })
})
