/**
 * How one certificate is spoiled. A certificate is made in stages, and a {@link Spoiling} changes what stands between
 * two of them; the earliest stage at which something can be said is the one to say it at:
 *
 *     key, scheme   the order: which key is made, how the issuer signs
 *     request       every field decided, extensions encoded, nothing written
 *     tbs           tbsCertificate written, not yet signed
 *     signed        signed: the three parts of a certificate
 *     encoded       the bytes
 *
 * Spoilings are put together with {@link together}, which is also how several defects make one certificate. Each says
 * what it touches: two that touch the same thing contradict each other.
 */

import type { IssueRequest } from '../issue/issue-request.ts'
import type { PrivateKey, Signer, SigningScheme } from '../keys/keys.ts'
import type { EXTENSION } from '../x509/oids.ts'
import type { DefectKeyName } from './keys.ts'
import type { TbsFields } from './tbs-fields.ts'

/** A part of a certificate. `extensions` stands for all of them, `encoding` for how the whole is written. */
export type Part =
  | 'version'
  | 'serialNumber'
  | 'signature'
  | 'issuer'
  | 'validity'
  | 'subject'
  | 'key'
  | 'uniqueIdentifiers'
  | 'extensions'
  | 'encoding'
  | keyof typeof EXTENSION

/** The three elements of a certificate. */
export interface SignedParts {
  readonly tbs: Uint8Array
  readonly algorithm: Uint8Array
  readonly signature: Uint8Array
}

/** What is at hand while a certificate is made. */
export interface Workshop {
  /** A key of the same kind as the issuer's, and nobody's. */
  strangerKey(): PrivateKey
  createSigner(key: PrivateKey, scheme?: SigningScheme): Signer
}

export interface Spoiling {
  readonly touches: readonly Part[]
  /** The kind of key that is made for the subject. */
  readonly key?: DefectKeyName
  readonly scheme?: SigningScheme
  readonly request?: (request: IssueRequest, workshop: Workshop) => IssueRequest
  readonly tbs?: (fields: TbsFields) => TbsFields
  readonly signed?: (parts: SignedParts) => SignedParts
  readonly encoded?: (certificate: Uint8Array) => Uint8Array
}

/** Nothing is spoiled; a certificate that only has to be there. */
export const UNSPOILED: Spoiling = { touches: [] }

/** One spoiling that does what all of them do, stage by stage and in their order. */
export function together(...spoilings: readonly Spoiling[]): Spoiling {
  return spoilings.reduce(both, UNSPOILED)
}

function both(first: Spoiling, second: Spoiling): Spoiling {
  const key = second.key ?? first.key
  const { request, tbs, signed, encoded } = second
  return {
    touches: [...new Set([...first.touches, ...second.touches])],
    ...(key !== undefined && { key }),
    ...((first.scheme ?? second.scheme) && { scheme: { ...first.scheme, ...second.scheme } }),
    ...chained('request', first.request, request),
    ...chained('tbs', first.tbs, tbs),
    ...chained('signed', first.signed, signed),
    ...chained('encoded', first.encoded, encoded),
  }
}

function chained<K extends string, T, A extends readonly unknown[]>(
  stage: K,
  first: ((value: T, ...rest: A) => T) | undefined,
  second: ((value: T, ...rest: A) => T) | undefined,
): { readonly [Stage in K]?: (value: T, ...rest: A) => T } {
  const change = first && second ? (value: T, ...rest: A) => second(first(value, ...rest), ...rest) : (first ?? second)
  return (change === undefined ? {} : { [stage]: change }) as { readonly [Stage in K]?: (value: T, ...rest: A) => T }
}

/** A part that both touch; undefined if they get along. */
export function contradiction(a: Spoiling, b: Spoiling): Part | undefined {
  const inside = (part: Part, other: Spoiling) =>
    other.touches.includes(part) || (isExtension(part) && other.touches.includes('extensions'))
  return a.touches.find((part) => inside(part, b)) ?? b.touches.find((part) => inside(part, a))
}

const FIELDS: ReadonlySet<Part> = new Set<Part>([
  'version',
  'serialNumber',
  'signature',
  'issuer',
  'validity',
  'subject',
  'key',
  'uniqueIdentifiers',
  'extensions',
  'encoding',
])

function isExtension(part: Part): boolean {
  return !FIELDS.has(part)
}
