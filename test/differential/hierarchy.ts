/** Random hierarchies: some authorities, cross-certificates among them, many leaves, and a question about these. */

import { createECDH, createHash } from 'node:crypto'
import fc from 'fast-check'
import { DerError } from '../../src/der/reader.ts'
import { createSigner, ecPrivateKey, type Signer } from '../../src/keys/keys.ts'
import type { PolicyInputs } from '../../src/path/policies.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { mutate } from '../fuzz/mutations.ts'
import {
  authorityKeyIdentifier,
  crossCertificate,
  type Entity,
  type Fields,
  intermediate,
  leaf,
  root,
} from '../path/build-certificate.ts'
import { Random } from '../random.ts'
import {
  type Alphabet,
  apply,
  authorityDeviations,
  type Deviation,
  leafDeviations,
  NOT_AFTER,
  NOT_BEFORE,
  POLICY_ALPHABET,
} from './deviations.ts'

export interface LeafSpec {
  readonly deviations: readonly Deviation[]
  /** Which authority's key signs; `right` is the last one's, whose name stands in the certificate anyway. */
  readonly signedBy: 'right' | 'another'
  /**
   * What happens to the bytes afterwards: one bit of the signature is turned, the length of the whole is written with
   * more octets than it needs, or the fuzzer does what it does with a seed.
   */
  readonly change: 'none' | 'signature-bit' | 'long-length' | { readonly fuzzed: number }
}

export interface HierarchySpec {
  /** From the root down. Each is issued by the one before it. */
  readonly authorities: readonly {
    readonly deviations: readonly Deviation[]
    /** Has its issuer's name: a key rollover. */
    readonly selfIssued: boolean
    readonly signedBy: 'right' | 'another'
  }[]
  /** Further certificates for the name and key of an authority, by another root or once more by its own issuer. */
  readonly crossCertificates: readonly {
    readonly of: number
    readonly by: 'second-root' | 'own-issuer'
    readonly deviations: readonly Deviation[]
  }[]
  /** An authority whose certificate nobody gives. */
  readonly missing: number | undefined
  readonly trusted: 'root' | 'second-root' | 'both'
  readonly leaves: readonly LeafSpec[]
  readonly question: Question
}

/** What is asked about every leaf. */
export interface Question {
  readonly purpose: string | undefined
  readonly policies: PolicyInputs
}

/** One leaf in its hierarchy, ready to be judged. */
export interface Case {
  readonly target: Uint8Array
  readonly hierarchy: Hierarchy
}

export interface Hierarchy {
  readonly trustAnchors: readonly Certificate[]
  /** Nearest to the leaves first, cross-certificates last. */
  readonly untrusted: readonly Certificate[]
  readonly leaves: readonly Uint8Array[]
  readonly question: Question
}

/** Whom the hierarchies are for: not everybody can be asked everything. */
export interface Audience extends Alphabet {
  readonly leaves: number
  readonly crossCertificates: boolean
  readonly policies: boolean
}

const signedBy = fc.oneof(
  { weight: 39, arbitrary: fc.constant('right' as const) },
  { weight: 1, arbitrary: fc.constant('another' as const) },
)

/** A value once in so many times, else undefined. */
function sometimes<T>(onceIn: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: onceIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

const rarely = fc.nat(9).map((number) => number === 9)

export function hierarchySpec(audience: Audience): fc.Arbitrary<HierarchySpec> {
  const deviations = authorityDeviations(audience)
  return fc.record({
    authorities: fc.array(fc.record({ deviations, selfIssued: rarely, signedBy }), {
      minLength: 1,
      maxLength: 4,
    }),
    crossCertificates: audience.crossCertificates
      ? fc.oneof(
          { weight: 3, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(crossCertificateSpec(deviations), { minLength: 1, maxLength: 2 }) },
        )
      : fc.constant([]),
    missing: sometimes(30, fc.integer({ min: 1, max: 3 })),
    trusted: fc.oneof(
      { weight: 15, arbitrary: fc.constant('root' as const) },
      { weight: 1, arbitrary: fc.constantFrom('second-root' as const, 'both' as const) },
    ),
    leaves: fc.array(leafSpec(audience), { minLength: audience.leaves, maxLength: audience.leaves }),
    question: fc.record({
      purpose: sometimes(
        3,
        fc.constantFrom(KEY_PURPOSE.serverAuth, KEY_PURPOSE.clientAuth, KEY_PURPOSE.emailProtection),
      ),
      policies: audience.policies ? policyInputs : fc.constant({}),
    }),
  })
}

function crossCertificateSpec(deviations: fc.Arbitrary<readonly Deviation[]>) {
  return fc.record({
    of: fc.integer({ min: 1, max: 3 }),
    by: fc.constantFrom('second-root' as const, 'own-issuer' as const),
    deviations,
  })
}

function leafSpec(audience: Audience): fc.Arbitrary<LeafSpec> {
  return fc.record({
    deviations: leafDeviations(audience),
    signedBy,
    change: fc.oneof(
      { weight: 24, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom('signature-bit' as const, 'long-length' as const) },
      { weight: 2, arbitrary: fc.nat().map((fuzzed) => ({ fuzzed })) },
    ),
  })
}

const policyInputs: fc.Arbitrary<PolicyInputs> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      initialPolicySet: sometimes(
        2,
        fc.uniqueArray(fc.constantFrom(...POLICY_ALPHABET), { minLength: 1, maxLength: 2 }),
      ),
      explicitPolicy: rarely,
      inhibitPolicyMapping: rarely,
      inhibitAnyPolicy: rarely,
    }),
  },
)

