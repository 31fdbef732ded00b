import { describe, expect, it } from 'vitest'
import { DerReader } from '../../src/der/reader.ts'
import { ia5String, utf8String } from '../../src/der/writer.ts'
import { type DistributionPoint, parseDistributionPoints, REASON_FLAGS } from '../../src/x509/distribution-point.ts'
import { readExtensions } from '../../src/x509/extension.ts'
import {
  cpsQualifier,
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeCertificatePolicies,
  encodeDistributionPoints,
  encodeExtensions,
  encodeExtKeyUsage,
  encodeInfoAccess,
  encodeInhibitAnyPolicy,
  encodeKeyUsage,
  encodeNameConstraints,
  encodeOcspNoCheck,
  encodePolicyConstraints,
  encodePolicyMappings,
  encodeSubjectKeyIdentifier,
  userNoticeQualifier,
} from '../../src/x509/extension-encoding.ts'
import {
  KEY_USAGES,
  parseApplicationPolicies,
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseExtKeyUsage,
  parseInfoAccess,
  parseInhibitAnyPolicy,
  parseKeyUsage,
  parseNameConstraints,
  parsePolicyConstraints,
  parsePolicyMappings,
  parseSubjectKeyIdentifier,
} from '../../src/x509/extension-value.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { hex, toHex } from '../der/hex.ts'
import { errorOf } from '../thrown.ts'

const dns: GeneralName = { type: 'dNSName', value: 'a.test' }
const uri: GeneralName = { type: 'uniformResourceIdentifier', value: 'http://a' }
const point = (fields: Partial<DistributionPoint>): DistributionPoint => ({
  distributionPoint: undefined,
  reasons: undefined,
  cRLIssuer: undefined,
  ...fields,
})

