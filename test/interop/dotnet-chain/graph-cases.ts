/**
 * Heaps of certificates of a few names and keys, in which many fit and few verify: which chain comes out of them, drawn
 * from a seed.
 */

import fc from 'fast-check'
import { createSigner, generateKey } from '../../../src/keys/keys.ts'
import { AT, type Entity, type ExtensionName, intermediate, root } from '../../path/build-certificate.ts'
import { type ChainCase, trusting } from './chain-case.ts'

const NAMES = ['CN=A', 'CN=B', 'CN=C', 'CN=D']
const KEYS = 4

const rarely = fc.oneof({ weight: 11, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
const seconds = (number: number) => new Date(AT.getTime() + 1000 * number)
const validity = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.integer({ min: -1000, max: 0 }).map((end) => ({ notAfter: seconds(end) })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }).map((end) => ({ notAfter: seconds(end) })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1000 }).map((begin) => ({ notBefore: seconds(begin) })) },
)

const party = fc.record({ name: fc.nat(NAMES.length - 1), key: fc.nat(KEYS - 1) })
const PLACES = ['trusted', 'extra', 'both', 'nowhere'] as const

const heapOfCertificates = fc.array(
  fc.record({
    subject: party,
    issuer: party,
    validity,
    isEndEntity: rarely,
    lacksKeyUsage: rarely,
    lacksBasicConstraints: rarely,
    lacksIdentifier: fc.boolean(),
    hasHint: fc.boolean(),
    place: fc.constantFrom(...PLACES),
  }),
  { minLength: 3, maxLength: 9 },
)

const drawn = fc.record({
  heap: heapOfCertificates,
  revocationMode: fc.constantFrom('NoCheck', 'NoCheck', 'Offline'),
})

/** So many heaps from a seed; the chain is that of the first certificate. */
export function graphCases(seed: number, count: number): readonly ChainCase[] {
  const signers = Array.from({ length: KEYS }, () => createSigner(generateKey('ec-p256')))
  // Whoever signs needs a name and a key, and no certificate that anybody is shown.
  const parties = NAMES.map((subject) => signers.map((key) => root({ subject, key })))
  const entityOf = ({ name, key }: { readonly name: number; readonly key: number }) => parties[name]?.[key] as Entity
  return fc.sample(drawn, { seed, numRuns: count }).map(({ heap, revocationMode }, i) => {
    const made = heap.map(({ subject, issuer, validity, place, ...lacks }) => {
      const fields = { ca: !lacks.isEndEntity, subject: NAMES[subject.name] as string, key: entityOf(subject).signer }
      const { certificate } = intermediate(entityOf(issuer), { ...fields, ...validity, without: withoutOf(lacks) })
      return { certificate, place }
    })
    const at = (where: (typeof PLACES)[number]) =>
      made.filter(({ place }) => place === where || place === 'both').map(({ certificate }) => certificate)
    const policy = trusting(at('trusted'), { extraStore: at('extra'), revocationMode })
    return { id: `graph: seed ${seed}, heap ${i}`, certificate: (made[0] as (typeof made)[number]).certificate, policy }
  })
}

function withoutOf(lacks: {
  readonly lacksKeyUsage: boolean
  readonly lacksBasicConstraints: boolean
  readonly lacksIdentifier: boolean
  readonly hasHint: boolean
}): readonly ExtensionName[] {
  const { lacksKeyUsage, lacksBasicConstraints, lacksIdentifier, hasHint } = lacks
  const all: readonly (readonly [ExtensionName, boolean])[] = [
    ['keyUsage', lacksKeyUsage],
    ['basicConstraints', lacksBasicConstraints && !lacksKeyUsage],
    ['subjectKeyIdentifier', lacksIdentifier],
    ['authorityKeyIdentifier', !hasHint],
  ]
  return all.flatMap(([name, lacks]) => (lacks ? [name] : []))
}
