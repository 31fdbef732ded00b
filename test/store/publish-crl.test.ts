/** CRLs out of a store: numbers, what each kind lists, deltas to the last complete one, and what is refused. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CRL_FAULTS } from '../../src/issue/crl-fault.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { createSigner, type PrivateKey } from '../../src/keys/keys.ts'
import { type CrlOrder, composeFaultyCrl, publishCrl } from '../../src/store/publish-crl.ts'
import { recordRevocation, undoRevocation } from '../../src/store/record-revocation.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import type { CrlReason } from '../../src/x509/crl-extension.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { NOW } from '../issue/authority.ts'
import { pictureOf } from '../temporary-folder.ts'
import { CONTEXT, testStore } from './test-store.ts'

const WEEK = 7 * 24 * 3600 * 1000
const URI = 'http://crl.test/ca1.crl'

/** A store, and short words for what is done with it. */
function world() {
  const made = testStore()
  const { store, add, revocable, ca } = made
  const certificates = new Map<string, Credential>()
  const target = (name: string) => {
    const known = certificates.get(name) ?? add(name)
    certificates.set(name, known)
    return revocable(name, known.certificate)
  }
  const issuerOf = (name: string, { certificate, privateKey }: Credential): CrlOrder['issuer'] => ({
    name,
    certificate,
    signer: createSigner(privateKey as PrivateKey),
  })
  const order = (fields: Partial<CrlOrder>): CrlOrder => ({
    issuer: issuerOf('ca1', ca),
    scope: {},
    thisUpdate: NOW,
    nextUpdate: new Date(NOW.getTime() + WEEK),
    ...fields,
  })
  return {
    ...made,
    issuerOf,
    order,
    revoke: (name: string, reason: CrlReason | undefined = 'keyCompromise') =>
      recordRevocation(store, target(name), { reason, revocationDate: NOW, invalidityDate: undefined }, CONTEXT),
    undo: (name: string) => undoRevocation(store, target(name), CONTEXT),
    publish: (fields: Partial<CrlOrder> = {}) => publishCrl(store, order(fields), CONTEXT),
    /** `name reason` of each entry. */
    listed: (encoded: Uint8Array) => {
      const names = new Map([...certificates].map(([name, one]) => [one.certificate.serialNumber, name]))
      return Array.from(parseCrl(encoded).entries, (one) => `${names.get(one.serialNumber)} ${one.reasonCode}`)
    },
  }
}

