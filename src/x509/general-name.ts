/** GeneralName (RFC 5280 §4.2.1.6): reading and writing, no judgement whether a name is a good one. */

import { contextTag, type DerElement, DerError, type DerReader } from '../der/reader.ts'
import { asciiFromElement, oidFromElement, readOid } from '../der/values.ts'
import { context, contextPrimitive, oid, retag, sequence } from '../der/writer.ts'
import { type Name, nameFromElement } from './name.ts'

/** The nine forms, named as in the RFC. */
export type GeneralName =
  | { readonly type: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly value: string }
  /** 4 or 16 octets in a certificate, 8 or 32 (address and mask) in a name constraint. */
  | { readonly type: 'iPAddress'; readonly value: Uint8Array }
  | { readonly type: 'directoryName'; readonly value: Name }
  | { readonly type: 'registeredID'; readonly value: string }
  /** `value` is the whole element inside `[0] EXPLICIT`. */
  | { readonly type: 'otherName'; readonly typeId: string; readonly value: Uint8Array }
  /** Kept as encoded; no software compares them. */
  | { readonly type: 'x400Address' | 'ediPartyName'; readonly value: Uint8Array }

/** Reads one GeneralName. */
export function readGeneralName(reader: DerReader, what: string): GeneralName {
  return generalNameFromElement(reader.element(what), what)
}

/** Reads GeneralNames up to the end of `reader`: at least one (`SIZE (1..MAX)`). */
export function readGeneralNames(reader: DerReader, what: string): readonly GeneralName[] {
  const names: GeneralName[] = []
  if (reader.atEnd) throw new DerError(`${what}: no name in it`, reader.position)
  while (!reader.atEnd) names.push(readGeneralName(reader, what))
  return names
}

export function generalNameFromElement(element: DerElement, what: string): GeneralName {
  switch (element.tag) {
    case contextTag(0, true): {
      const reader = element.reader()
      const typeId = readOid(reader, what)
      const explicit = reader.expect(contextTag(0, true), what)
      reader.finish(what)
      const inner = explicit.reader()
      const value = inner.element(what).encoded
      inner.finish(what)
      return { type: 'otherName', typeId, value }
    }
    case contextTag(1, false):
      return { type: 'rfc822Name', value: asciiFromElement(element, what) }
    case contextTag(2, false):
      return { type: 'dNSName', value: asciiFromElement(element, what) }
    case contextTag(3, true):
      return { type: 'x400Address', value: element.encoded }
    case contextTag(4, true): {
      // Name is a CHOICE, so the tag around it is EXPLICIT.
      const reader = element.reader()
      const name = nameFromElement(reader.expect(0x30, what), what)
      reader.finish(what)
      return { type: 'directoryName', value: name }
    }
    case contextTag(5, true):
      return { type: 'ediPartyName', value: element.encoded }
    case contextTag(6, false):
      return { type: 'uniformResourceIdentifier', value: asciiFromElement(element, what) }
    case contextTag(7, false):
      return { type: 'iPAddress', value: element.content }
    case contextTag(8, false):
      return { type: 'registeredID', value: oidFromElement(element, what) }
    default:
      throw new DerError(`${what}: 0x${element.tag.toString(16)} is no form of GeneralName`, element.start)
  }
}

const encoder = new TextEncoder()

/** Encodes one GeneralName. Text is written as it is, also where it is not a valid name: checking is the caller's. */
export function encodeGeneralName(name: GeneralName): Uint8Array {
  switch (name.type) {
    case 'otherName':
      return context(0, oid(name.typeId), context(0, name.value))
    case 'rfc822Name':
      return contextPrimitive(1, encoder.encode(name.value))
    case 'dNSName':
      return contextPrimitive(2, encoder.encode(name.value))
    case 'directoryName':
      return context(4, name.value.encoded)
    case 'uniformResourceIdentifier':
      return contextPrimitive(6, encoder.encode(name.value))
    case 'iPAddress':
      return contextPrimitive(7, name.value)
    case 'registeredID':
      return retag(contextTag(8, false), oid(name.value))
    case 'x400Address':
    case 'ediPartyName':
      return name.value
  }
}

/** Encodes `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`. */
export function encodeGeneralNames(names: readonly GeneralName[]): Uint8Array {
  return sequence(...names.map(encodeGeneralName))
}
