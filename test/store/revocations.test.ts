/** Revocations: what is revoked and when, what was issued, by whose key; recording and taking back. */

import { appendFileSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { issuerKeyHash } from '../../src/store/journal.ts'
import { type RevocationOrder, recordRevocation, undoRevocation } from '../../src/store/record-revocation.ts'
import { Revocations } from '../../src/store/revocations.ts'
import type { Store } from '../../src/store/store.ts'
import type { CrlReason } from '../../src/x509/crl-extension.ts'
import { issue, NOW } from '../issue/authority.ts'
import { CONTEXT, testStore } from './test-store.ts'

const SECOND = 1000
const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * SECOND)

const because = (reason: CrlReason | undefined, fields: Partial<RevocationOrder> = {}): RevocationOrder => ({
  reason,
  revocationDate: NOW,
  invalidityDate: undefined,
  ...fields,
})

/** A store with `ca1` and a certificate of it, and what can be done to that. */
function withCertificate() {
  const world = testStore()
  const { certificate } = world.add('alice')
  const target = world.revocable('alice', certificate)
  const issuer = issuerKeyHash(world.ca.certificate)
  return {
    ...world,
    target,
    issuer,
    serialNumber: certificate.serialNumber,
    revoke: (order: RevocationOrder) => recordRevocation(world.store, target, order, CONTEXT),
    undo: () => undoRevocation(world.store, target, CONTEXT),
    state: () => stateOf(world.store),
  }
}

function stateOf(store: Store): Revocations {
  const revocations = new Revocations(store, { withIssued: true })
  revocations.refresh()
  return revocations
}

const lastEvent = ({ journalPath }: Store) =>
  JSON.parse(readFileSync(journalPath, 'utf8').trim().split('\n').at(-1) ?? '')

describe('Revocations', () => {
  it('tells good, revoked and unknown apart', () => {
    const { state, issuer, serialNumber, revoke } = withCertificate()
    expect(state().status(issuer, serialNumber, NOW)).toEqual({ type: 'good' })
    expect(state().status(issuer, serialNumber + 1n, NOW)).toEqual({ type: 'unknown' })
    expect(state().status('00', serialNumber, NOW)).toEqual({ type: 'unknown' })
    revoke(because('superseded', { invalidityDate: inSeconds(-60) }))
    expect(state().status(issuer, serialNumber, NOW)).toEqual({
      type: 'revoked',
      revocation: {
        serialNumber,
        reason: 'superseded',
        revocationDate: NOW,
        invalidityDate: inSeconds(-60),
        isCa: false,
        isDeclared: false,
      },
    })
  })

  it('does not ask what was issued unless it is told to', () => {
    const { store, issuer, serialNumber } = withCertificate()
    const revocations = new Revocations(store)
    revocations.refresh()
    expect(revocations.status(issuer, serialNumber + 1n, NOW)).toEqual({ type: 'good' })
  })

  it('knows an imported certificate under any issuer', () => {
    const { store, ca, root, issuer } = testStoreWithImport()
    expect(stateOf(store).status(issuer, 0x1234n, NOW)).toEqual({ type: 'good' })
    expect(stateOf(store).status(issuerKeyHash(root.certificate), 0x1234n, NOW)).toEqual({ type: 'good' })
    expect(issuerKeyHash(ca.certificate)).toBe(issuer)
  })

  it.each([
    ['a second before', -1, 'good'],
    ['in the very second', 0, 'revoked'],
    ['after it', 1, 'revoked'],
  ] as const)('takes a revocation for in force %s its date: %s', (_, seconds, type) => {
    const { revoke, state, issuer, serialNumber } = withCertificate()
    const revocationDate = inSeconds(3600)
    revoke(because('keyCompromise', { revocationDate }))
    const at = new Date(revocationDate.getTime() + seconds * SECOND)
    expect(state().status(issuer, serialNumber, at).type).toBe(type)
    expect([...state().revokedBy(issuer, at)].map((revocation) => revocation.serialNumber)).toEqual(
      type === 'revoked' ? [serialNumber] : [],
    )
  })

  it('counts in whole seconds, so that a CRL of the same second lists the certificate', () => {
    const { revoke } = withCertificate()
    const { revocation } = revoke(because('keyCompromise', { revocationDate: new Date(NOW.getTime() + 999) }))
    expect(revocation.revocationDate).toEqual(NOW)
  })

  it('follows the journal', () => {
    const { store, revoke, undo, issuer, serialNumber } = withCertificate()
    const revocations = new Revocations(store, { withIssued: true })
    expect(revocations.refresh()).toBe(true)
    expect(revocations.refresh()).toBe(false)
    revoke(because('certificateHold'))
    expect(revocations.status(issuer, serialNumber, NOW).type).toBe('good')
    expect(revocations.refresh()).toBe(true)
    expect(revocations.status(issuer, serialNumber, NOW).type).toBe('revoked')
    undo()
    revocations.refresh()
    expect(revocations.status(issuer, serialNumber, NOW)).toEqual({ type: 'good' })
  })

  it('keeps issuers apart that give the same serial number', () => {
    const { state, revoke, issuer, root, serialNumber } = withCertificate()
    revoke(because('keyCompromise'))
    expect(state().find(issuer, serialNumber)?.reason).toBe('keyCompromise')
    expect(state().find(issuerKeyHash(root.certificate), serialNumber)).toBeUndefined()
  })

  it('knows a renewed issuer by its key, and one of the same name with a new key as another', () => {
    const { root, ca } = testStore()
    const key = ca.privateKey
    if (key === undefined) throw new Error('the test CA has a key')
    const renewed = issue({ profile: 'intermediate', name: 'renewed', from: root, key })
    const replaced = issue({ profile: 'intermediate', name: 'ca1', from: root })
    expect(issuerKeyHash(renewed.certificate)).toBe(issuerKeyHash(ca.certificate))
    expect(issuerKeyHash(replaced.certificate)).not.toBe(issuerKeyHash(ca.certificate))
  })

  it('names whoever has revoked something', () => {
    const { state, revoke, issuer } = withCertificate()
    expect(state().issuers()).toEqual([])
    revoke(because('keyCompromise'))
    expect(state().issuers()).toEqual([{ name: 'ca1', keyHash: issuer }])
  })

  it.each([
    ['no serial number', { serialNumber: 'xyz' }],
    ['no date', { revocationDate: 'yesterday' }],
    ['an unknown reason', { reason: 'boredom' }],
    ['no issuer', { issuerKeyHash: undefined }],
  ])('says nothing at all where a revocation has %s', (_, fields) => {
    const { store, revoke } = withCertificate()
    revoke(because('keyCompromise'))
    appendFileSync(store.journalPath, `${JSON.stringify({ ...lastEvent(store), ...fields })}\n`)
    expect(() => stateOf(store)).toThrow(expect.objectContaining({ code: 'input.malformed' }))
  })
})

