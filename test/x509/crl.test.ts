import { describe, expect, it } from 'vitest'
import { Tag } from '../../src/der/reader.ts'
import {
  boolean,
  concatBytes,
  context,
  element,
  enumerated,
  generalizedTime,
  integer,
  octetString,
  sequence,
  time,
} from '../../src/der/writer.ts'
import { createSigner } from '../../src/keys/keys.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import {
  encodeAuthorityKeyIdentifier,
  encodeDistributionPoints,
  encodeInfoAccess,
} from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames, type GeneralName } from '../../src/x509/general-name.ts'
import { parseName } from '../../src/x509/name.ts'
import { ACCESS_METHOD, EXTENSION } from '../../src/x509/oids.ts'
import { encodeSigned } from '../../src/x509/signed.ts'
import { faultOffset, hex } from '../der/hex.ts'
import { processorTime } from '../processor-time.ts'
import { commonName, extension, P256_KEY } from './certificate-bytes.ts'

const THIS_UPDATE = new Date('2026-05-31T00:00:00Z')
const NEXT_UPDATE = new Date('2051-01-01T00:00:00Z')
const REVOKED_AT = new Date('2026-05-01T12:30:00Z')
const signer = createSigner(P256_KEY)
const URI: GeneralName = { type: 'uniformResourceIdentifier', value: 'http://a.test/' }

/** The parts of a CRL, each whole elements. */
interface CrlParts {
  readonly version: readonly Uint8Array[]
  readonly times: readonly Uint8Array[]
  readonly revoked: readonly Uint8Array[]
  readonly extensions: readonly Uint8Array[]
  readonly rest: readonly Uint8Array[]
}

function crlBytes(parts: Partial<CrlParts> = {}): Uint8Array {
  const { version = [integer(1)], times = [time(THIS_UPDATE), time(NEXT_UPDATE)], revoked, extensions, rest } = parts
  const tbs = sequence(
    ...version,
    signer.algorithm,
    commonName('ca'),
    ...times,
    ...(revoked === undefined ? [] : [element(Tag.sequence, concatBytes(revoked))]),
    ...(extensions === undefined ? [] : [context(0, sequence(...extensions))]),
    ...(rest ?? []),
  )
  return encodeSigned(tbs, signer)
}

function entry(serialNumber: number | bigint, ...extensions: readonly Uint8Array[]): Uint8Array {
  return sequence(
    integer(serialNumber),
    time(REVOKED_AT),
    ...(extensions.length === 0 ? [] : [sequence(...extensions)]),
  )
}

const reason = (code: number) => extension(EXTENSION.reasonCode, enumerated(code))
const certificateIssuer = (...names: readonly GeneralName[]) =>
  extension(EXTENSION.certificateIssuer, encodeGeneralNames(names), true)
const directoryName = (text: string): GeneralName => ({ type: 'directoryName', value: name(text) })
const name = (text: string) => parseName(commonName(text))
const crlIssuer = name('ca')
const serial = (number: number) => integer(number).subarray(2)

describe('parseCrl', () => {
  it('reads every field and keeps the signed bytes', () => {
    const bytes = crlBytes({ revoked: [entry(5)], extensions: [extension(EXTENSION.cRLNumber, integer(3))] })
    const crl = parseCrl(bytes)
    expect(crl).toMatchObject({
      version: 2,
      thisUpdate: { date: THIS_UPDATE, type: 'utcTime' },
      nextUpdate: { date: NEXT_UPDATE, type: 'generalizedTime' },
      decoded: { cRLNumber: 3n },
      malformedExtensions: [],
    })
    expect(crl.issuer.equals(name('CA'))).toBe(true)
    expect(crl.entries.count).toBe(1)
    expect(crl.signatureAlgorithm.encoded).toEqual(signer.algorithm)
    expect(Buffer.from(bytes).indexOf(crl.tbs)).toBe(
      bytes.length - signer.algorithm.length - crl.signature.bytes.length - 3 - crl.tbs.length,
    )
  })

  it('reads a CRL of version 1 without nextUpdate, entries and extensions', () => {
    const crl = parseCrl(crlBytes({ version: [], times: [time(THIS_UPDATE)] }))
    expect(crl).toMatchObject({ version: 1, nextUpdate: undefined, extensions: [], decoded: {} })
    expect([...crl.entries]).toEqual([])
  })

  it('reads an empty list of revoked certificates as none', () => {
    expect(parseCrl(crlBytes({ revoked: [] })).entries.count).toBe(0)
  })

  const surplus = integer(5)
  it.each([
    ['version 1 written out', { version: [integer(0)] }],
    ['version 3', { version: [integer(2)] }],
    ['no thisUpdate', { times: [] }],
    ['an entry without a date', { revoked: [sequence(integer(5))] }],
    [
      'an entry with a serial number that is not minimal',
      { revoked: [sequence(hex('02 02 00 05'), time(REVOKED_AT))] },
    ],
    ['an entry with a date that is none', { revoked: [sequence(integer(5), element(Tag.utcTime, hex('30')))] }],
    ['an entry with an empty list of extensions', { revoked: [sequence(integer(5), time(REVOKED_AT), sequence())] }],
    [
      'an entry with something more',
      { revoked: [sequence(integer(5), time(REVOKED_AT), sequence(reason(1)), surplus)] },
    ],
    ['an entry that is no SEQUENCE', { revoked: [integer(5)] }],
    ['an empty list of extensions', { extensions: [] }],
    [
      'something after the extensions',
      { extensions: [extension(EXTENSION.cRLNumber, integer(3))], rest: [integer(1)] },
    ],
  ])('refuses %s', (_, parts) => {
    expect(faultOffset(() => parseCrl(crlBytes(parts)))).toBeGreaterThan(0)
  })

  it('refuses trailing octets and every truncation', () => {
    const bytes = crlBytes({ revoked: [entry(5, reason(1))] })
    expect(faultOffset(() => parseCrl(Uint8Array.of(...bytes, 0)))).toBe(bytes.length)
    for (let length = 0; length < bytes.length; length++) {
      expect(faultOffset(() => parseCrl(bytes.subarray(0, length)))).toBeLessThanOrEqual(length)
    }
  })
})