describe('publishCrl', () => {
  it('makes a CRL that the issuer has signed, and puts it in its place as DER', () => {
    const { publish, revoke, listed, store, ca } = world()
    revoke('alice')
    revoke('bob', 'unspecified')
    const { encoded, path } = publish()
    const crl = parseCrl(encoded)
    expect(listed(encoded)).toEqual(['alice keyCompromise', 'bob undefined'])
    expect(checkSignature(crl.signatureAlgorithm, ca.certificate.publicKey, crl.tbs, crl.signature)).toBe('valid')
    expect(crl.decoded.authorityKeyIdentifier?.keyIdentifier).toEqual(ca.certificate.decoded.subjectKeyIdentifier)
    expect(crl.decoded.issuingDistributionPoint).toBeUndefined()
    expect(path).toBe(store.crlPath('ca1'))
    expect(new Uint8Array(readFileSync(store.crlPath('ca1')))).toEqual(encoded)
  })

  it('lists nothing that is not in force yet, nor what other issuers have revoked', () => {
    const { publish, revoke, listed, issuerOf, root } = world()
    revoke('alice')
    expect(listed(publish({ thisUpdate: new Date(NOW.getTime() - 1000) }).encoded)).toEqual([])
    expect(listed(publish({ issuer: issuerOf('root', root) }).encoded)).toEqual([])
  })

  it('counts in one sequence, whatever the kind (§5.2.4), each issuer its own', () => {
    const { publish, issuerOf, root } = world()
    const numbers = [
      publish(),
      publish({ delta: true }),
      publish({ scope: { only: 'user' } }),
      publish(),
      publish({ issuer: issuerOf('root', root) }),
    ].map(({ number, base }) => [number, base])
    expect(numbers).toEqual([
      [1n, undefined],
      [2n, 1n],
      [3n, undefined],
      [4n, undefined],
      [1n, undefined],
    ])
  })

  it('goes on counting where the journal is lost and the CRL is not', () => {
    const { publish, store } = world()
    publish()
    publish()
    rmSync(store.journalPath)
    expect(publish().number).toBe(3n)
  })

  it('notes the number before the CRL appears: one that never did is not given again', () => {
    const { publish, store } = world()
    publish()
    const older = readFileSync(store.crlPath('ca1'))
    publish()
    writeFileSync(store.crlPath('ca1'), older)
    expect(publish().number).toBe(3n)
  })

  it.each([
    ['user', ['alice keyCompromise']],
    ['ca', []],
    ['attribute', []],
  ] as const)('partitioned: only %s', (only, expected) => {
    const { publish, revoke, listed, store } = world()
    revoke('alice')
    const { encoded, path } = publish({ scope: { only, distributionPoint: URI } })
    expect(listed(encoded)).toEqual(expected)
    expect(parseCrl(encoded).decoded.issuingDistributionPoint).toEqual({
      distributionPoint: { fullName: [{ type: 'uniformResourceIdentifier', value: URI }] },
      onlyContainsUserCerts: only === 'user',
      onlyContainsCACerts: only === 'ca',
      onlyContainsAttributeCerts: only === 'attribute',
      onlySomeReasons: undefined,
      indirectCRL: false,
    })
    expect(path).toBe(store.crlPath('ca1', only))
  })

  it('lists a revoked CA where only CAs are listed', () => {
    const { publish, store, ca, root, issuerOf, revocable } = world()
    const target = { ...revocable('ca1', ca.certificate), isCa: true }
    const issuer = { name: 'root', certificate: root.certificate }
    const order = { reason: 'cACompromise', revocationDate: NOW, invalidityDate: undefined } as const
    recordRevocation(store, { ...target, issuer }, order, CONTEXT)
    const count = (only: 'ca' | 'user') => publish({ issuer: issuerOf('root', root), scope: { only } }).entryCount
    expect([count('ca'), count('user')]).toEqual([1, 0])
  })

  it('partitioned by reasons: an entry without one is in none of them', () => {
    const { publish, revoke, listed } = world()
    revoke('alice', 'keyCompromise')
    revoke('bob', 'superseded')
    revoke('carol', 'unspecified')
    const { encoded } = publish({ scope: { reasons: ['keyCompromise', 'cACompromise'] } })
    expect(listed(encoded)).toEqual(['alice keyCompromise'])
    expect(parseCrl(encoded).decoded.issuingDistributionPoint?.onlySomeReasons).toEqual([
      'keyCompromise',
      'cACompromise',
    ])
  })

  it('names where deltas are found', () => {
    const { publish } = world()
    const { decoded } = parseCrl(publish({ freshestCrl: URI }).encoded)
    expect(decoded.freshestCRL?.[0]?.distributionPoint).toEqual({
      fullName: [{ type: 'uniformResourceIdentifier', value: URI }],
    })
  })
})

describe('a delta CRL', () => {
  it('lists what is new, what has another reason, and what was taken back', () => {
    const { publish, revoke, undo, listed, store } = world()
    revoke('same')
    revoke('held', 'certificateHold')
    revoke('released', 'certificateHold')
    publish()
    revoke('new', 'superseded')
    revoke('held', 'keyCompromise')
    undo('released')
    const { encoded, base, path } = publish({ delta: true })
    expect(listed(encoded).toSorted()).toEqual(['held keyCompromise', 'new superseded', 'released removeFromCRL'])
    expect(parseCrl(encoded).decoded.deltaCRLIndicator).toBe(1n)
    expect(base).toBe(1n)
    expect(path).toBe(store.crlPath('ca1', 'delta'))
    expect(parseCrl(new Uint8Array(readFileSync(store.crlPath('ca1')))).decoded.cRLNumber).toBe(1n)
  })

  it('needs a complete CRL', () => {
    const { publish } = world()
    expect(() => publish({ delta: true })).toThrow(expect.objectContaining({ code: 'input.not-found' }))
  })

  it('has the scope of its base', () => {
    const { publish } = world()
    publish({ scope: { distributionPoint: URI } })
    expect(() => publish({ delta: true })).toThrow(expect.objectContaining({ code: 'input.mismatch' }))
    expect(publish({ delta: true, scope: { distributionPoint: URI } }).base).toBe(1n)
  })

  it('says what is wrong with a base that is damaged', () => {
    const { publish, store } = world()
    publish()
    writeFileSync(store.crlPath('ca1'), readFileSync(store.crlPath('ca1')).subarray(0, -1))
    expect(() => publish({ delta: true })).toThrow(expect.objectContaining({ code: 'input.malformed' }))
  })
})

