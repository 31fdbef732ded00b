/**
 * Certificates for tests of the engine, in hierarchies: defaults so good that a case shows only its point. Without a
 * word said, everything is valid at {@link AT} under every rule set but `webpki`, and keeps the profile of RFC 5280 §4.
 * What no issuer should write stands below `unchecked`.
 */

import { createHash } from 'node:crypto'
import { context, integer, sequence, time } from '../../src/der/writer.ts'
import { createSigner, generateKey, type KeyAlgorithmName, type Signer } from '../../src/keys/keys.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import * as encode from '../../src/x509/extension-encoding.ts'
import type { KeyUsageName, PolicyConstraints } from '../../src/x509/extension-value.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { parseGeneralNameText, parseSubtreeText } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { type CertificateParts, certificateBytes } from '../x509/certificate-bytes.ts'

/** The instant of the tests: inside every default validity period. */
export const AT = new Date('2026-06-01T12:00:00Z')

/** A certificate whose key can issue others. */
export interface Entity {
  readonly certificate: Certificate
  readonly signer: Signer
}

export type ExtensionName = keyof typeof EXTENSION

export interface Fields {
  /** RFC 4514 text. */
  readonly subject?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** A kind of key to generate, or a key that exists. Default: `ec-p256`. */
  readonly key?: KeyAlgorithmName | Signer
  readonly serialNumber?: number | bigint
  readonly ca?: boolean
  readonly pathLength?: number
  readonly keyUsage?: readonly KeyUsageName[]
  readonly extKeyUsage?: readonly string[]
  /** As text, `dns:a.test`. */
  readonly names?: readonly string[]
  readonly permitted?: readonly string[]
  readonly excluded?: readonly string[]
  readonly policies?: readonly string[]
  readonly mappings?: readonly (readonly [string, string])[]
  readonly policyConstraints?: Partial<PolicyConstraints>
  readonly inhibitAnyPolicy?: number
  /** Bytes that replace an extension or come in addition; not critical unless `critical` says so. */
  readonly extensions?: Readonly<Partial<Record<ExtensionName, Uint8Array>>>
  readonly without?: readonly ExtensionName[]
  /** Turns the default criticality of an extension round. */
  readonly critical?: Readonly<Partial<Record<ExtensionName, boolean>>>
  /** Extensions written behind all others as they are, and parts of the certificate that replace what is right. */
  readonly unchecked?: {
    readonly extensions?: readonly encode.ExtensionToWrite[]
    readonly parts?: Partial<CertificateParts>
  }
}

/** A self-signed CA. */
export function root(fields: Fields = {}): Entity {
  return make(undefined, { subject: 'CN=root', ca: true, ...fields })
}

export function intermediate(issuer: Entity, fields: Fields = {}): Entity {
  return make(issuer, { subject: 'CN=intermediate', ca: true, ...fields })
}

/** An end entity for `a.test`, for no particular purpose. */
export function leaf(issuer: Entity, fields: Fields = {}): Certificate {
  return make(issuer, { subject: 'CN=a.test', names: ['dns:a.test'], ...fields }).certificate
}

/** One more certificate for the subject and key of `entity`, by another issuer. */
export function crossCertificate(issuer: Entity, entity: Entity, fields: Fields = {}): Entity {
  const parts = { subject: entity.certificate.subject.encoded, ...fields.unchecked?.parts }
  return intermediate(issuer, { ...fields, key: entity.signer, unchecked: { ...fields.unchecked, parts } })
}

export function certificates(...entities: readonly Entity[]): readonly Certificate[] {
  return entities.map(({ certificate }) => certificate)
}

const CRITICAL: ReadonlySet<ExtensionName> = new Set<ExtensionName>([
  'basicConstraints',
  'keyUsage',
  'nameConstraints',
  'policyConstraints',
  'inhibitAnyPolicy',
])

let serialNumbers = 1

