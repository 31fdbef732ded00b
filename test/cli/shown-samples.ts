/** Certificates' extensions and a request with all that they can hold: `pki show --json` of them shows every field. */

import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  element,
  enumerated,
  generalizedTime,
  ia5String,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from '../../src/der/writer.ts'
import { createSigner } from '../../src/keys/keys.ts'
import * as encode from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { parseGeneralNameText, parseSubtreeText } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { fixedKey } from './fixed-hierarchy.ts'

const names = (...texts: readonly string[]) => texts.map(parseGeneralNameText)
const subtree = (text: string) => ({ base: parseSubtreeText(text), minimum: 0, maximum: undefined })
const location = (text: string) => ({ fullName: names(`uri:http://a.test/${text}`) })
const relative = { nameRelativeToCRLIssuer: sequence(oid('2.5.4.3'), utf8String('part')) }
const access = (accessMethod: string) => [{ accessMethod, accessLocation: parseGeneralNameText('uri:http://a.test/') }]
const point = { reasons: undefined, cRLIssuer: undefined }

/** A base with minimum 1 and maximum 2, which the encoder would not write. */
const measuredSubtree = sequence(
  contextPrimitive(2, Buffer.from('c.test')),
  contextPrimitive(0, hex('01')),
  contextPrimitive(1, hex('02')),
)

const notice = sequence(
  oid('1.3.6.1.5.5.7.2.2'),
  sequence(sequence(utf8String('Example'), sequence(integer(1), integer(2))), utf8String('Hear')),
)

const timestamp = `0033 00 ${'ab'.repeat(32)} 0000019b00000000 0002 cdef 0403 0002 3000`
const timestamps = [timestamp, `0031 00 ${'ab'.repeat(32)} 0000019b00000000 0000 0403 0002 3000`, '0003 01 beef']
  .map((text) => text.replaceAll(' ', ''))
  .join('')
const vector = `${(timestamps.length / 2).toString(16).padStart(4, '0')}${timestamps}`

type Name = keyof typeof EXTENSION

const VALUES: readonly (readonly [name: Name, value: Uint8Array])[] = [
  [
    'issuerAltName',
    encodeGeneralNames(
      names(
        'email:ca@a.test',
        'uri:http://a.test',
        'dirname:CN=a',
        'rid:1.2.3',
        'upn:a@b.test',
        'ip:::1',
        'dns:a.test',
      ),
    ),
  ],
  [
    'certificatePolicies',
    sequence(
      sequence(oid('2.5.29.32.0')),
      sequence(
        oid('1.2.3'),
        sequence(
          sequence(oid('1.3.6.1.5.5.7.2.1'), ia5String('http://cps.test/')),
          notice,
          sequence(oid('1.3.6.1.5.5.7.2.2'), sequence()),
          sequence(oid('1.2.3.4'), utf8String('else')),
        ),
      ),
    ),
  ],
  ['policyMappings', encode.encodePolicyMappings([{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }])],
  ['policyConstraints', encode.encodePolicyConstraints({ requireExplicitPolicy: 2, inhibitPolicyMapping: 1 })],
  ['inhibitAnyPolicy', encode.encodeInhibitAnyPolicy(3)],
  [
    'nameConstraints',
    sequence(
      context(0, sequence(contextPrimitive(2, Buffer.from('a.test'))), measuredSubtree),
      context(1, sequence(contextPrimitive(1, Buffer.from('b.test')))),
    ),
  ],
  [
    'cRLDistributionPoints',
    encode.encodeDistributionPoints([
      { distributionPoint: location('1.crl'), reasons: ['keyCompromise'], cRLIssuer: names('dirname:CN=a') },
      { distributionPoint: relative, ...point },
    ]),
  ],
  ['freshestCRL', encode.encodeDistributionPoints([{ distributionPoint: location('d.crl'), ...point }])],
  ['authorityInfoAccess', encode.encodeInfoAccess(access('1.3.6.1.5.5.7.48.1'))],
  ['subjectInfoAccess', encode.encodeInfoAccess(access('1.3.6.1.5.5.7.48.5'))],
  ['subjectDirectoryAttributes', sequence(sequence(oid('1.3.6.1.5.5.7.9.4'), setOf(utf8String('NL'))))],
  [
    'privateKeyUsagePeriod',
    sequence(contextPrimitive(0, Buffer.from('20260101000000Z')), contextPrimitive(1, Buffer.from('20270101000000Z'))),
  ],
  ['tlsFeature', sequence(integer(5), integer(99))],
  ['noRevAvail', hex('0500')],
  ['ocspNoCheck', hex('0500')],
  ['precertificatePoison', hex('0500')],
  ['certificateTemplate', sequence(oid('1.3.6.1.4.1.311.21.8.1'), integer(100), integer(3))],
  ['applicationPolicies', sequence(sequence(oid('1.2.3')))],
  ['netscapeCertType', hex('030206c0')],
  ['netscapeComment', ia5String('made for tests')],
  ['signedCertificateTimestamps', octetString(hex(vector))],
  // Extensions of CRLs and of their entries are shown wherever they stand.
  ['cRLNumber', integer(1)],
  ['deltaCRLIndicator', integer(1)],
  [
    'issuingDistributionPoint',
    sequence(contextPrimitive(1, hex('ff')), contextPrimitive(2, hex('ff')), contextPrimitive(5, hex('ff'))),
  ],
  ['reasonCode', enumerated(1)],
  ['invalidityDate', generalizedTime(new Date('2026-01-01T00:00:00Z'))],
  ['certificateIssuer', encodeGeneralNames(names('dirname:CN=a'))],
]

