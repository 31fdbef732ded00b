import { describe, expect, test } from 'vitest'
import { definiteLengths } from '../../src/der/ber.ts'
import { MAX_DEPTH } from '../../src/der/reader.ts'
import { element, integer, octetString, oid, sequence, setOf } from '../../src/der/writer.ts'
import { toBer } from './ber.ts'
import { hex } from './hex.ts'

const message = expect.objectContaining({ name: 'DerError' })

describe('definiteLengths', () => {
  const cases = [
    { name: 'empty sequence', ber: '3080 0000', der: '3000' },
    { name: 'nested', ber: '3080 3080 020105 0000 0000', der: '3005 3003 020105' },
    { name: 'indefinite inside definite', ber: '3007 3080 020105 0000', der: '3005 3003 020105' },
    { name: 'segments', ber: '2480 040201 02 0401 03 0000', der: '0403 010203' },
    { name: 'segments of definite length', ber: '2407 0402 0102 0401 03', der: '0403 010203' },
    { name: 'segments in segments', ber: '2480 2480 0401 01 0000 0401 02 0000', der: '0402 0102' },
    { name: 'no segments', ber: '2480 0000', der: '0400' },
  ]
  test.each(cases)('$name', ({ ber, der }) => {
    expect(definiteLengths(hex(ber))).toEqual(hex(der))
  })

  test('what needs nothing comes back as it is', () => {
    const der = sequence(integer(1), setOf(oid('1.2.3'), octetString(new Uint8Array(300))))
    expect(definiteLengths(der)).toBe(der)
  })
  test('a fault of another kind stays for the strict reader', () => {
    const nonMinimal = hex('3081 03 020105')
    expect(definiteLengths(nonMinimal)).toBe(nonMinimal)
    expect(definiteLengths(hex('3080 3081 03 020105 0000'))).toEqual(hex('3006 3081 03 020105'))
  })
  test('the same length before and after is still another encoding', () => {
    // 300 octets: an indefinite header and end take four octets, and so does the definite header.
    const der = sequence(sequence(integer(1), element(0x04, new Uint8Array(295))))
    expect(definiteLengths(toBer(der, 1000))).toEqual(der)
  })
  test('undoes toBer', () => {
    const der = sequence(
      integer(7),
      setOf(octetString(new Uint8Array(1000).fill(9)), sequence()),
      octetString(hex('05 00')),
    )
    expect(definiteLengths(toBer(der))).toEqual(der)
  })

  const bad = [
    { name: 'empty', ber: '' },
    { name: 'no end', ber: '3080 020105' },
    { name: 'half an end', ber: '3080 020105 00' },
    { name: 'primitive', ber: '0480 0000' },
    { name: 'trailing octets', ber: '3080 0000 00' },
    { name: 'truncated', ber: '3005 0201' },
    { name: 'segment of another type', ber: '2480 020101 0000' },
    { name: 'child that ends behind its parent', ber: '3004 0403 0101' },
    { name: 'length of five octets', ber: '3085 0000000000' },
    { name: 'truncated length', ber: '3082 00' },
  ]
  test.each(bad)('rejects: $name', ({ ber }) => {
    expect(() => definiteLengths(hex(ber))).toThrow(message)
  })
  test('depth', () => {
    const nested = (depth: number) => hex('3080'.repeat(depth) + '0000'.repeat(depth))
    expect(() => definiteLengths(nested(MAX_DEPTH + 1))).not.toThrow()
    expect(() => definiteLengths(nested(MAX_DEPTH + 2))).toThrow(message)
    expect(() => definiteLengths(nested(100_000))).toThrow(message)
  })
})