function make(issuer: Entity | undefined, fields: Fields): Entity {
  const { subject = 'CN=subject', key = 'ec-p256', notBefore, notAfter } = fields
  const signer = typeof key === 'string' ? createSigner(generateKey(key)) : key
  const bytes = certificateBytes(
    {
      serialNumber: integer(fields.serialNumber ?? serialNumbers++),
      issuer: issuer?.certificate.subject.encoded ?? parseNameText(subject),
      subject: parseNameText(subject),
      validity: sequence(
        time(notBefore ?? new Date('2026-01-01T00:00:00Z')),
        time(notAfter ?? new Date('2027-01-01T00:00:00Z')),
      ),
      subjectPublicKeyInfo: signer.publicKey.encoded,
      rest: [context(3, encode.encodeExtensions(extensionsOf(issuer, signer, fields)))],
      ...fields.unchecked?.parts,
    },
    issuer?.signer ?? signer,
  )
  return { certificate: parseCertificate(bytes), signer }
}

function extensionsOf(issuer: Entity | undefined, signer: Signer, fields: Fields): readonly encode.ExtensionToWrite[] {
  const values = { ...defaultValues(issuer, signer, fields), ...fields.extensions }
  const written = (Object.keys(values) as ExtensionName[]).flatMap((name) => {
    const value = values[name]
    if (value === undefined || fields.without?.includes(name)) return []
    return { oid: EXTENSION[name], critical: fields.critical?.[name] ?? CRITICAL.has(name), value }
  })
  return [...written, ...(fields.unchecked?.extensions ?? [])]
}

type Values = Partial<Record<ExtensionName, Uint8Array | undefined>>

function defaultValues(issuer: Entity | undefined, signer: Signer, fields: Fields): Values {
  const { ca = false, names, permitted, excluded, policies, mappings, policyConstraints } = fields
  const keyUsage = fields.keyUsage ?? (ca ? ['keyCertSign', 'cRLSign'] : ['digitalSignature'])
  return {
    basicConstraints: encode.encodeBasicConstraints({ cA: ca, pathLenConstraint: fields.pathLength }),
    keyUsage: encode.encodeKeyUsage(keyUsage),
    extKeyUsage: fields.extKeyUsage && encode.encodeExtKeyUsage(fields.extKeyUsage),
    subjectAltName: names && encodeGeneralNames(names.map(parseGeneralNameText)),
    subjectKeyIdentifier: encode.encodeSubjectKeyIdentifier(keyIdentifier(signer)),
    authorityKeyIdentifier: issuer && authorityKeyIdentifier(issuer.signer),
    nameConstraints:
      permitted || excluded
        ? encode.encodeNameConstraints({
            permittedSubtrees: (permitted ?? []).map(subtree),
            excludedSubtrees: (excluded ?? []).map(subtree),
          })
        : undefined,
    certificatePolicies:
      policies &&
      encode.encodeCertificatePolicies(policies.map((policyIdentifier) => ({ policyIdentifier, qualifiers: [] }))),
    policyMappings:
      mappings &&
      encode.encodePolicyMappings(
        mappings.map(([issuerDomainPolicy, subjectDomainPolicy]) => ({ issuerDomainPolicy, subjectDomainPolicy })),
      ),
    policyConstraints:
      policyConstraints &&
      encode.encodePolicyConstraints({
        requireExplicitPolicy: undefined,
        inhibitPolicyMapping: undefined,
        ...policyConstraints,
      }),
    inhibitAnyPolicy:
      fields.inhibitAnyPolicy === undefined ? undefined : encode.encodeInhibitAnyPolicy(fields.inhibitAnyPolicy),
  }
}

function subtree(text: string) {
  return { base: parseSubtreeText(text), minimum: 0, maximum: undefined }
}

export function keyIdentifier({ publicKey }: Signer): Uint8Array {
  return new Uint8Array(createHash('sha1').update(publicKey.publicKey).digest())
}

/** authorityKeyIdentifier with the key identifier alone. */
export function authorityKeyIdentifier(issuer: Signer): Uint8Array {
  return encode.encodeAuthorityKeyIdentifier({
    keyIdentifier: keyIdentifier(issuer),
    authorityCertIssuer: undefined,
    authorityCertSerialNumber: undefined,
  })
}
