/** Turns DER into the BER that other programs write, for tests: indefinite lengths, octets in segments. */

import { DerReader, Tag } from '../../src/der/reader.ts'
import { concatBytes, element } from '../../src/der/writer.ts'

/** Every constructed element with an indefinite length, every OCTET STRING in segments of `segment` octets. */
export function toBer(der: Uint8Array, segment = 100): Uint8Array {
  const { tag, content } = new DerReader(der).element('DER')
  if (tag === Tag.octetString) return indefinite(0x24, segments(content, segment))
  if ((tag & 0x20) === 0) return der
  const children: Uint8Array[] = []
  for (const reader = new DerReader(content); !reader.atEnd; )
    children.push(toBer(reader.element('DER').encoded, segment))
  return indefinite(tag, children)
}

export function indefinite(tag: number, children: readonly Uint8Array[]): Uint8Array {
  return concatBytes([Uint8Array.of(tag, 0x80), ...children, Uint8Array.of(0, 0)])
}

function segments(content: Uint8Array, length: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < content.length; at += length) {
    parts.push(element(Tag.octetString, content.subarray(at, at + length)))
  }
  return parts
}