describe('CRL extensions', () => {
  const keyIdentifier = hex('01 02 03')
  const everything = {
    distributionPoint: context(0, context(0, hex('86 01 78'))),
    onlySomeReasons: hex('83 02 05 60'),
    indirectCRL: hex('84 01 ff'),
  }

  it.each([
    [
      'authorityKeyIdentifier',
      encodeAuthorityKeyIdentifier({
        keyIdentifier,
        authorityCertIssuer: undefined,
        authorityCertSerialNumber: undefined,
      }),
      { keyIdentifier },
    ],
    ['issuerAltName', encodeGeneralNames([URI]), [URI]],
    ['cRLNumber', integer(2n ** 159n), 2n ** 159n],
    ['deltaCRLIndicator', integer(0), 0n],
    [
      'issuingDistributionPoint',
      sequence(everything.distributionPoint, everything.onlySomeReasons, everything.indirectCRL),
      {
        distributionPoint: { fullName: [{ type: 'uniformResourceIdentifier', value: 'x' }] },
        onlyContainsUserCerts: false,
        onlyContainsCACerts: false,
        onlySomeReasons: ['keyCompromise', 'cACompromise'],
        indirectCRL: true,
        onlyContainsAttributeCerts: false,
      },
    ],
    [
      'issuingDistributionPoint',
      sequence(hex('81 01 ff'), hex('82 01 ff'), hex('85 01 ff')),
      { onlyContainsUserCerts: true, onlyContainsCACerts: true, onlyContainsAttributeCerts: true, indirectCRL: false },
    ],
    [
      'freshestCRL',
      encodeDistributionPoints([{ distributionPoint: { fullName: [URI] }, reasons: undefined, cRLIssuer: undefined }]),
      [{ distributionPoint: { fullName: [URI] } }],
    ],
    [
      'authorityInfoAccess',
      encodeInfoAccess([{ accessMethod: ACCESS_METHOD.caIssuers, accessLocation: URI }]),
      [{ accessMethod: ACCESS_METHOD.caIssuers, accessLocation: URI }],
    ],
  ] as const)('%s is decoded', (field, value, expected) => {
    const { decoded, malformedExtensions } = parseCrl(crlBytes({ extensions: [extension(EXTENSION[field], value)] }))
    expect(malformedExtensions).toEqual([])
    expect(decoded).toMatchObject({ [field]: expected })
  })

  it.each([
    ['cRLNumber', integer(-1)],
    ['cRLNumber', integer(2n ** 168n)],
    ['cRLNumber', octetString(hex('01'))],
    ['deltaCRLIndicator', integer(-1)],
    ['issuingDistributionPoint', sequence(hex('84 01 00'))],
    ['issuingDistributionPoint', sequence(hex('84 01 ff'), hex('81 01 ff'))],
    ['issuingDistributionPoint', sequence(integer(1))],
    ['freshestCRL', sequence()],
  ] as const)('%s that does not decode is kept as a fault', (field, value) => {
    const bytes = crlBytes({ extensions: [extension(EXTENSION[field], value)] })
    const { decoded, malformedExtensions } = parseCrl(bytes)
    expect(decoded).toEqual({})
    expect(malformedExtensions.map(({ oid }) => oid)).toEqual([EXTENSION[field]])
    const start = Buffer.from(bytes).indexOf(value)
    expect(malformedExtensions[0]?.error.offset).toBeGreaterThanOrEqual(start)
    expect(malformedExtensions[0]?.error.offset).toBeLessThanOrEqual(start + value.length)
  })
})

