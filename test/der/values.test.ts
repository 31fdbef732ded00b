import { describe, expect, test } from 'vitest'
import { DerReader, readWhole, Tag } from '../../src/der/reader.ts'
import {
  bigintFromContent,
  bitStringFromElement,
  integerContent,
  namedBits,
  oidFromElement,
  readBitString,
  readBoolean,
  readBooleanDefaultFalse,
  readCount,
  readInteger,
  readOctetAlignedBits,
  readOid,
  readTime,
  stringFromElement,
} from '../../src/der/values.ts'
import { element } from '../../src/der/writer.ts'
import { faultOffset, hex } from './hex.ts'

const reader = (bytes: string) => new DerReader(hex(bytes))
const whole = (tag: number, bytes: string) => readWhole(hex(bytes), tag, 'test')

describe('BOOLEAN', () => {
  test.each([
    ['01 01 ff', true],
    ['01 01 00', false],
  ])('%s', (bytes, value) => {
    expect(readBoolean(reader(bytes), 'test')).toBe(value)
  })

  test.each(['01 01 01', '01 01 80', '01 01 fe', '01 00', '01 02 ff ff', '01 02 00 ff'])('%s is refused', (bytes) => {
    expect(faultOffset(() => readBoolean(reader(bytes), 'test'))).toBe(0)
  })

  test('DEFAULT FALSE: absent is false, TRUE is true, an encoded FALSE is refused', () => {
    expect(readBooleanDefaultFalse(reader('02 01 05'), 'test')).toBe(false)
    expect(readBooleanDefaultFalse(reader(''), 'test')).toBe(false)
    expect(readBooleanDefaultFalse(reader('01 01 ff'), 'test')).toBe(true)
    expect(faultOffset(() => readBooleanDefaultFalse(reader('01 01 00'), 'test'))).toBe(0)
  })
})

