/** Findings about one certificate that breaks the profile of RFC 5280 §4, whatever path it stands in. */

import { oidName } from '../../x509/oids.ts'
import { type FindingTable, instant, type NoFacts } from './table.ts'

export interface CertificateFacts {
  'version.extensions': { readonly version: number }
  'version.unique-id': { readonly version: number }
  'serial.zero': NoFacts
  'serial.negative': NoFacts
  'serial.too-long': { readonly octets: number }
  'issuer.empty': NoFacts
  /** A CA, or any certificate without a subjectAltName, needs a subject. */
  'subject.empty': { readonly ca: boolean }
  'subject.empty-san-not-critical': NoFacts
  'validity.encoding': { readonly field: 'notBefore' | 'notAfter'; readonly date: Date; readonly type: string }
  'validity.inverted': { readonly notBefore: Date; readonly notAfter: Date }
  'key.malformed': { readonly algorithm: string; readonly reason: string }
  'key.explicit-curve': NoFacts
  'extension.must-be-critical': { readonly oid: string }
  'extension.must-not-be-critical': { readonly oid: string }
  'authority-key-identifier.missing': NoFacts
  'authority-key-identifier.no-key-identifier': NoFacts
  'subject-key-identifier.missing': NoFacts
  'basic-constraints.path-length-not-ca': { readonly pathLenConstraint: number }
  'basic-constraints.path-length-no-cert-sign': { readonly pathLenConstraint: number }
  'key-usage.missing': NoFacts
  'key-usage.empty': NoFacts
  'key-usage.cert-sign-not-ca': NoFacts
  'name-constraints.not-ca': NoFacts
  'name-constraints.not-critical': NoFacts
  'name-constraints.empty': NoFacts
  'name-constraints.minimum-maximum': { readonly minimum: number; readonly maximum: number | undefined }
  'crl-distribution-point.empty': NoFacts
  'san.malformed': { readonly name: string; readonly reason: SanFault }
}

/** Which rule for names one breaks. */
export type SanFault = 'syntax' | 'underscore' | 'ip-address' | 'length' | 'empty'

const named = (oid: string): string => oidName(oid) ?? oid

