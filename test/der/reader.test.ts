import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DerError, DerReader, MAX_DEPTH, readWhole, Tag } from '../../src/der/reader.ts'
import { element, octetString, sequence } from '../../src/der/writer.ts'
import { faultOffset, hex, toHex } from './hex.ts'

const read = (bytes: Uint8Array) => new DerReader(bytes).element('test')

describe('lengths', () => {
  test.each([0, 1, 126, 127, 128, 129, 255, 256, 257, 65_535, 65_536, 70_000])('%i octets of content', (length) => {
    const content = new Uint8Array(length).fill(0x5a)
    const found = readWhole(octetString(content), Tag.octetString, 'test')
    expect(found.content.length).toBe(length)
    expect(found.encoded.length).toBe(found.end)
  })

  test.each([
    ['nothing at all', '', 0],
    ['a tag without a length', '04', 0],
    ['indefinite length', '30 80 02 01 05 00 00', 1],
    ['the reserved length octet ff', '04 ff 00', 1],
    ['a length of five octets', '04 85 00 00 00 00 01 00', 1],
    ['a length of five octets that needs them', '04 85 01 00 00 00 00', 1],
    ['a long form for 0', '04 81 00', 1],
    ['a long form for 127', `04 81 7f ${'00'.repeat(127)}`, 1],
    ['two octets for 128', `04 82 00 80 ${'00'.repeat(128)}`, 1],
    ['two octets for 255', `04 82 00 ff ${'00'.repeat(255)}`, 1],
    ['three octets for 256', `04 83 00 01 00 ${'00'.repeat(256)}`, 1],
    ['four octets for 65535', `04 84 00 00 ff ff ${'00'.repeat(65_535)}`, 1],
    ['a length cut off before its first octet', '04 81', 1],
    ['a length cut off inside', '04 82 01', 1],
    ['one octet too few', '04 03 01 02', 0],
    ['no content', '04 01', 0],
    ['four gigabytes announced', '04 84 ff ff ff ff 00', 0],
    ['two gigabytes announced: no sign bit', '04 84 80 00 00 00', 0],
  ])('%s is refused', (_name, bytes, offset) => {
    expect(faultOffset(() => read(hex(bytes)))).toBe(offset)
  })

  test('the smallest lengths of each form are accepted', () => {
    expect(read(octetString(new Uint8Array(0x80))).contentStart).toBe(3)
    expect(read(octetString(new Uint8Array(0x100))).contentStart).toBe(4)
    expect(read(octetString(new Uint8Array(0x10000))).contentStart).toBe(5)
  })
})

describe('tags', () => {
  test.each(['1f 1f 00', '3f 81 00 00', '9f 20 00', 'bf 20 00', 'ff 20 00'])(
    '%s has a tag of several octets',
    (bytes) => {
      expect(faultOffset(() => read(hex(bytes)))).toBe(0)
    },
  )

  test('tag number 30 is the last that fits one octet', () => {
    expect(read(hex('1e 00')).tag).toBe(0x1e)
    expect(read(hex('be 00')).tag).toBe(0xbe)
  })

  test('expect takes its tag and refuses another, constructed bit included', () => {
    expect(new DerReader(hex('30 00')).expect(Tag.sequence, 'test').tag).toBe(Tag.sequence)
    expect(faultOffset(() => new DerReader(hex('10 00')).expect(Tag.sequence, 'test'))).toBe(0)
    expect(faultOffset(() => new DerReader(hex('24 00')).expect(Tag.octetString, 'test'))).toBe(0)
  })

  test('optional leaves another tag where it is', () => {
    const reader = new DerReader(hex('02 01 05'))
    expect(reader.optional(Tag.boolean, 'test')).toBeUndefined()
    expect(reader.position).toBe(0)
    expect(reader.optional(Tag.integer, 'test')?.content).toEqual(hex('05'))
    expect(reader.optional(Tag.integer, 'test')).toBeUndefined()
  })
})

