/** What the CA/Browser Forum's Baseline Requirements for TLS add to RFC 5280 (sections of version 2.x). */

import { oidName } from '../../x509/oids.ts'
import type { FindingTable, NoFacts } from './table.ts'

export interface WebPkiFacts {
  'webpki.version': { readonly version: number }
  'webpki.ca-as-leaf': NoFacts
  'webpki.san-missing': NoFacts
  'webpki.san-critical': NoFacts
  'webpki.common-name-not-in-san': { readonly commonName: string }
  'webpki.purpose-missing': NoFacts
  'webpki.purpose-any': NoFacts
  'webpki.purpose-critical': NoFacts
  'webpki.purpose-in-root': NoFacts
  'webpki.validity-too-long': { readonly days: number; readonly limit: number }
  'webpki.authority-key-identifier-issuer': NoFacts
  'webpki.authority-key-identifier-no-key-identifier': NoFacts
  'webpki.root-authority-key-identifier': { readonly authority: string; readonly subject: string | undefined }
  'webpki.key-type': { readonly keyType: string }
  'webpki.key-size': { readonly bits: number; readonly minimum: number }
  'webpki.key-size-not-octets': { readonly bits: number }
  'webpki.key-exponent': { readonly exponent: string }
  /** Allowed, but "the public exponent SHOULD be in the range between 2^16 + 1 and 2^256 − 1". */
  'webpki.key-exponent-small': { readonly exponent: string }
  'webpki.signature-algorithm': { readonly algorithm: string }
}

const named = (oid: string): string => oidName(oid) ?? oid

export const WEBPKI_FINDINGS: FindingTable<WebPkiFacts> = {
  'webpki.version': {
    section: 'CA/B BR §7.1.1',
    sentence: ({ version }) => `it is of version ${version}`,
    cure: () => 'issue it with version 3',
  },
  'webpki.ca-as-leaf': {
    section: 'CA/B BR §7.1.2.7.8',
    sentence: () => 'it is a CA and cannot be a server',
    cure: () => 'issue a certificate with cA FALSE for the server',
  },
  'webpki.san-missing': {
    section: 'CA/B BR §7.1.2.7.12',
    sentence: () => 'it has no subjectAltName',
    cure: () => 'issue it with its names in the subjectAltName: the common name is not looked at',
  },
  'webpki.san-critical': {
    section: 'CA/B BR §7.1.2.7.12',
    sentence: () => 'its subjectAltName is critical although it has a subject',
    cure: () => 'issue it with subjectAltName not critical, or with an empty subject',
  },
  'webpki.common-name-not-in-san': {
    section: 'CA/B BR §7.1.4.3',
    sentence: ({ commonName }) =>
      `its common name “${commonName}” is not, letter for letter, a name in its subjectAltName`,
    cure: () => 'issue it without a common name, or with a copy of one of the names',
  },
  'webpki.purpose-missing': {
    section: 'CA/B BR §7.1.2.7.6',
    sentence: () => 'it has no extKeyUsage',
    cure: () => 'issue it with the extended key usage serverAuth',
  },
  'webpki.purpose-any': {
    section: 'CA/B BR §7.1.2.7.10',
    sentence: () => 'its extKeyUsage has anyExtendedKeyUsage',
    cure: () => 'issue it with serverAuth alone',
  },
  'webpki.purpose-critical': {
    section: 'CA/B BR §7.1.2.7.6',
    sentence: () => 'its extKeyUsage is critical',
    cure: () => 'issue it with extKeyUsage not critical',
  },
  'webpki.purpose-in-root': {
    section: 'CA/B BR §7.1.2.1.2',
    sentence: () => 'it is a root and has an extKeyUsage',
    cure: () => 'issue the root without extKeyUsage',
  },
  'webpki.validity-too-long': {
    section: 'CA/B BR §6.3.2',
    sentence: ({ days, limit }) => `it is valid for ${days} days, ${limit} are allowed`,
    cure: ({ limit }) => `issue it for at most ${limit} days`,
  },
  'webpki.authority-key-identifier-issuer': {
    section: 'CA/B BR §7.1.2.11.1',
    sentence: () => 'its authorityKeyIdentifier holds the issuer and serial number of its issuer',
    cure: () => 'issue it with the key identifier alone',
  },
  'webpki.authority-key-identifier-no-key-identifier': {
    section: 'CA/B BR §7.1.2.11.1',
    sentence: () => 'its authorityKeyIdentifier holds no key identifier',
    cure: () => 'issue it with the key identifier of its issuer',
  },
  'webpki.root-authority-key-identifier': {
    section: 'CA/B BR §7.1.2.1.3',
    sentence: ({ authority, subject }) =>
      `it is a root, but its authority key identifier ${authority} is not its subject key identifier ${subject ?? '(none)'}`,
    cure: () => 'issue the root with both the same',
  },
  'webpki.key-type': {
    section: 'CA/B BR §6.1.5, §7.1.3.1',
    sentence: ({ keyType }) => `its key is of type ${keyType}: only RSA and P-256, P-384 and P-521 are allowed`,
    cure: () => 'issue it for an RSA key, or an EC key on P-256, P-384 or P-521',
  },
  'webpki.key-size': {
    section: 'CA/B BR §6.1.5',
    sentence: ({ bits, minimum }) => `its RSA key has ${bits} bits, ${minimum} are the least`,
    cure: ({ minimum }) => `issue it for a key of at least ${minimum} bits`,
  },
  'webpki.key-size-not-octets': {
    section: 'CA/B BR §6.1.5',
    sentence: ({ bits }) => `its RSA modulus has ${bits} bits, which is not divisible by 8`,
    cure: () => 'issue it for a key of 2048, 3072 or 4096 bits',
  },
  'webpki.key-exponent': {
    section: 'CA/B BR §6.1.6',
    sentence: ({ exponent }) => `its RSA exponent ${exponent} is even or less than 3`,
    cure: () => 'issue it for a key with exponent 65537',
  },
  'webpki.key-exponent-small': {
    section: 'CA/B BR §6.1.6',
    sentence: ({ exponent }) => `its RSA exponent ${exponent} is less than 65537`,
    cure: () => 'issue it for a key with exponent 65537',
  },
  'webpki.signature-algorithm': {
    section: 'CA/B BR §7.1.3.2',
    sentence: ({ algorithm }) => `it is signed with ${named(algorithm)}`,
    cure: () => 'issue it with ECDSA or RSA over SHA-256, SHA-384 or SHA-512',
  },
}