/** Makes what a specification says. The same specification makes the same certificates but for their signatures. */
export function buildHierarchy(spec: HierarchySpec): Hierarchy {
  const secondRoot = root({ ...defaults(10), subject: 'CN=second root,O=x' })
  const chain: Entity[] = []
  for (const [index, { deviations, selfIssued, signedBy: signature }] of spec.authorities.entries()) {
    const issuer = chain.at(-1)
    const subject = issuer !== undefined && selfIssued ? subjectOf(issuer) : {}
    const fields = apply({ ...defaults(index), subject: `CN=authority ${index},O=x` }, [...deviations, subject])
    chain.push(issuer === undefined ? root(fields) : intermediate(signer(issuer, signature), fields))
  }
  const [top] = chain as [Entity]
  const last = chain.at(-1) ?? top
  const crosses = spec.crossCertificates.flatMap(({ of, by, deviations }) => {
    const [entity, issuer] = [chain[of], by === 'second-root' ? secondRoot : chain[of - 1]]
    if (entity === undefined || issuer === undefined) return []
    return [crossCertificate(issuer, entity, apply(defaults(of), [{ serialNumber: 70 + of }, ...deviations]))]
  })
  const given = chain.slice(1).filter((_, index) => index + 1 !== spec.missing)
  return {
    trustAnchors: { root: [top], 'second-root': [secondRoot], both: [top, secondRoot] }[spec.trusted].map(
      ({ certificate }) => certificate,
    ),
    untrusted: [...given.reverse(), ...crosses].map(({ certificate }) => certificate),
    leaves: spec.leaves.map((one, index) => leafBytes(one, index, last)),
    question: spec.question,
  }
}

function defaults(key: number): Fields {
  return { key: KEYS[key] as Signer, serialNumber: key + 1, notBefore: NOT_BEFORE, notAfter: NOT_AFTER }
}

function subjectOf({ certificate }: Entity): Deviation {
  return { unchecked: { parts: { subject: certificate.subject.encoded } } }
}

/** The issuer as it is, or with a key that is not its own. */
function signer({ certificate, signer: own }: Entity, signature: 'right' | 'another'): Entity {
  return { certificate, signer: signature === 'right' ? own : (KEYS[11] as Signer) }
}

function leafBytes({ deviations, signedBy: signature, change }: LeafSpec, index: number, issuer: Entity): Uint8Array {
  const forged: Fields =
    signature === 'right' ? {} : { extensions: { authorityKeyIdentifier: authorityKeyIdentifier(issuer.signer) } }
  const fields = apply({ ...defaults(12), ...forged, serialNumber: 100 + index }, deviations)
  const { encoded } = leaf(signer(issuer, signature), { subject: 'CN=leaf,O=x', ...fields })
  if (change === 'none') return encoded
  if (change === 'signature-bit') return flipped(encoded)
  if (change === 'long-length') return withLongLength(encoded)
  return mutate(encoded, [issuer.certificate.encoded], new Random(change.fuzzed))
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  // Inside s of the ECDSA signature, which stands at the end.
  copy[copy.length - 4] = (copy[copy.length - 4] as number) ^ 1
  return copy
}

/** The length, two octets in any certificate made here, written with three: BER, and no DER. */
function withLongLength(bytes: Uint8Array): Uint8Array {
  const [tag, form, ...rest] = bytes
  if (form !== 0x82) throw new RangeError('a certificate has from 256 to 65535 octets')
  return Uint8Array.from([tag as number, 0x83, 0, ...rest])
}

/** Keys made from their number, so that key identifiers are the same in every run. */
const KEYS: readonly Signer[] = Array.from({ length: 13 }, (_, index) => {
  const scalar = createHash('sha256').update(`differential key ${index}`).digest()
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(scalar)
  return steady(createSigner(ecPrivateKey('prime256v1', new Uint8Array(scalar), new Uint8Array(ecdh.getPublicKey()))))
})

/** ECDSA signs anew each time; of one length always, so that what the fuzzer does to a certificate repeats. */
function steady(signer: Signer): Signer {
  const sign = (data: Uint8Array): Uint8Array => {
    const signature = signer.sign(data)
    return signature.length === 71 ? signature : sign(data)
  }
  return { ...signer, sign }
}

/** The leaf as our reader sees it; undefined if it is none. */
export function readTarget({ target }: Case): Certificate | undefined {
  try {
    return parseCertificate(target)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
