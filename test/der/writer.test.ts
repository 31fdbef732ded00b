import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextTag, DerReader, readWhole, Tag } from '../../src/der/reader.ts'
import {
  namedBits,
  readBitString,
  readBoolean,
  readInteger,
  readOid,
  readTime,
  stringFromElement,
} from '../../src/der/values.ts'
import {
  bitString,
  bmpString,
  boolean,
  compareBytes,
  concatBytes,
  context,
  contextPrimitive,
  element,
  enumerated,
  equalBytes,
  generalizedTime,
  ia5String,
  integer,
  isOid,
  namedBitString,
  nullValue,
  octetString,
  oid,
  printableString,
  retag,
  sequence,
  setOf,
  time,
  unsignedInteger,
  utf8String,
} from '../../src/der/writer.ts'
import { hex, toHex } from './hex.ts'

const reader = (bytes: Uint8Array) => new DerReader(bytes)
const options = { seed: 7, numRuns: 500 }

describe('what the writer writes the reader reads', () => {
  test('INTEGER', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (value) => {
        expect(readInteger(reader(integer(value)), 'test')).toBe(value)
      }),
      options,
    )
  })

  test('unsigned INTEGER', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (octets) => {
        const expected = octets.length === 0 ? 0n : BigInt(`0x${toHex(octets)}`)
        expect(readInteger(reader(unsignedInteger(octets)), 'test')).toBe(expected)
      }),
      options,
    )
  })

  test('OBJECT IDENTIFIER', () => {
    const arc = fc.oneof(fc.nat().map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }))
    const first = fc.oneof(
      fc.tuple(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 39n })),
      fc.tuple(fc.constant(2n), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })),
    )
    fc.assert(
      fc.property(first, fc.array(arc, { maxLength: 8 }), (start, rest) => {
        const dotted = [...start, ...rest].join('.')
        expect(isOid(dotted)).toBe(true)
        expect(readOid(reader(oid(dotted)), 'test')).toBe(dotted)
      }),
      options,
    )
  })

  test('BIT STRING', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readBitString(reader(bitString(bytes)), 'test')).toEqual({ bytes, unusedBits: 0 })
      }),
      options,
    )
  })

  test('named bits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 20 })), (bits) => {
        const written = readWhole(namedBitString(bits), Tag.bitString, 'test')
        expect(namedBits(written, 'test')).toEqual([...bits].sort((a, b) => a - b))
      }),
      options,
    )
  })

  test('time, to the second', () => {
    const min = new Date('0000-01-01T00:00:00Z')
    const max = new Date('9999-12-31T23:59:59.999Z')
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000
        expect(readTime(reader(time(date)), 'test').getTime()).toBe(seconds)
        expect(readTime(reader(generalizedTime(date)), 'test').getTime()).toBe(seconds)
      }),
      options,
    )
  })

  test('text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const written of [utf8String(text), bmpString(text)]) {
          expect(stringFromElement(reader(written).element('test'), 'test')).toBe(text)
        }
      }),
      options,
    )
  })
})