export const CERTIFICATE_FINDINGS: FindingTable<CertificateFacts> = {
  'version.extensions': {
    section: 'RFC 5280 §4.1.2.1',
    sentence: ({ version }) => `it has extensions but says version ${version}`,
    cure: () => 'issue it with version 3',
  },
  'version.unique-id': {
    section: 'RFC 5280 §4.1.2.8',
    sentence: ({ version }) =>
      `it has a unique identifier, which version ${version} does not know or the profile forbids`,
    cure: () => 'issue it without unique identifiers',
  },
  'serial.zero': {
    section: 'RFC 5280 §4.1.2.2',
    sentence: () => 'its serial number is zero',
    cure: () => 'issue it with a positive serial number',
  },
  'serial.negative': {
    section: 'RFC 5280 §4.1.2.2',
    sentence: () => 'its serial number is negative',
    cure: () => 'issue it with a positive serial number',
  },
  'serial.too-long': {
    section: 'RFC 5280 §4.1.2.2',
    sentence: ({ octets }) => `its serial number has ${octets} octets, 20 are allowed`,
    cure: () => 'issue it with a shorter serial number',
  },
  'issuer.empty': {
    section: 'RFC 5280 §4.1.2.4',
    sentence: () => 'its issuer name is empty',
    cure: () => 'issue it from a CA that has a name',
  },
  'subject.empty': {
    section: 'RFC 5280 §4.1.2.6',
    sentence: ({ ca }) =>
      ca ? 'it is a CA but its subject is empty' : 'its subject is empty and it has no subjectAltName either',
    cure: ({ ca }) => (ca ? 'issue it with a subject' : 'issue it with a subject or a subjectAltName'),
  },
  'subject.empty-san-not-critical': {
    section: 'RFC 5280 §4.2.1.6',
    sentence: () => 'its subject is empty, but its subjectAltName is not critical',
    cure: () => 'issue it with a critical subjectAltName, or with a subject',
  },
  'validity.encoding': {
    section: 'RFC 5280 §4.1.2.5',
    sentence: ({ field, date, type }) => `its ${field} ${instant(date)} is written as ${type}`,
    cure: () => 'write dates through 2049 as UTCTime and later ones as GeneralizedTime',
  },
  'validity.inverted': {
    section: 'RFC 5280 §4.1.2.5',
    sentence: ({ notBefore, notAfter }) =>
      `its notAfter ${instant(notAfter)} lies before its notBefore ${instant(notBefore)}: it is never valid`,
    cure: () => 'issue it again with a validity period that is one',
  },
  'key.malformed': {
    section: 'RFC 5280 §4.1.2.7',
    sentence: ({ algorithm, reason }) => `its ${named(algorithm)} public key cannot be read: ${reason}`,
    cure: () => 'issue it for a well-formed key',
  },
  'key.explicit-curve': {
    section: 'RFC 5480 §2.1.1',
    sentence: () => 'its EC key spells out the parameters of its curve instead of naming it',
    cure: () => 'issue it for a key on a named curve',
  },
  'extension.must-be-critical': {
    section: 'RFC 5280 §4.2.1',
    sentence: ({ oid }) => `its extension ${named(oid)} must be critical and is not`,
    cure: () => 'issue it with the extension critical',
  },
  'extension.must-not-be-critical': {
    section: 'RFC 5280 §4.2.1, §4.2.2',
    sentence: ({ oid }) => `its extension ${named(oid)} is critical and must not be`,
    cure: () => 'issue it with the extension not critical',
  },
  'authority-key-identifier.missing': {
    section: 'RFC 5280 §4.2.1.1',
    sentence: () => 'it has no authorityKeyIdentifier and is not self-issued',
    cure: () => 'issue it with the key identifier of its issuer',
  },
  'authority-key-identifier.no-key-identifier': {
    section: 'RFC 5280 §4.2.1.1',
    sentence: () => 'its authorityKeyIdentifier holds no key identifier',
    cure: () => 'issue it with the key identifier of its issuer',
  },
  'subject-key-identifier.missing': {
    section: 'RFC 5280 §4.2.1.2',
    sentence: () => 'it is a CA but has no subjectKeyIdentifier',
    cure: () => 'issue it with a subjectKeyIdentifier',
  },
  'basic-constraints.path-length-not-ca': {
    section: 'RFC 5280 §4.2.1.9',
    sentence: ({ pathLenConstraint }) => `it has pathLenConstraint ${pathLenConstraint} but is not a CA`,
    cure: () => 'issue it without a path length, or as a CA',
  },
  'basic-constraints.path-length-no-cert-sign': {
    section: 'RFC 5280 §4.2.1.9',
    sentence: ({ pathLenConstraint }) =>
      `it has pathLenConstraint ${pathLenConstraint} but its keyUsage lacks keyCertSign`,
    cure: () => 'issue it with keyCertSign, or without a path length',
  },
  'key-usage.missing': {
    section: 'RFC 5280 §4.2.1.3',
    sentence: () => 'it is a CA but has no keyUsage',
    cure: () => 'issue it with keyCertSign and cRLSign',
  },
  'key-usage.empty': {
    section: 'RFC 5280 §4.2.1.3',
    sentence: () => 'its keyUsage allows nothing',
    cure: () => 'issue it with a usage, or without keyUsage',
  },
  'key-usage.cert-sign-not-ca': {
    section: 'RFC 5280 §4.2.1.3, §4.2.1.9',
    sentence: () => 'its keyUsage has keyCertSign but it is not a CA',
    cure: () => 'issue it without keyCertSign, or as a CA',
  },
  'name-constraints.not-ca': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: () => 'it has nameConstraints but is not a CA',
    cure: () => 'issue it without nameConstraints',
  },
  'name-constraints.not-critical': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: () => 'its nameConstraints are not critical: a program that does not know them will not keep them',
    cure: () => 'issue it with nameConstraints critical',
  },
  'name-constraints.empty': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: () => 'its nameConstraints permit and exclude nothing',
    cure: () => 'issue it without nameConstraints, or with a subtree in them',
  },
  'name-constraints.minimum-maximum': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: () => 'its nameConstraints use minimum or maximum',
    cure: () => 'issue it with minimum 0 and no maximum',
  },
  'crl-distribution-point.empty': {
    section: 'RFC 5280 §4.2.1.13',
    sentence: () => 'one of its CRL distribution points names neither a point nor an issuer',
    cure: () => 'issue it with a distributionPoint or a cRLIssuer in each',
  },
  'san.malformed': {
    section: 'RFC 5280 §4.2.1.6',
    sentence: ({ name, reason }) => `its name ${name} ${SAN_FAULTS[reason]}`,
    cure: () => 'issue it with a name of the right form',
  },
}

const SAN_FAULTS: Readonly<Record<SanFault, string>> = {
  syntax: 'is not well-formed',
  underscore: 'has an underscore, which host names must not have',
  'ip-address': 'is an IP address, which belongs in an iPAddress',
  length: 'has the wrong length',
  empty: 'is empty',
}
