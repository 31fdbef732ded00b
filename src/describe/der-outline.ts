/** The structure of DER that nobody has a decoder for: tags, and the values of the universal types. */

import { CONSTRUCTED, type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import {
  asciiFromElement,
  bigintFromContent,
  integerContent,
  oidFromElement,
  readBoolean,
  stringFromElement,
} from '../der/values.ts'
import { oidName } from '../x509/oids.ts'

/** One element: its type, its value as text if the type has one, and what lies within. */
export interface DerOutline {
  /** `SEQUENCE`, `INTEGER`, `[0]`, … */
  readonly type: string
  readonly value: string | undefined
  readonly children: readonly DerOutline[]
}

/** Names of the universal types by identifier octet (X.680 §8.4). */
const TYPE_NAME = new Map<number, string>([
  [Tag.boolean, 'BOOLEAN'],
  [Tag.integer, 'INTEGER'],
  [Tag.bitString, 'BIT STRING'],
  [Tag.octetString, 'OCTET STRING'],
  [Tag.null, 'NULL'],
  [Tag.oid, 'OBJECT IDENTIFIER'],
  [Tag.enumerated, 'ENUMERATED'],
  [Tag.utf8String, 'UTF8String'],
  [Tag.numericString, 'NumericString'],
  [Tag.printableString, 'PrintableString'],
  [Tag.teletexString, 'TeletexString'],
  [Tag.ia5String, 'IA5String'],
  [Tag.utcTime, 'UTCTime'],
  [Tag.generalizedTime, 'GeneralizedTime'],
  [Tag.visibleString, 'VisibleString'],
  [Tag.universalString, 'UniversalString'],
  [Tag.bmpString, 'BMPString'],
  [Tag.sequence, 'SEQUENCE'],
  [Tag.set, 'SET'],
])

const TAG_CLASS = ['UNIVERSAL ', 'APPLICATION ', '', 'PRIVATE '] as const

/** The elements that fill `bytes`, or undefined if the bytes are not DER through and through. */
export function outlineDer(bytes: Uint8Array): readonly DerOutline[] | undefined {
  if (bytes.length === 0) return undefined
  try {
    return outlineAll(new DerReader(bytes))
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function outlineAll(reader: DerReader): readonly DerOutline[] {
  const outlines: DerOutline[] = []
  while (!reader.atEnd) outlines.push(outline(reader.element('element')))
  return outlines
}

function outline(element: DerElement): DerOutline {
  const type = typeName(element.tag)
  if ((element.tag & CONSTRUCTED) !== 0) return { type, value: undefined, children: outlineAll(element.reader()) }
  return { type, value: primitiveValue(element), children: [] }
}

function typeName(tag: number): string {
  return TYPE_NAME.get(tag) ?? `[${TAG_CLASS[tag >> 6]}${tag & 0x1f}]`
}

function primitiveValue(element: DerElement): string {
  switch (element.tag) {
    case Tag.null:
      return ''
    case Tag.boolean:
      return booleanFromElement(element) ? 'TRUE' : 'FALSE'
    case Tag.integer:
    case Tag.enumerated:
      return integerText(integerContent(element, 'INTEGER'))
    case Tag.oid: {
      const oid = oidFromElement(element, 'OBJECT IDENTIFIER')
      const name = oidName(oid)
      return name === undefined ? oid : `${oid} ${name}`
    }
    case Tag.utcTime:
    case Tag.generalizedTime:
      return asciiFromElement(element, 'time')
    default:
      return stringFromElement(element, 'string') ?? Buffer.from(element.content).toString('hex')
  }
}

function booleanFromElement(element: DerElement): boolean {
  return readBoolean(new DerReader(element.bytes, element.start, element.end), 'BOOLEAN')
}

/** Small numbers as people count, big ones in hexadecimal as they compare keys. */
function integerText(content: Uint8Array): string {
  return content.length <= 6 ? String(bigintFromContent(content)) : `0x${Buffer.from(content).toString('hex')}`
}
