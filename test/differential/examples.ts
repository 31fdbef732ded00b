/**
 * For each known difference one small hierarchy that shows it, by the rule's identifier: what the rule is about, and
 * the proof that it still is.
 */

import { context, generalizedTime, integer, nullValue, oid, sequence, time } from '../../src/der/writer.ts'
import { encodeAuthorityKeyIdentifier } from '../../src/x509/extension-encoding.ts'
import { ANY_POLICY, KEY_PURPOSE, SIGNATURE_ALGORITHM } from '../../src/x509/oids.ts'
import { AT } from '../path/build-certificate.ts'
import { type Deviation, NOT_AFTER, NOT_BEFORE } from './deviations.ts'
import type { HierarchySpec, LeafSpec, Question } from './hierarchy.ts'

interface Parts {
  readonly root?: Deviation
  /** Below the root, each issued by the one before. */
  readonly below?: readonly Deviation[]
  readonly selfIssued?: boolean
  readonly leaf?: Deviation
  readonly change?: LeafSpec['change']
  readonly purpose?: Question['purpose']
  /** Of the certificate that the first below the root has once more. */
  readonly again?: Deviation
}

function example({
  root = {},
  below = [],
  selfIssued = false,
  leaf = {},
  change = 'none',
  ...rest
}: Parts): HierarchySpec {
  return {
    authorities: [root, ...below].map((deviation, index) => ({
      deviations: [deviation],
      selfIssued: selfIssued && index > 0,
      signedBy: 'right',
    })),
    crossCertificates: rest.again === undefined ? [] : [{ of: 1, by: 'own-issuer', deviations: [rest.again] }],
    missing: undefined,
    trusted: 'root',
    leaves: [{ deviations: [leaf], signedBy: 'right', change }],
    question: { purpose: rest.purpose, policies: {} },
  }
}

