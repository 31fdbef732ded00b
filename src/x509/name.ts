/**
 * Distinguished names (RFC 5280 §4.1.2.4): parsing, comparison (§7.1), writing.
 *
 * Two names are equal if their RDNs are, in order; two RDNs if their attributes are, as sets. Attribute values that
 * are text compare without regard to case, to how much white space stands between words, and to the string type;
 * everything else compares as bytes. That is the profile of §7.1 as deployed software reads it, without the full
 * Unicode tables of RFC 4518.
 */

import { type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import { asciiFromElement, isAsciiString, readOid, stringFromElement } from '../der/values.ts'
import { element, equalBytes, oid, sequence, setOf } from '../der/writer.ts'

export interface Attribute {
  readonly oid: string
  /** Identifier octet of the value. */
  readonly tag: number
  /** The text of the value, undefined where its type is not a string. */
  readonly value: string | undefined
  /** The value's whole encoding. */
  readonly encoded: Uint8Array
}

/** A RelativeDistinguishedName: one attribute, seldom more. */
export type Rdn = readonly Attribute[]

/** A distinguished name: its exact encoding, read once. */
export class Name {
  /** The SEQUENCE as it stands in the certificate. */
  readonly encoded: Uint8Array
  readonly rdns: readonly Rdn[]
  #key: string | undefined

  constructor(encoded: Uint8Array, rdns: readonly Rdn[]) {
    this.encoded = encoded
    this.rdns = rdns
  }

  get isEmpty(): boolean {
    return this.rdns.length === 0
  }

  /** Two names have the same key exactly if they are equal; made once, so it can index a pool of certificates. */
  get key(): string {
    if (this.#key === undefined) {
      let key = ''
      for (const rdn of this.rdns) key += `${rdnKey(rdn)}\x01`
      this.#key = key
    }
    return this.#key
  }

  equals(other: Name): boolean {
    if (equalBytes(this.encoded, other.encoded)) return true
    const { length } = this.rdns
    if (length !== other.rdns.length) return false
    // The last RDN tells most names apart.
    for (let i = length - 1; i >= 0; i--) {
      if (rdnKey(this.rdns[i] as Rdn) !== rdnKey(other.rdns[i] as Rdn)) return false
    }
    return true
  }

  /** Whether this name lies in the subtree below `base`: its first RDNs are those of `base` (§4.2.1.10). */
  isWithin(base: Name): boolean {
    // A key tells its RDNs apart, so that it may be cut. Names of hundreds of RDNs may meet hundreds of bases, and V8
    // compares strings many times faster than it looks for a prefix.
    return this.key.slice(0, base.key.length) === base.key
  }

  /** All attributes of one type, in the order of the encoding. */
  attributes(oidOfType: string): readonly Attribute[] {
    return this.rdns.flat().filter((attribute) => attribute.oid === oidOfType)
  }
}

function rdnKey(rdn: Rdn): string {
  return rdn.length === 1 ? attributeKey(rdn[0] as Attribute) : rdn.map(attributeKey).sort().join('\x02')
}

function attributeKey({ oid: type, value, encoded }: Attribute): string {
  if (value === undefined) return `${type}#${Buffer.from(encoded).toString('hex')}`
  const folded = foldText(value)
  // The length keeps a value that holds separators from reading like several attributes.
  return `${type}=${folded.length}:${folded}`
}

const PLAIN = /^[!-~]+(?: [!-~]+)*$/

/**
 * More combining characters in a row than text has in any language (UAX #15 §13, "Stream-Safe Text Format"), halfwidth
 * voicing marks included, which become such. To normalize takes time quadratic in their number: hours for a hostile CRL.
 */
const NOT_STREAM_SAFE = /[\p{M}\uff9e\uff9f]{31}/u

/** Case folded, outer white space dropped, inner white space to one space. Text that nobody writes stays as it is. */
function foldText(text: string): string {
  // Most names are ASCII without odd spaces, of which normalization would change nothing.
  if (PLAIN.test(text)) return text.toLowerCase()
  if (NOT_STREAM_SAFE.test(text)) return text
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** Reads a Name and refuses anything else. */
export function readName(reader: DerReader, what: string): Name {
  return nameFromElement(reader.expect(Tag.sequence, what), what)
}

/** A Name from the whole of `encoded`. */
export function parseName(encoded: Uint8Array): Name {
  const reader = new DerReader(encoded)
  const name = readName(reader, 'name')
  reader.finish('name')
  return name
}

/** A Name whose RDNSequence is the content of `sequenceElement`. */
export function nameFromElement(sequenceElement: DerElement, what: string): Name {
  const rdns: Rdn[] = []
  const reader = sequenceElement.reader()
  while (!reader.atEnd) {
    const rdnElement = reader.expect(Tag.set, what)
    const rdn = readRdn(rdnElement, what)
    if (rdn.length === 0) throw new DerError(`${what}: empty relative distinguished name`, rdnElement.start)
    rdns.push(rdn)
  }
  return new Name(sequenceElement.encoded, rdns)
}

/** The attributes of one RelativeDistinguishedName whose content octets `element` holds. */
export function readRdn(rdnElement: DerElement, what: string): Rdn {
  const attributes: Attribute[] = []
  const reader = rdnElement.reader()
  while (!reader.atEnd) {
    const pair = reader.sequence(what)
    const type = readOid(pair, what)
    const value = pair.element(what)
    pair.finish(what)
    attributes.push(new ReadAttribute(type, value, what))
  }
  return attributes
}

/** An attribute as it stands in a certificate. Text is checked when it is read, and decoded when it is asked for. */
class ReadAttribute implements Attribute {
  readonly oid: string
  readonly tag: number
  readonly #element: DerElement
  readonly #isAscii: boolean
  #value: string | undefined

  constructor(type: string, value: DerElement, what: string) {
    this.oid = type
    this.tag = value.tag
    this.#element = value
    // What is not plain ASCII is decoded at once, so that malformed text is never met later.
    this.#isAscii = isAsciiString(value)
    if (!this.#isAscii) this.#value = stringFromElement(value, what)
  }

  get value(): string | undefined {
    this.#value ??= this.#isAscii ? asciiFromElement(this.#element, 'name') : undefined
    return this.#value
  }

  get encoded(): Uint8Array {
    return this.#element.encoded
  }
}

/** What an attribute of a name to be written consists of; `encoded` is a whole DER element. */
export interface AttributeToWrite {
  readonly oid: string
  readonly encoded: Uint8Array
}

/** Encodes a Name; multi-valued RDNs are sorted as DER sorts a SET OF. */
export function encodeName(rdns: readonly (readonly AttributeToWrite[])[]): Uint8Array {
  return sequence(...rdns.map((rdn) => setOf(...rdn.map((a) => sequence(oid(a.oid), a.encoded)))))
}

/** Adds an RDN that is relative to the CRL issuer's name (RFC 5280 §4.2.1.13, `nameRelativeToCRLIssuer`). */
export function appendRdn(name: Name, rdnContent: Uint8Array): Name {
  const content = nameContent(name.encoded)
  return parseName(sequence(content, element(Tag.set, rdnContent)))
}

function nameContent(encoded: Uint8Array): Uint8Array {
  return new DerReader(encoded).element('name').content
}
