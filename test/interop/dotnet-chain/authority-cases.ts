/** Who may issue, how far down, and which extensions stop it. */

import { context, integer, nullValue, octetString, sequence } from '../../../src/der/writer.ts'
import { encodeKeyUsage } from '../../../src/x509/extension-encoding.ts'
import { EXTENSION } from '../../../src/x509/oids.ts'
import type { ExtensionName, Fields } from '../../path/build-certificate.ts'
import { type ChainCase, chainCase } from './chain-case.ts'
import { at, everywhere } from './trust-cases.ts'

export function authorityCases(): readonly ChainCase[] {
  return [...kindsOfAuthority(), ...pathLengths(), ...criticalExtensions(), ...malformedExtensions()]
}

const NETSCAPE_CA = new Uint8Array([3, 2, 0, 0x07])
const NETSCAPE_CLIENT = new Uint8Array([3, 2, 7, 0x80])

function kindsOfAuthority(): readonly ChainCase[] {
  const bare: readonly ExtensionName[] = ['basicConstraints', 'keyUsage']
  const kinds: Readonly<Record<string, Fields>> = {
    'no basicConstraints, keyCertSign': { without: ['basicConstraints'] },
    'no basicConstraints, no keyUsage': { without: bare },
    'no basicConstraints, keyUsage digitalSignature': { without: ['basicConstraints'], keyUsage: ['digitalSignature'] },
    'no basicConstraints, Netscape CA': { without: bare, extensions: { netscapeCertType: NETSCAPE_CA } },
    'no basicConstraints, Netscape client': { without: bare, extensions: { netscapeCertType: NETSCAPE_CLIENT } },
    'no basicConstraints, Netscape CA, keyUsage digitalSignature': {
      without: ['basicConstraints'],
      keyUsage: ['digitalSignature'],
      extensions: { netscapeCertType: NETSCAPE_CA },
    },
    'cA FALSE': { ca: false },
    'cA FALSE, keyCertSign': { ca: false, keyUsage: ['keyCertSign'] },
    'cA TRUE, no keyUsage': { without: ['keyUsage'] },
    'cA TRUE, keyUsage cRLSign': { keyUsage: ['cRLSign'] },
    'basicConstraints not critical': { critical: { basicConstraints: false } },
    'path length without cA': { ca: false, pathLength: 1 },
    'version 1': { unchecked: { parts: { version: undefined, rest: [] } } },
    'version 1 with extensions': { unchecked: { parts: { version: undefined } } },
    'version 2': { unchecked: { parts: { version: context(0, integer(1)), rest: [] } } },
    'no extensions': { unchecked: { parts: { rest: [] } } },
  }
  return [
    ...Object.entries(kinds).flatMap(([id, fields]) => everywhere(`authority: ${id}`, fields)),
    chainCase('authority: the root of the article', {
      root: { without: ['basicConstraints'], keyUsage: ['keyCertSign', 'cRLSign', 'digitalSignature'] },
      intermediates: [{ pathLength: 1, critical: { basicConstraints: false } }],
    }),
    chainCase('authority: leaf issued by a leaf', { intermediates: [{ ca: false, keyUsage: ['digitalSignature'] }] }),
    chainCase('authority: nobody is a CA', { root: { ca: false }, intermediates: [{ ca: false }, { ca: false }] }),
  ]
}

/** Limits at every height of chains with up to three intermediates, some of them self-issued. */
function pathLengths(): readonly ChainCase[] {
  const cases: ChainCase[] = []
  for (const count of [0, 1, 2, 3]) {
    for (const limit of [0, 1, 2, 3]) {
      const plain = Array.from({ length: count }, (): Fields => ({}))
      cases.push(
        chainCase(`length: root ${limit}, ${count} below`, { root: { pathLength: limit }, intermediates: plain }),
      )
      for (const height of plain.keys()) {
        const intermediates = plain.map((fields, i) => (i === height ? { pathLength: limit } : fields))
        cases.push(chainCase(`length: intermediate ${height + 1} of ${count} has ${limit}`, { intermediates }))
      }
    }
  }
  const selfIssued: Fields = { subject: 'CN=root' }
  return [
    ...cases,
    chainCase('length: root 0, self-issued below', { root: { pathLength: 0 }, intermediates: [selfIssued] }),
    chainCase('length: root 0, self-issued and another', { root: { pathLength: 0 }, intermediates: [selfIssued, {}] }),
    chainCase('length: root 1, self-issued and two', { root: { pathLength: 1 }, intermediates: [selfIssued, {}, {}] }),
    chainCase('length: leaf is a CA below 0', { intermediates: [{ pathLength: 0 }], leaf: { ca: true } }),
    chainCase('length: all 0', { root: { pathLength: 0 }, intermediates: [{ pathLength: 0 }, { pathLength: 0 }] }),
  ]
}