const OTHER_KEY = encodeAuthorityKeyIdentifier({
  keyIdentifier: new Uint8Array(20),
  authorityCertIssuer: undefined,
  authorityCertSerialNumber: undefined,
})
const VERSION_1: Deviation = { unchecked: { parts: { version: undefined, rest: [] } } }
const VERSION_2: Deviation = { unchecked: { parts: { version: context(0, integer(1)) } } }
const TWO_ALGORITHMS: Deviation = {
  unchecked: { parts: { signature: sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA384'])) } },
}
const INDEFINITE = Uint8Array.of(0x30, 0x80, 0, 0)
const NO_POLICY = { requireExplicitPolicy: 0 }

export const OPENSSL_EXAMPLES: Readonly<Record<string, HierarchySpec>> = {
  'openssl-reads-ber': example({ change: 'long-length' }),
  'openssl-time-encoding': example({
    leaf: { unchecked: { parts: { validity: sequence(generalizedTime(NOT_BEFORE), time(NOT_AFTER)) } } },
  }),
  'openssl-serial-number': example({ leaf: { serialNumber: 0 } }),
  'openssl-anchor-policies': example({ root: { policyConstraints: NO_POLICY } }),
  'openssl-policy-extensions-unread': example({ below: [{ mappings: [['1.2.3.1', ANY_POLICY]] }] }),
  'openssl-policy-criticality': example({
    root: { inhibitAnyPolicy: 1, critical: { inhibitAnyPolicy: false } },
  }),
  'openssl-policies-not-ca': example({
    leaf: { policies: ['1.2.3.1'], policyConstraints: { requireExplicitPolicy: 3 } },
  }),
  'openssl-constraints-not-ca': example({ leaf: { permitted: ['dns:a.test'] } }),
  'openssl-version-1-key-identifier': example({ leaf: VERSION_1 }),
  'openssl-constraint-leading-dot': example({ root: { permitted: ['dns:.test'] } }),
  'openssl-empty-mailbox-constraint': example({ root: { excluded: ['email:'] }, leaf: { names: ['email:a@a.test'] } }),
  'openssl-excluded-wildcard': example({ root: { excluded: ['dns:x.a.test'] }, leaf: { names: ['dns:*.a.test'] } }),
  'openssl-uri-without-host-name': example({
    root: { excluded: ['uri:a.test'] },
    leaf: { names: ['uri:https://10.0.0.1/'] },
  }),
  'openssl-unread-extension': example({ leaf: { extensions: { authorityInfoAccess: nullValue() } } }),
  'openssl-extension-in-ber': example({ leaf: { extensions: { cRLDistributionPoints: INDEFINITE } } }),
  'openssl-last-second': example({ leaf: { notAfter: AT } }),
  'openssl-key-identifier-decides': example({ leaf: { extensions: { authorityKeyIdentifier: OTHER_KEY } } }),
  'openssl-anchor-signature-algorithm': example({ root: TWO_ALGORITHMS }),
  'openssl-anchor-version-1': example({ root: VERSION_1 }),
  'openssl-key-usage-alone': example({ leaf: { keyUsage: ['cRLSign'] }, purpose: KEY_PURPOSE.serverAuth }),
  'openssl-any-purpose': example({
    leaf: { extKeyUsage: [KEY_PURPOSE.anyExtendedKeyUsage] },
    purpose: KEY_PURPOSE.serverAuth,
  }),
  'openssl-common-name-as-dns-name': example({
    root: { permitted: ['dns:b.test'] },
    leaf: { subject: 'CN=a.test,O=x', without: ['subjectAltName'] },
  }),
  'openssl-subject-mailbox-always': example({
    root: { permitted: ['email:b.test'] },
    leaf: { subject: '1.2.840.113549.1.9.1=#16086140612e74657374,O=x', names: ['email:a@b.test'] },
  }),
  'openssl-empty-mailbox-permitted': example({ root: { permitted: ['email:'] }, leaf: { names: ['email:a@a.test'] } }),
  'openssl-self-issued-as-self-signed': example({
    below: [{ without: ['authorityKeyIdentifier'] }],
    selfIssued: true,
  }),
  'openssl-one-path': example({ below: [{ excluded: ['dns:a.test'] }], again: {} }),
}

export const CERTTOOL_EXAMPLES: Readonly<Record<string, HierarchySpec>> = {
  'certtool-no-policies': example({ root: { policyConstraints: NO_POLICY, critical: { policyConstraints: false } } }),
  'certtool-unsupported-forms-permitted': example({ root: { permitted: ['dirname:O=y'] } }),
  'certtool-unread-extension': example({ leaf: { extensions: { authorityInfoAccess: nullValue() } } }),
  'certtool-reads-ber': example({ change: 'long-length' }),
  'certtool-algorithm-parameters': example({
    leaf: {
      unchecked: {
        parts: { signatureAlgorithm: sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA256']), nullValue()) },
      },
    },
  }),
  'certtool-anchor-not-ca': example({ root: { without: ['basicConstraints'] } }),
  'certtool-ip-versions': example({ root: { permitted: ['ip:::/0'] }, leaf: { names: ['ip:10.0.0.1'] } }),
  'certtool-excluded-wildcard': example({ root: { excluded: ['dns:x.a.test'] }, leaf: { names: ['dns:*.a.test'] } }),
  'certtool-key-usage-and-purpose': example({
    leaf: { keyUsage: ['cRLSign'], extKeyUsage: [KEY_PURPOSE.serverAuth] },
    purpose: KEY_PURPOSE.serverAuth,
  }),
  'certtool-self-issued-counted': example({ root: { pathLength: 0 }, below: [{}], selfIssued: true }),
  'certtool-self-issued-dropped': example({ below: [{ without: ['authorityKeyIdentifier'] }], selfIssued: true }),
  'certtool-empty-issuer': example({ root: { subject: '' } }),
  'certtool-unsupported-critical': example({
    below: [{ policyConstraints: { inhibitPolicyMapping: 0 } }],
  }),
  'certtool-unsupported-forms-excluded': example({ root: { excluded: ['dirname:O=y'] } }),
  'certtool-empty-base': example({ root: { permitted: ['dns:', 'dns:b.test'] } }),
  'certtool-common-name-as-dns-name': example({
    root: { permitted: ['dns:a.test'] },
    leaf: { subject: 'CN=b.test,O=x', without: ['subjectAltName'] },
  }),
  'certtool-key-identifier-decides': example({ leaf: { extensions: { authorityKeyIdentifier: OTHER_KEY } } }),
  'certtool-purpose-of-issuers': example({
    root: {},
    below: [{ extKeyUsage: [KEY_PURPOSE.clientAuth] }],
    purpose: KEY_PURPOSE.serverAuth,
  }),
  'certtool-extensions-need-version-3': example({ leaf: VERSION_2 }),
  'certtool-anchor-signature-algorithm': example({ root: TWO_ALGORITHMS }),
}