/** What stands in other certificates with less in it, so that every optional field is also seen to be absent. */
const SPARSE: readonly (readonly [name: Name, value: Uint8Array])[] = [
  ['policyConstraints', sequence()],
  [
    'nameConstraints',
    encode.encodeNameConstraints({ permittedSubtrees: [subtree('dirname:CN=a')], excludedSubtrees: [] }),
  ],
  ['privateKeyUsagePeriod', sequence()],
  ['certificateTemplate', sequence(oid('1.2.3'))],
  ['authorityKeyIdentifier', sequence()],
  [
    'authorityKeyIdentifier',
    encode.encodeAuthorityKeyIdentifier({
      keyIdentifier: undefined,
      authorityCertIssuer: names('dirname:CN=a'),
      authorityCertSerialNumber: 1n,
    }),
  ],
  [
    'nameConstraints',
    encode.encodeNameConstraints({ permittedSubtrees: [], excludedSubtrees: [subtree('dns:a.test')] }),
  ],
]

const written = ([name, value]: readonly [Name, Uint8Array]): encode.ExtensionToWrite => ({
  oid: EXTENSION[name],
  critical: false,
  value,
})

export function extensionsOfAllKinds(): readonly encode.ExtensionToWrite[] {
  return VALUES.map(written)
}

/** With less in them; one that nobody knows, one that is no DER, and one that is malformed. */
export function oddExtensions(): readonly encode.ExtensionToWrite[] {
  return [
    ...SPARSE.map(written),
    { oid: '1.2.3.4', critical: true, value: sequence(utf8String('hello'), context(0, boolean(true))) },
    { oid: '1.2.3.5', critical: false, value: hex('01020304') },
    written(['inhibitAnyPolicy', element(4)]),
  ]
}

/** A request with a challenge password and an attribute that nobody knows. */
export function oddRequest(): Uint8Array {
  const key = fixedKey('CN=asker')
  const attributes = context(
    0,
    sequence(oid('1.2.840.113549.1.9.7'), setOf(utf8String('tell nobody'))),
    sequence(oid('1.2.3.4'), setOf(utf8String('else'))),
  )
  const info = sequence(integer(0), parseNameText('CN=asker,1.2.3.4=#0c0161'), key.publicKey.encoded, attributes)
  const signer = createSigner(key)
  return sequence(info, signer.algorithm, bitString(signer.sign(info)))
}