describe('CRL entries', () => {
  const everything = [
    reason(1),
    extension(EXTENSION.invalidityDate, generalizedTime(THIS_UPDATE)),
    certificateIssuer(directoryName('other')),
  ]
  const entriesOf = (...revoked: readonly Uint8Array[]) => parseCrl(crlBytes({ revoked })).entries

  it('are decoded one by one', () => {
    const [plain, full] = [...entriesOf(entry(-5), entry(2n ** 159n, ...everything))]
    expect(plain).toEqual({
      serialNumber: -5n,
      revocationDate: REVOKED_AT,
      reasonCode: undefined,
      invalidityDate: undefined,
      certificateIssuer: undefined,
      extensions: [],
    })
    expect(full).toMatchObject({ serialNumber: 2n ** 159n, reasonCode: 'keyCompromise', invalidityDate: THIS_UPDATE })
    expect(full?.certificateIssuer).toMatchObject([{ type: 'directoryName' }])
    expect(full?.extensions).toHaveLength(3)
  })

  it.each([
    [0, 'unspecified'],
    [6, 'certificateHold'],
    [8, 'removeFromCRL'],
    [10, 'aACompromise'],
  ])('reason code %i is %s', (code, expected) => {
    expect([...entriesOf(entry(5, reason(code)))][0]?.reasonCode).toBe(expected)
  })

  it.each([7, 11, 200])('reason code %i is a fault', (code) => {
    const entries = entriesOf(entry(4, reason(1)), entry(5, reason(code)))
    expect(entries.malformedExtension?.oid).toBe(EXTENSION.reasonCode)
    expect([...entries][1]?.reasonCode).toBeUndefined()
  })

  it('thousands that share thousands of issuers cost no more than their number', () => {
    const many = Array.from({ length: 5000 }, (_, i) => directoryName(`other ${i}`))
    const entries = entriesOf(entry(7, certificateIssuer(...many)), ...Array.from({ length: 5000 }, () => entry(7)))
    const elapsed = processorTime()
    expect(entries.find(serial(7), crlIssuer, crlIssuer)).toBeUndefined()
    expect(Array.from(entries).at(-1)?.certificateIssuer).toHaveLength(5000)
    expect(elapsed()).toBeLessThan(2000)
  })

  it.each([
    ['an unknown critical extension', extension('1.2.3', integer(1), true), '1.2.3'],
    ['an unknown extension', extension('1.2.3', integer(1)), undefined],
    ['a critical reason', sequence(...criticalReason()), undefined],
  ])('%s on one entry is told of all', (_, unknown, expected) => {
    expect(entriesOf(entry(4), entry(5, unknown), entry(6)).unknownCriticalExtension).toBe(expected)
  })

  it('are found by serial number and by the issuer that is theirs', () => {
    const entries = entriesOf(
      entry(1),
      entry(2, certificateIssuer(directoryName('other'))),
      entry(3),
      entry(2, certificateIssuer(URI, directoryName('CA'))),
      entry(4),
    )
    const find = (number: number, issuer: string) => entries.find(serial(number), name(issuer), crlIssuer)?.serialNumber
    expect([find(1, 'ca'), find(2, 'ca'), find(3, 'ca'), find(4, 'ca')]).toEqual([1n, 2n, undefined, 4n])
    expect([find(1, 'other'), find(2, 'other'), find(3, 'other'), find(4, 'other')]).toEqual([
      undefined,
      2n,
      3n,
      undefined,
    ])
    expect(find(9, 'ca')).toBeUndefined()
  })

  it('of a certificate issuer that does not decode are nobody’s', () => {
    const entries = entriesOf(entry(1, extension(EXTENSION.certificateIssuer, integer(1), true)))
    expect(entries.malformedExtension?.oid).toBe(EXTENSION.certificateIssuer)
    expect(entries.find(serial(1), crlIssuer, crlIssuer)).toBeUndefined()
  })

  it('listed twice count as the later one says', () => {
    const entries = entriesOf(entry(1, reason(6)), entry(1, reason(1)))
    expect(entries.find(serial(1), crlIssuer, crlIssuer)?.reasonCode).toBe('keyCompromise')
  })

  it('of a list of 100,000 are found by walking and by the index alike', () => {
    const count = 100_000
    // 7919 is prime: every serial number comes once, in no order.
    const entries = entriesOf(...Array.from({ length: count }, (_, i) => entry((i * 7919) % count)))
    expect(entries.count).toBe(count)
    for (let round = 0; round < 3; round++) {
      for (const wanted of [0, 1, 127, 128, 255, 256, 65_535, 99_999]) {
        expect(entries.find(serial(wanted), crlIssuer, crlIssuer)?.serialNumber).toBe(BigInt(wanted))
      }
      expect(entries.find(serial(count), crlIssuer, crlIssuer)).toBeUndefined()
      expect(entries.find(serial(-1), crlIssuer, crlIssuer)).toBeUndefined()
    }
  })
})

/** The fields of a reasonCode extension marked critical, which §5.3.1 forbids and parsing does not mind. */
function criticalReason(): readonly Uint8Array[] {
  const [oid, value] = [hex('06 03 55 1d 15'), octetString(enumerated(1))]
  return [oid, boolean(true), value]
}