describe('boundaries', () => {
  test('trailing octets behind the whole', () => {
    expect(faultOffset(() => readWhole(hex('05 00 00'), Tag.null, 'test'))).toBe(2)
    expect(readWhole(hex('05 00'), Tag.null, 'test').end).toBe(2)
  })

  test('trailing octets inside a sequence', () => {
    const reader = new DerReader(hex('30 05 02 01 05 05 00')).sequence('test')
    reader.element('first')
    expect(faultOffset(() => reader.finish('test'))).toBe(5)
    reader.element('second')
    expect(() => reader.finish('test')).not.toThrow()
  })

  test('a child may not reach beyond its parent, though the octets are there', () => {
    const parent = new DerReader(hex('30 03 02 02 01 02')).sequence('test')
    expect(faultOffset(() => parent.element('child'))).toBe(2)
  })

  test('a length may not be taken from beyond the parent', () => {
    const parent = new DerReader(hex('30 01 02 01 05')).sequence('test')
    expect(faultOffset(() => parent.element('child'))).toBe(2)
  })

  test('a missing element is reported where it should stand', () => {
    const reader = new DerReader(hex('30 03 02 01 05')).sequence('test')
    reader.element('first')
    expect(reader.atEnd).toBe(true)
    expect(reader.peek()).toBe(-1)
    expect(faultOffset(() => reader.expect(Tag.integer, 'second'))).toBe(5)
  })

  test('offsets count from the start of the input, also in a window of a larger buffer', () => {
    const reader = new DerReader(hex('ff ff 30 03 02 01 05 ff'), 2, 7)
    const integer = reader.sequence('test').element('child')
    expect([integer.start, integer.contentStart, integer.end]).toEqual([4, 6, 7])
    reader.finish('test')
  })
})

describe('depth', () => {
  const nested = (levels: number) => {
    let bytes: Uint8Array = new Uint8Array(0)
    for (let i = 0; i < levels; i++) bytes = sequence(bytes)
    return bytes
  }
  const descend = (bytes: Uint8Array) => {
    let levels = 0
    for (let reader = new DerReader(bytes); !reader.atEnd; levels++) reader = reader.sequence('test')
    return levels
  }

  test(`${MAX_DEPTH} levels are read, one more is refused`, () => {
    expect(descend(nested(MAX_DEPTH))).toBe(MAX_DEPTH)
    expect(() => descend(nested(MAX_DEPTH + 1))).toThrow(DerError)
  })

  test('an input that is nothing but nesting ends at the limit', () => {
    expect(() => descend(nested(20_000))).toThrow(DerError)
  })
})

describe('whatever the bytes are', () => {
  // Reads the whole tree, so that every rule of the reader is met at every depth.
  const walk = (reader: DerReader): Uint8Array[] => {
    const parts: Uint8Array[] = []
    while (!reader.atEnd) {
      const found = reader.element('test')
      const constructed = (found.tag & 0x20) !== 0
      parts.push(constructed ? element(found.tag, ...walk(found.reader())) : element(found.tag, found.content))
    }
    return parts
  }

  test('the reader accepts what the writer writes, and only that', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        let parts: Uint8Array[]
        try {
          parts = walk(new DerReader(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(DerError)
          return
        }
        expect(parts.map(toHex).join('')).toBe(toHex(bytes))
      }),
      { seed: 1, numRuns: 3000 },
    )
  })

  test('a tree that was written is read back, and no prefix of it is', () => {
    const { tree } = fc.letrec<{ tree: Uint8Array }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.uint8Array({ maxLength: 300 }).map(octetString),
        fc.array(tie('tree'), { maxLength: 4 }).map((parts) => sequence(...parts)),
      ),
    }))
    fc.assert(
      fc.property(tree, (bytes) => {
        expect(walk(new DerReader(bytes))).toEqual([bytes])
        for (let length = 1; length < bytes.length; length++) {
          expect(() => walk(new DerReader(bytes.subarray(0, length)))).toThrow(DerError)
        }
      }),
      { seed: 2, numRuns: 100 },
    )
  })
})