describe('an indirect CRL', () => {
  it('lists everybody who has revoked something, each entry with its issuer', () => {
    const { publish, revoke, issuerOf, root, ca } = world()
    revoke('alice')
    const { encoded, path } = publish({ issuer: issuerOf('root', root), scope: { indirect: true } })
    const [entry] = parseCrl(encoded).entries
    expect(entry?.certificateIssuer).toEqual([{ type: 'directoryName', value: ca.certificate.subject }])
    expect(parseCrl(encoded).decoded.issuingDistributionPoint?.indirectCRL).toBe(true)
    expect(path).toMatch(/root~indirect\.crl$/)
  })

  it('can have a delta', () => {
    const { publish, revoke, undo, listed, issuerOf, root } = world()
    const indirect = { issuer: issuerOf('root', root), scope: { indirect: true } }
    revoke('same')
    revoke('released', 'certificateHold')
    publish(indirect)
    undo('released')
    expect(listed(publish({ ...indirect, delta: true }).encoded)).toEqual(['released removeFromCRL'])
  })

  it('is the only kind that lists certificates of others', () => {
    const { publish, revoke, issuerOf, root } = world()
    revoke('alice')
    const covers = ['ca1', 'ca1']
    const issuer = issuerOf('root', root)
    expect(() => publish({ issuer, covers })).toThrow(expect.objectContaining({ code: 'usage.option' }))
    expect(publish({ issuer, covers, scope: { indirect: true } }).entryCount).toBe(1)
  })

  it('refuses to speak for a name whose key is another one by now', () => {
    const { publish, revoke, store, issuerOf, root } = world()
    revoke('alice')
    writeFileSync(store.certificatePath('ca1'), readFileSync(store.certificatePath('root')))
    const indirect = { issuer: issuerOf('root', root), scope: { indirect: true } }
    expect(() => publish(indirect)).toThrow(expect.objectContaining({ code: 'input.mismatch' }))
  })
})

describe('composeFaultyCrl', () => {
  it.each(CRL_FAULTS)('%s: that is wrong and nothing else, and nothing is written', (fault) => {
    const { order, publish, revoke, store, ca } = world()
    revoke('alice')
    const right = parseCrl(publish().encoded)
    const before = pictureOf(store.folder)
    const { encoded, path, entryCount, number } = composeFaultyCrl(store, order({}), fault)
    expect(pictureOf(store.folder)).toEqual(before)
    expect({ path, entryCount, number }).toEqual({ path: undefined, entryCount: 1, number: 2n })

    const crl = parseCrl(encoded)
    const signature = checkSignature(crl.signatureAlgorithm, ca.certificate.publicKey, crl.tbs, crl.signature)
    expect({
      expired: (crl.nextUpdate?.date ?? NOW) < NOW,
      future: crl.thisUpdate.date > NOW,
      'wrong-issuer': !crl.issuer.equals(right.issuer),
      'bad-signature': signature !== 'valid',
      'unknown-critical': crl.extensions.some(({ oid, critical }) => critical && oid === '2.999.1'),
    }).toEqual(Object.fromEntries(CRL_FAULTS.map((name) => [name, name === fault])))
  })
})

describe('the place of a CRL', () => {
  it('is never empty and holds nothing else', () => {
    const { publish, store } = world()
    publish()
    publish({ delta: true })
    publish({ scope: { reasons: ['superseded'] } })
    expect(existsSync(store.crlPath('ca1'))).toBe(true)
    expect(readdirSync(`${store.folder}/crl`).sort()).toEqual(['ca1.crl', 'ca1~delta.crl', 'ca1~superseded.crl'])
  })
})