describe('each value is exact DER, and reads back as what it was', () => {
  function row<T>(
    name: string,
    value: NoInfer<T>,
    encode: (value: T) => Uint8Array,
    parse: (bytes: Uint8Array) => T,
    der: string,
  ) {
    return {
      name,
      der: der.replace(/ /g, ''),
      encoded: () => encode(value),
      decoded: () => parse(encode(value)),
      value,
    }
  }

  it.each([
    row(
      'an end entity',
      { cA: false, pathLenConstraint: undefined },
      encodeBasicConstraints,
      parseBasicConstraints,
      '3000',
    ),
    row(
      'a CA',
      { cA: true, pathLenConstraint: undefined },
      encodeBasicConstraints,
      parseBasicConstraints,
      '30030101ff',
    ),
    row(
      'pathLen 0',
      { cA: true, pathLenConstraint: 0 },
      encodeBasicConstraints,
      parseBasicConstraints,
      '30060101ff020100',
    ),
    row(
      'pathLen 128',
      { cA: true, pathLenConstraint: 128 },
      encodeBasicConstraints,
      parseBasicConstraints,
      '30070101ff02020080',
    ),
    row('one usage', ['digitalSignature'], encodeKeyUsage, parseKeyUsage, '03020780'),
    row('CA usages', ['keyCertSign', 'cRLSign'], encodeKeyUsage, parseKeyUsage, '03020106'),
    row('the ninth usage', ['decipherOnly'], encodeKeyUsage, parseKeyUsage, '0303070080'),
    row('all usages', [...KEY_USAGES], encodeKeyUsage, parseKeyUsage, '030307ff80'),
    row('purposes in their order', ['1.2.4', '1.2.3'], encodeExtKeyUsage, parseExtKeyUsage, '300806022a0406022a03'),
    row('a key identifier', hex('0102'), encodeSubjectKeyIdentifier, parseSubjectKeyIdentifier, '04020102'),
    row(
      'AKI by key',
      { keyIdentifier: hex('0102'), authorityCertIssuer: undefined, authorityCertSerialNumber: undefined },
      encodeAuthorityKeyIdentifier,
      parseAuthorityKeyIdentifier,
      '300480020102',
    ),
    row(
      'AKI by name and serial number',
      { keyIdentifier: undefined, authorityCertIssuer: [dns], authorityCertSerialNumber: 128n },
      encodeAuthorityKeyIdentifier,
      parseAuthorityKeyIdentifier,
      '300e a108 8206612e74657374 82020080',
    ),
    row(
      'policies',
      [
        { policyIdentifier: '1.2.3', qualifiers: [] },
        { policyIdentifier: '1.2.4', qualifiers: [cpsQualifier('u'), userNoticeQualifier('é')] },
      ],
      encodeCertificatePolicies,
      parseCertificatePolicies,
      '302f 300406022a03 3027 06022a04 3021 300d06082b06010505070201160175 301006082b0601050507020230040c02c3a9',
    ),
    row(
      'policy mappings',
      [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
      encodePolicyMappings,
      parsePolicyMappings,
      '300a 3008 06022a03 06022a04',
    ),
    row(
      'no policy constraint',
      { requireExplicitPolicy: undefined, inhibitPolicyMapping: undefined },
      encodePolicyConstraints,
      parsePolicyConstraints,
      '3000',
    ),
    row(
      'policy constraints',
      { requireExplicitPolicy: 0, inhibitPolicyMapping: 200 },
      encodePolicyConstraints,
      parsePolicyConstraints,
      '3007 800100 810200c8',
    ),
    row('inhibitAnyPolicy', 0, encodeInhibitAnyPolicy, parseInhibitAnyPolicy, '020100'),
    row(
      'name constraints without exclusions',
      { permittedSubtrees: [{ base: dns, minimum: 0, maximum: undefined }], excludedSubtrees: [] },
      encodeNameConstraints,
      parseNameConstraints,
      '300c a00a 3008 8206612e74657374',
    ),
    row(
      'name constraints with minimum and maximum',
      { permittedSubtrees: [], excludedSubtrees: [{ base: dns, minimum: 1, maximum: 2 }] },
      encodeNameConstraints,
      parseNameConstraints,
      '3012 a110 300e 8206612e74657374 800101 810102',
    ),
    row(
      'a distribution point by name',
      [point({ distributionPoint: { fullName: [dns] } })],
      encodeDistributionPoints,
      parseDistributionPoints,
      '300e 300c a00a a008 8206612e74657374',
    ),
    row(
      'a distribution point with everything',
      [
        point({
          distributionPoint: { nameRelativeToCRLIssuer: hex('3000') },
          reasons: ['keyCompromise', 'aACompromise'],
          cRLIssuer: [dns],
        }),
      ],
      encodeDistributionPoints,
      parseDistributionPoints,
      '3017 3015 a004a1023000 8103 07 4080 a208 8206612e74657374',
    ),
    row(
      'every reason',
      [point({ reasons: [...REASON_FLAGS] })],
      encodeDistributionPoints,
      parseDistributionPoints,
      '3007 3005 8103 07ff80',
    ),
    row(
      'information access',
      [{ accessMethod: '1.3.6.1.5.5.7.48.1', accessLocation: uri }],
      encodeInfoAccess,
      parseInfoAccess,
      '3016 3014 06082b06010505073001 8608687474703a2f2f61',
    ),
  ])('$name', ({ der, encoded, decoded, value }) => {
    expect(toHex(encoded())).toBe(der)
    expect(decoded()).toEqual(value)
  })

  it('application policies are only read', () => {
    expect(parseApplicationPolicies(hex('3006 3004 06022a03'))).toEqual(['1.2.3'])
  })

  it('nocheck is NULL', () => {
    expect(toHex(encodeOcspNoCheck())).toBe('0500')
  })

  it('qualifiers have the string types of §4.2.1.4', () => {
    expect(cpsQualifier('http://a').value).toEqual(ia5String('http://a'))
    expect(errorOf(() => cpsQualifier('http://ä')).code).toBe('usage.extension')
    expect(toHex(userNoticeQualifier('a').value)).toBe(`3003${toHex(utf8String('a'))}`)
  })
})

it('an extension leaves out critical FALSE and writes critical TRUE as FF', () => {
  const extensions = [
    { oid: '1.2.3', critical: false, value: hex('0500') },
    { oid: '1.2.4', critical: true, value: hex('') },
  ]
  const encoded = encodeExtensions(extensions)
  expect(toHex(encoded)).toBe('3015 300806022a0304020500 300906022a040101ff0400'.replace(/ /g, ''))
  expect(readExtensions(new DerReader(encoded), 'extensions')).toMatchObject(extensions)
})