describe('recordRevocation', () => {
  it('notes everything that CRLs and OCSP responses will say', () => {
    const { store, revoke, target, issuer } = withCertificate()
    expect(revoke(because('keyCompromise', { invalidityDate: inSeconds(-60) })).outcome).toBe('revoked')
    expect(lastEvent(store)).toEqual({
      v: 1,
      at: NOW.toISOString(),
      event: 'revoked',
      name: 'alice',
      fingerprint: target.fingerprint,
      issuer: 'ca1',
      issuerKeyHash: issuer,
      serialNumber: target.serialNumber.toString(16).padStart(32, '0'),
      reason: 'keyCompromise',
      revocationDate: NOW.toISOString(),
      invalidityDate: inSeconds(-60).toISOString(),
      isCa: false,
    })
  })

  const FROM_TO: readonly (readonly [CrlReason, CrlReason | undefined, 'revoked' | 'kept' | 'refused.exists'])[] = [
    ['keyCompromise', undefined, 'kept'],
    ['keyCompromise', 'keyCompromise', 'kept'],
    ['keyCompromise', 'superseded', 'refused.exists'],
    ['keyCompromise', 'certificateHold', 'refused.exists'],
    ['unspecified', 'keyCompromise', 'refused.exists'],
    ['certificateHold', undefined, 'kept'],
    ['certificateHold', 'certificateHold', 'kept'],
    ['certificateHold', 'keyCompromise', 'revoked'],
  ]
  it.each(FROM_TO)('revoked for %s, again for %s: %s', (first, second, expected) => {
    const { store, revoke } = withCertificate()
    revoke(because(first))
    const before = readFileSync(store.journalPath, 'utf8')
    if (expected === 'refused.exists') {
      expect(() => revoke(because(second))).toThrow(expect.objectContaining({ code: expected }))
    } else {
      expect(revoke(because(second))).toMatchObject({
        outcome: expected,
        revocation: { reason: expected === 'kept' ? first : second },
      })
    }
    const unchanged = readFileSync(store.journalPath, 'utf8') === before
    expect(unchanged).toBe(expected !== 'revoked')
  })

  it('refuses removeFromCRL, which ends a revocation', () => {
    const { revoke } = withCertificate()
    expect(() => revoke(because('removeFromCRL'))).toThrow(expect.objectContaining({ code: 'usage.option' }))
  })
})

describe('undoRevocation', () => {
  it('takes back a certificateHold', () => {
    const { revoke, undo, state, issuer, serialNumber } = withCertificate()
    revoke(because('certificateHold'))
    expect(undo().reason).toBe('certificateHold')
    expect(state().find(issuer, serialNumber)).toBeUndefined()
  })

  it.each(['keyCompromise', 'unspecified'] as const)('refuses to take back %s', (reason) => {
    const { revoke, undo, state, issuer, serialNumber } = withCertificate()
    revoke(because(reason))
    expect(undo).toThrow(expect.objectContaining({ code: 'refused.exists', context: { reason } }))
    expect(state().find(issuer, serialNumber)?.reason).toBe(reason)
  })

  it('refuses what is not revoked', () => {
    expect(withCertificate().undo).toThrow(expect.objectContaining({ code: 'input.not-found' }))
  })
})

function testStoreWithImport() {
  const world = testStore()
  const facts = { name: 'foreign', fingerprint: '00', serialNumber: '1234', notAfter: NOW.toISOString() }
  world.store.note({ event: 'imported', ...facts }, NOW)
  return { ...world, issuer: issuerKeyHash(world.ca.certificate) }
}