const UNKNOWN = '1.2.3.4.5'

function criticalExtensions(): readonly ChainCase[] {
  const turned: readonly ExtensionName[] = [
    'basicConstraints',
    'keyUsage',
    'subjectKeyIdentifier',
    'authorityKeyIdentifier',
    'subjectAltName',
  ]
  const values: Readonly<Partial<Record<ExtensionName, Uint8Array>>> = {
    netscapeCertType: NETSCAPE_CA,
    netscapeComment: new Uint8Array([0x16, 1, 0x61]),
    ocspNoCheck: nullValue(),
    issuerAltName: sequence(new Uint8Array([0x82, 1, 0x61])),
    authorityInfoAccess: sequence(),
    applicationPolicies: sequence(),
    tlsFeature: sequence(integer(5)),
    precertificatePoison: nullValue(),
    privateKeyUsagePeriod: sequence(),
  }
  return [
    ...turned.flatMap((name) =>
      everywhere(`critical: ${name} the other way`, {
        critical: { [name]: !['basicConstraints', 'keyUsage'].includes(name) },
      }),
    ),
    ...Object.entries(values).flatMap(([name, value]) =>
      everywhere(`critical: ${name}`, { extensions: { [name]: value }, critical: { [name]: true } }),
    ),
    ...everywhere('critical: certificatePolicies', { policies: ['1.2.3'], critical: { certificatePolicies: true } }),
    ...everywhere('critical: extKeyUsage', { extKeyUsage: ['1.3.6.1.5.5.7.3.2'], critical: { extKeyUsage: true } }),
    ...everywhere('critical: inhibitAnyPolicy', { inhibitAnyPolicy: 0 }),
    ...everywhere('critical: policyConstraints', { policyConstraints: { requireExplicitPolicy: 0 } }),
    ...everywhere('critical: unknown', {
      unchecked: { extensions: [{ oid: UNKNOWN, critical: true, value: nullValue() }] },
    }),
    ...everywhere('not critical: unknown', {
      unchecked: { extensions: [{ oid: UNKNOWN, critical: false, value: nullValue() }] },
    }),
  ]
}

/** What does not decode, comes twice, or is empty. */
function malformedExtensions(): readonly ChainCase[] {
  const names: readonly ExtensionName[] = [
    'basicConstraints',
    'keyUsage',
    'extKeyUsage',
    'subjectAltName',
    'subjectKeyIdentifier',
    'authorityKeyIdentifier',
    'nameConstraints',
    'cRLDistributionPoints',
    'certificatePolicies',
    'policyMappings',
    'authorityInfoAccess',
    'netscapeCertType',
  ]
  const twice = encodeKeyUsage(['keyCertSign', 'digitalSignature'])
  return [
    ...names.flatMap((name) => everywhere(`malformed: ${name} is NULL`, { extensions: { [name]: nullValue() } })),
    ...names.flatMap((name) =>
      everywhere(`malformed: ${name} is an empty sequence`, { extensions: { [name]: sequence() } }),
    ),
    ...names.flatMap((name) =>
      everywhere(`malformed: ${name} has no content`, { extensions: { [name]: new Uint8Array(0) } }),
    ),
    ...everywhere('twice: keyUsage', {
      unchecked: { extensions: [{ oid: EXTENSION.keyUsage, critical: true, value: twice }] },
    }),
    ...everywhere('twice: subjectKeyIdentifier', {
      unchecked: {
        extensions: [{ oid: EXTENSION.subjectKeyIdentifier, critical: false, value: octetString(new Uint8Array(3)) }],
      },
    }),
    ...everywhere('twice: unknown', {
      unchecked: { extensions: [0, 1].map(() => ({ oid: UNKNOWN, critical: false, value: nullValue() })) },
    }),
    ...everywhere('empty: keyUsage', { keyUsage: [] }),
    chainCase('empty: keyUsage of a leaf that is a CA', { ...at('leaf', { ca: true, keyUsage: [] }) }),
  ]
}