describe('encodings', () => {
  test.each<[string, Uint8Array, string]>([
    ['TRUE', boolean(true), '0101ff'],
    ['FALSE', boolean(false), '010100'],
    ['NULL', nullValue(), '0500'],
    ['0', integer(0), '020100'],
    ['127', integer(127), '02017f'],
    ['128', integer(128), '02020080'],
    ['-1', integer(-1), '0201ff'],
    ['-128', integer(-128), '020180'],
    ['-129', integer(-129), '0202ff7f'],
    ['unsigned of no octets', unsignedInteger(hex('')), '020100'],
    ['unsigned 00 00', unsignedInteger(hex('0000')), '020100'],
    ['unsigned 00 80', unsignedInteger(hex('0080')), '02020080'],
    ['unsigned 7f', unsignedInteger(hex('7f')), '02017f'],
    ['ENUMERATED', enumerated(1), '0a0101'],
    ['empty named bits', namedBitString([]), '030100'],
    ['named bit 0', namedBitString([0]), '03020780'],
    ['named bits 5 and 6', namedBitString([6, 5]), '03020106'],
    ['named bit 8', namedBitString([8]), '0303070080'],
    ['PrintableString', printableString('DE'), '13024445'],
    ['IA5String', ia5String('a@b'), '1603614062'],
    ['[0] around', context(0, integer(2)), 'a003020102'],
    ['[2] primitive', contextPrimitive(2, hex('61')), '820161'],
    ['retagged', retag(contextTag(8, false), oid('2.5.29')), '8802551d'],
    ['a sequence of nothing', sequence(), '3000'],
  ])('%s', (_name, written, expected) => {
    expect(toHex(written)).toBe(expected)
  })

  test.each([
    [
      'PrintableString',
      printableString,
      Tag.printableString,
      "Az09 '()+,-./:=?",
      ['*', '@', '_', '&', 'ä', '\n', '😀'],
    ],
    ['IA5String', ia5String, Tag.ia5String, '\0 @*~\x7f', ['\x80', 'ä', '😀', '\ud800']],
  ] as const)('%s takes its repertoire, and refuses others by name', (type, write, tag, repertoire, foreign) => {
    expect(stringFromElement(readWhole(write(repertoire), tag, type), type)).toBe(repertoire)
    for (const character of foreign) {
      expect(() => write(`a${character}b`)).toThrow(new RangeError(`${type} has no ${JSON.stringify(character)}`))
    }
  })

  test('retagging copies', () => {
    const original = hex('04 01 00')
    retag(0x80, original)
    expect(original[0]).toBe(0x04)
  })

  test.each([
    [0x7f, '047f'],
    [0x80, '048180'],
    [0xff, '0481ff'],
    [0x100, '04820100'],
    [0xffff, '0482ffff'],
    [0x10000, '0483010000'],
    [0x1000000, '048401000000'],
  ])('%i octets of content get the shortest length', (length, head) => {
    const written = octetString(new Uint8Array(length))
    expect(toHex(written.subarray(0, head.length / 2))).toBe(head)
    expect(written.length).toBe(head.length / 2 + length)
  })

  test('UTCTime from 1950 through 2049, GeneralizedTime outside', () => {
    const at = (iso: string) => {
      const written = time(new Date(iso))
      return [written[0], new TextDecoder().decode(written.subarray(2))]
    }
    expect(at('1949-12-31T23:59:59Z')).toEqual([Tag.generalizedTime, '19491231235959Z'])
    expect(at('1950-01-01T00:00:00Z')).toEqual([Tag.utcTime, '500101000000Z'])
    expect(at('2049-12-31T23:59:59.999Z')).toEqual([Tag.utcTime, '491231235959Z'])
    expect(at('2050-01-01T00:00:00Z')).toEqual([Tag.generalizedTime, '20500101000000Z'])
  })

  test.each(['-000001-01-01T00:00:00Z', '+010000-01-01T00:00:00Z', 'never'])('there is no time %s', (text) => {
    expect(() => time(new Date(text))).toThrow(RangeError)
    expect(() => generalizedTime(new Date(text))).toThrow(RangeError)
  })
})

describe('object identifiers', () => {
  test.each(['0.0', '1.39', '2.999.3', '2.25.329800735698586629295641978511506172918'])('%s is one', (text) => {
    expect(isOid(text)).toBe(true)
  })

  test.each([
    '',
    '1',
    '1.',
    '.1',
    '1.40',
    '0.40',
    '3.1',
    '1.2.',
    '1..2',
    '1.02',
    '1.2.-3',
    '1.2 ',
    `2.25.${'9'.repeat(40)}`,
  ])('%j is none', (text) => {
    expect(isOid(text)).toBe(false)
    expect(() => oid(text)).toThrow(RangeError)
  })
})

describe('SET OF', () => {
  test('is sorted by encoding, whatever the order given', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 6 }), (contents) => {
        const parts = contents.map(octetString)
        const inner = readWhole(setOf(...parts), Tag.set, 'test').reader()
        let previous: Uint8Array = new Uint8Array(0)
        while (!inner.atEnd) {
          const { encoded } = inner.element('member')
          expect(Buffer.compare(previous, encoded)).toBeLessThanOrEqual(0)
          previous = encoded
        }
        expect(setOf(...parts.toReversed())).toEqual(setOf(...parts))
      }),
      options,
    )
  })

  test('does not touch what it was given', () => {
    const parts = [octetString(hex('02')), octetString(hex('01'))] as const
    setOf(...parts)
    expect(toHex(parts[0])).toBe('040102')
  })
})

describe('byte strings', () => {
  test.each<[string, string, number]>([
    ['', '', 0],
    ['01', '01', 0],
    ['01', '02', -1],
    ['80', '7f', 1],
    ['01', '01 00', -1],
  ])('%j compared with %j', (a, b, sign) => {
    expect(Math.sign(compareBytes(hex(a), hex(b)))).toBe(sign)
    expect(equalBytes(hex(a), hex(b))).toBe(sign === 0)
  })

  test('concatenation', () => {
    expect(toHex(concatBytes([hex('01'), hex(''), hex('02 03')]))).toBe('010203')
    expect(concatBytes([])).toHaveLength(0)
    expect(toHex(element(0x30, hex('01'), hex('02 03')))).toBe('3003010203')
  })

  test('BOOLEAN round trip', () => {
    for (const value of [true, false]) expect(readBoolean(reader(boolean(value)), 'test')).toBe(value)
  })
})