describe('INTEGER', () => {
  test.each<[string, bigint]>([
    ['02 01 00', 0n],
    ['02 01 7f', 127n],
    ['02 02 00 80', 128n],
    ['02 01 80', -128n],
    ['02 01 ff', -1n],
    ['02 02 ff 7f', -129n],
    ['02 09 00 ff ff ff ff ff ff ff ff', 2n ** 64n - 1n],
    ['02 08 80 00 00 00 00 00 00 00', -(2n ** 63n)],
  ])('%s', (bytes, value) => {
    expect(readInteger(reader(bytes), 'test')).toBe(value)
  })

  test.each(['02 00', '02 02 00 00', '02 02 00 7f', '02 02 ff 80', '02 02 ff ff', '02 03 00 00 80'])(
    '%s is refused',
    (bytes) => {
      expect(faultOffset(() => readInteger(reader(bytes), 'test'))).toBe(0)
    },
  )

  test('a thousand octets are read whole', () => {
    const content = hex(`7f ${'ff'.repeat(999)}`)
    expect(bigintFromContent(content)).toBe(2n ** 7999n - 1n)
  })

  test.each<[string, number]>([
    ['02 01 00', 0],
    ['02 01 7f', 127],
    ['02 02 00 80', 128],
    ['02 06 7f ff ff ff ff ff', 2 ** 47 - 1],
    ['02 07 01 00 00 00 00 00 00', Number.MAX_SAFE_INTEGER],
    ['02 14 7f ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
  ])('as a count: %s', (bytes, value) => {
    expect(readCount(whole(Tag.integer, bytes), 'test')).toBe(value)
  })

  test.each(['02 01 ff', '02 01 80', '02 00', '02 02 00 01'])('as a count: %s is refused', (bytes) => {
    expect(faultOffset(() => readCount(whole(Tag.integer, bytes), 'test'))).toBe(0)
  })

  test('the content is a window on the input', () => {
    const bytes = hex('02 02 00 80')
    expect(integerContent(readWhole(bytes, Tag.integer, 'test'), 'test').buffer).toBe(bytes.buffer)
  })
})

describe('OBJECT IDENTIFIER', () => {
  test.each([
    ['06 01 00', '0.0'],
    ['06 01 27', '0.39'],
    ['06 01 28', '1.0'],
    ['06 01 4f', '1.39'],
    ['06 01 50', '2.0'],
    ['06 02 88 37', '2.999'],
    ['06 03 55 1d 13', '2.5.29.19'],
    ['06 09 2a 86 48 86 f7 0d 01 01 0b', '1.2.840.113549.1.1.11'],
    ['06 02 55 00', '2.5.0'],
    ['06 06 2a 8f ff ff ff 7f', '1.2.4294967295'],
    ['06 09 2a ff ff ff ff ff ff ff 7f', '1.2.72057594037927935'],
    [
      '06 14 69 83 f0 9d a7 eb cf de e0 c7 a1 a7 b2 c0 94 8c c8 f9 d7 76',
      '2.25.329800735698586629295641978511506172918',
    ],
  ])('%s is %s', (bytes, text) => {
    expect(readOid(reader(bytes), 'test')).toBe(text)
  })

  test.each([
    ['without content', '06 00', 0],
    ['cut off in its only arc', '06 01 80', 0],
    ['cut off in its last arc', '06 03 55 1d 93', 0],
    ['an arc that begins with 80', '06 03 55 80 01', 3],
    ['a first arc that begins with 80', '06 02 80 01', 2],
    ['an arc that begins with 80 behind a large one', '06 0b 2a ff ff ff ff ff ff ff 7f 80 01', 11],
    ['an arc of 20 octets', `06 15 2a ff ${'ff'.repeat(18)} 7f`, 22],
  ])('%s is refused', (_name, bytes, offset) => {
    expect(faultOffset(() => oidFromElement(whole(Tag.oid, bytes), 'test'))).toBe(offset)
  })
})

describe('BIT STRING', () => {
  test.each<[string, string, number]>([
    ['03 01 00', '', 0],
    ['03 02 00 ff', 'ff', 0],
    ['03 02 07 80', '80', 7],
    ['03 03 01 ff fe', 'fffe', 1],
  ])('%s', (bytes, content, unusedBits) => {
    expect(readBitString(reader(bytes), 'test')).toEqual({ bytes: hex(content), unusedBits })
  })

  test.each([
    ['no count of unused bits', '03 00', 0],
    ['unused bits of nothing', '03 01 01', 0],
    ['eight unused bits', '03 02 08 00', 0],
    ['a wild count', '03 02 ff 00', 0],
    ['the lowest padding bit set', '03 02 01 ff', 3],
    ['the highest padding bit set', '03 02 07 c0', 3],
    ['a padding bit set in the last of several', '03 03 04 f0 08', 4],
  ])('%s is refused', (_name, bytes, offset) => {
    expect(faultOffset(() => bitStringFromElement(whole(Tag.bitString, bytes), 'test'))).toBe(offset)
  })

  test('the constructed form is refused', () => {
    expect(faultOffset(() => readBitString(reader('23 04 03 02 00 ff'), 'test'))).toBe(0)
  })

  test('keys and signatures need whole octets', () => {
    expect(readOctetAlignedBits(reader('03 02 00 80'), 'test')).toEqual(hex('80'))
    expect(faultOffset(() => readOctetAlignedBits(reader('03 02 07 80'), 'test'))).toBe(0)
  })

  test.each<[string, number[]]>([
    ['03 01 00', []],
    ['03 02 07 80', [0]],
    ['03 02 01 06', [5, 6]],
    ['03 03 07 00 80', [8]],
    ['03 03 07 80 80', [0, 8]],
    ['03 02 00 01', [7]],
  ])('named bits %s', (bytes, bits) => {
    expect(namedBits(whole(Tag.bitString, bytes), 'test')).toEqual(bits)
  })

  test.each(['03 02 00 80', '03 02 00 00', '03 02 07 00', '03 03 00 80 00', '03 03 06 00 80'])(
    'named bits %s: trailing zero bits are refused',
    (bytes) => {
      expect(faultOffset(() => namedBits(whole(Tag.bitString, bytes), 'test'))).toBe(0)
    },
  )
})

describe('time', () => {
  const time = (tag: number, text: string) => {
    const bytes = element(tag, new TextEncoder().encode(text))
    return () => readTime(new DerReader(bytes), 'test')
  }
  const { utcTime, generalizedTime } = Tag

  test.each<[number, string, string]>([
    [utcTime, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [utcTime, '991231235959Z', '1999-12-31T23:59:59.000Z'],
    [utcTime, '000101000000Z', '2000-01-01T00:00:00.000Z'],
    [utcTime, '000229120000Z', '2000-02-29T12:00:00.000Z'],
    [utcTime, '240229120000Z', '2024-02-29T12:00:00.000Z'],
    [generalizedTime, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [generalizedTime, '19491231235959Z', '1949-12-31T23:59:59.000Z'],
    [generalizedTime, '20491231235959Z', '2049-12-31T23:59:59.000Z'],
    [generalizedTime, '00010101000000Z', '0001-01-01T00:00:00.000Z'],
    [generalizedTime, '00990101000000Z', '0099-01-01T00:00:00.000Z'],
    [generalizedTime, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
    [generalizedTime, '24000229000000Z', '2400-02-29T00:00:00.000Z'],
  ])('%i %s', (tag, text, iso) => {
    expect(time(tag, text)().toISOString()).toBe(iso)
  })

  test.each<[string, number, string]>([
    ['no seconds', utcTime, '2401010000Z'],
    ['no Z', utcTime, '240101000000'],
    ['a small z', utcTime, '240101000000z'],
    ['an offset', utcTime, '240101000000+0100'],
    ['an offset of the same length as the right form', utcTime, '2401010000+00'],
    ['an offset of zero', generalizedTime, '20240101000000+0000'],
    ['a fraction', generalizedTime, '20240101000000.5Z'],
    ['a fraction of zero', generalizedTime, '20240101000000.0Z'],
    ['a fraction in place of seconds', generalizedTime, '202401010000.5Z'],
    ['local time', generalizedTime, '20240101000000'],
    ['four digits of year in a UTCTime', utcTime, '20240101000000Z'],
    ['two digits of year in a GeneralizedTime', generalizedTime, '240101000000Z'],
    ['a space for a digit', utcTime, '240101 00000Z'],
    ['a sign for a digit', utcTime, '24+101000000Z'],
    ['a letter', utcTime, '24010100000xZ'],
    ['month 0', utcTime, '240001000000Z'],
    ['month 13', utcTime, '241301000000Z'],
    ['day 0', utcTime, '240100000000Z'],
    ['day 32', utcTime, '240132000000Z'],
    ['31 April', utcTime, '240431000000Z'],
    ['29 February in a common year', utcTime, '230229000000Z'],
    ['29 February 2100', generalizedTime, '21000229000000Z'],
    ['29 February 1900', generalizedTime, '19000229000000Z'],
    ['30 February', utcTime, '240230000000Z'],
    ['hour 24', utcTime, '240101240000Z'],
    ['minute 60', utcTime, '240101006000Z'],
    ['a leap second', utcTime, '161231235960Z'],
    ['nothing', utcTime, ''],
    ['text behind', utcTime, '240101000000ZZ'],
  ])('%s is refused', (_name, tag, text) => {
    expect(faultOffset(time(tag, text))).toBe(0)
  })

  test('a string is no time', () => {
    expect(faultOffset(time(Tag.utf8String, '240101000000Z'))).toBe(0)
  })
})

describe('strings', () => {
  test.each<[string, string, string]>([
    ['UTF8String', '0c 03 e2 82 ac', '€'],
    ['UTF8String of four octets', '0c 04 f0 9f 94 91', '🔑'],
    ['UTF8String keeps a byte order mark', '0c 03 ef bb bf', '\ufeff'],
    ['PrintableString', '13 02 61 62', 'ab'],
    ['IA5String', '16 01 40', '@'],
    ['VisibleString', '1a 01 7e', '~'],
    ['NumericString', '12 02 31 20', '1 '],
    ['TeletexString as Latin-1', '14 01 e4', 'ä'],
    ['BMPString', '1e 04 00 41 20 ac', 'A€'],
    ['BMPString with a surrogate pair', '1e 04 d8 3d dd 11', '🔑'],
    ['UniversalString', '1c 08 00 00 00 41 00 01 f5 11', 'A🔑'],
    ['an empty one', '0c 00', ''],
  ])('%s', (_name, bytes, text) => {
    expect(stringFromElement(reader(bytes).element('test'), 'test')).toBe(text)
  })

  test.each<[string, string, number]>([
    ['UTF-8 cut off', '0c 02 e2 82', 0],
    ['UTF-8 overlong', '0c 02 c0 80', 0],
    ['UTF-8 surrogate', '0c 03 ed a0 80', 0],
    ['UTF-8 beyond Unicode', '0c 04 f4 90 80 80', 0],
    ['Latin-1 in a PrintableString', '13 02 61 e4', 3],
    ['Latin-1 in an IA5String', '16 01 80', 2],
    ['BMPString of odd length', '1e 03 00 41 00', 0],
    ['BMPString with half a pair', '1e 02 d8 3d', 0],
    ['UniversalString of odd length', '1c 03 00 00 00', 0],
    ['UniversalString beyond Unicode', '1c 04 00 11 00 00', 0],
  ])('%s is refused', (_name, bytes, offset) => {
    expect(faultOffset(() => stringFromElement(reader(bytes).element('test'), 'test'))).toBe(offset)
  })

  test('what is no string has no text', () => {
    expect(stringFromElement(reader('04 01 41').element('test'), 'test')).toBeUndefined()
  })
})
