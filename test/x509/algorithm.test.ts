import { describe, expect, test } from 'vitest'
import { DerReader } from '../../src/der/reader.ts'
import { nullValue, octetString, oid, sequence } from '../../src/der/writer.ts'
import { parsePssParameters, readAlgorithmIdentifier, signatureScheme } from '../../src/x509/algorithm.ts'
import { digestOid, SIGNATURE_ALGORITHM } from '../../src/x509/oids.ts'
import { encodePssParameters } from '../../src/x509/signature.ts'
import { faultOffset, hex } from '../der/hex.ts'

const read = (bytes: Uint8Array) => readAlgorithmIdentifier(new DerReader(bytes), 'test')

describe('AlgorithmIdentifier', () => {
  test('parameters absent, NULL, and anything else are three different things', () => {
    expect(read(sequence(oid('1.2.3'))).parameters).toBeUndefined()
    expect(read(sequence(oid('1.2.3'), nullValue())).parameters).toEqual(hex('05 00'))
    expect(read(sequence(oid('1.2.3'), octetString(hex('aa')))).parameters).toEqual(hex('04 01 aa'))
  })

  test('the encoding is kept', () => {
    const bytes = sequence(oid('1.2.3'), nullValue())
    expect(read(bytes)).toEqual({ oid: '1.2.3', parameters: nullValue(), encoded: bytes })
  })

  test.each<[string, string, number]>([
    ['empty', '30 00', 2],
    ['no sequence', '06 01 2a', 0],
    ['no identifier', '30 02 05 00', 2],
    ['two parameters', '30 08 06 02 2a 03 05 00 05 00', 8],
    ['parameters cut off', '30 06 06 02 2a 03 04 01', 6],
  ])('%s is refused', (_name, bytes, offset) => {
    expect(faultOffset(() => read(hex(bytes)))).toBe(offset)
  })
})

describe('schemes', () => {
  // MD2 has no implementation in node:crypto; RSASSA-PSS needs parameters and has its own tests.
  const known = Object.entries(SIGNATURE_ALGORITHM).filter(
    ([name]) => name !== 'md2WithRSAEncryption' && name !== 'rsassaPss',
  )

  test.each(known)('%s gives a scheme', (name, identifier) => {
    const scheme = signatureScheme({ oid: identifier, parameters: undefined, encoded: hex('') })
    expect(scheme).not.toHaveProperty('problem')
    if ('digest' in scheme) {
      expect(name.toLowerCase().replaceAll('-', '')).toContain(scheme.digest.replaceAll('-', ''))
      expect(digestOid(scheme.digest)).toBeDefined()
    }
  })

  test('MD2 gives none', () => {
    const md2 = { oid: SIGNATURE_ALGORITHM.md2WithRSAEncryption, parameters: nullValue(), encoded: hex('') }
    expect(signatureScheme(md2)).toEqual({ problem: 'unknown-algorithm' })
  })
})

describe('RSASSA-PSS parameters', () => {
  test.each([
    { digest: 'sha1', mgf1Digest: 'sha1', saltLength: 20 },
    { digest: 'sha256', mgf1Digest: 'sha256', saltLength: 32 },
    { digest: 'sha512', mgf1Digest: 'sha1', saltLength: 0 },
    { digest: 'sha1', mgf1Digest: 'sha384', saltLength: 300 },
  ])('$digest, $mgf1Digest, $saltLength are read as they were written', (parameters) => {
    expect(parsePssParameters(encodePssParameters(parameters))).toEqual(parameters)
  })

  test('all defaults are an empty sequence', () => {
    expect(encodePssParameters({ digest: 'sha1', mgf1Digest: 'sha1', saltLength: 20 })).toEqual(hex('30 00'))
  })

  test('the bytes of RFC 4055 rsassa-pss with SHA-256', () => {
    const expected = hex(`30 34 a0 0f 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00
      a1 1c 30 1a 06 09 2a 86 48 86 f7 0d 01 01 08 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 a2 03 02 01 20`)
    expect(encodePssParameters({ digest: 'sha256', mgf1Digest: 'sha256', saltLength: 32 })).toEqual(expected)
  })
})
