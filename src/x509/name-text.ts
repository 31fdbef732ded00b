/**
 * Distinguished names as text: RFC 4514, and the `/O=b/CN=a` that OpenSSL users type.
 *
 * RFC 4514 writes the RDNs backwards: the last of the encoding comes first, so `CN=a,O=b` puts O=b first. The slashed
 * form runs in the order of the encoding. Text without an equals sign is a common name, taken literally.
 */

import { DerError, DerReader } from '../der/reader.ts'
import { ia5String, isOid, isPrintable, printableString, utf8String } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { isAscii } from './dns-name-text.ts'
import { type Attribute, type AttributeToWrite, encodeName, type Name } from './name.ts'
import { ATTRIBUTE } from './oids.ts'

interface AttributeSyntax {
  /** The first is the one written; all are read, whatever their case. */
  readonly names: readonly string[]
  readonly type: 'DirectoryString' | 'PrintableString' | 'IA5String'
  /** Most characters the value may have. */
  readonly upperBound?: number
  /** ISO 3166 code: exactly two letters. */
  readonly country?: true
}

/**
 * Names: RFC 4514 §3, the LDAP registry, OpenSSL's short names, and the abbreviations of .NET and Java.
 * Types and upper bounds: RFC 5280 Appendix A.1, X.520 where RFC 5280 has no bound; jurisdictions: CA/Browser Forum EV
 * guidelines §7.1.4.2.
 */
const SYNTAX: Readonly<Record<string, AttributeSyntax>> = {
  [ATTRIBUTE.commonName]: { names: ['CN', 'commonName'], type: 'DirectoryString', upperBound: 64 },
  [ATTRIBUTE.surname]: { names: ['SN', 'surname'], type: 'DirectoryString', upperBound: 32768 },
  [ATTRIBUTE.serialNumber]: { names: ['serialNumber'], type: 'PrintableString', upperBound: 64 },
  [ATTRIBUTE.countryName]: { names: ['C', 'countryName'], type: 'PrintableString', country: true },
  [ATTRIBUTE.localityName]: { names: ['L', 'localityName'], type: 'DirectoryString', upperBound: 128 },
  [ATTRIBUTE.stateOrProvinceName]: {
    names: ['ST', 'S', 'stateOrProvinceName'],
    type: 'DirectoryString',
    upperBound: 128,
  },
  [ATTRIBUTE.streetAddress]: { names: ['street', 'streetAddress'], type: 'DirectoryString', upperBound: 128 },
  [ATTRIBUTE.organizationName]: { names: ['O', 'organizationName'], type: 'DirectoryString', upperBound: 64 },
  [ATTRIBUTE.organizationalUnitName]: {
    names: ['OU', 'organizationalUnitName'],
    type: 'DirectoryString',
    upperBound: 64,
  },
  [ATTRIBUTE.title]: { names: ['title', 'T'], type: 'DirectoryString', upperBound: 64 },
  [ATTRIBUTE.description]: { names: ['description'], type: 'DirectoryString', upperBound: 1024 },
  [ATTRIBUTE.businessCategory]: { names: ['businessCategory'], type: 'DirectoryString', upperBound: 128 },
  [ATTRIBUTE.postalCode]: { names: ['postalCode'], type: 'DirectoryString', upperBound: 40 },
  [ATTRIBUTE.name]: { names: ['name'], type: 'DirectoryString', upperBound: 32768 },
  [ATTRIBUTE.givenName]: { names: ['GN', 'givenName', 'G'], type: 'DirectoryString', upperBound: 32768 },
  [ATTRIBUTE.initials]: { names: ['initials', 'I'], type: 'DirectoryString', upperBound: 32768 },
  [ATTRIBUTE.generationQualifier]: {
    names: ['generationQualifier', 'generation'],
    type: 'DirectoryString',
    upperBound: 32768,
  },
  [ATTRIBUTE.dnQualifier]: { names: ['dnQualifier', 'DNQ'], type: 'PrintableString' },
  [ATTRIBUTE.pseudonym]: { names: ['pseudonym'], type: 'DirectoryString', upperBound: 128 },
  [ATTRIBUTE.organizationIdentifier]: { names: ['organizationIdentifier'], type: 'DirectoryString' },
  [ATTRIBUTE.emailAddress]: { names: ['emailAddress', 'E', 'email'], type: 'IA5String', upperBound: 255 },
  [ATTRIBUTE.unstructuredName]: { names: ['unstructuredName'], type: 'DirectoryString', upperBound: 255 },
  [ATTRIBUTE.userId]: { names: ['UID', 'userId'], type: 'DirectoryString', upperBound: 256 },
  [ATTRIBUTE.domainComponent]: { names: ['DC', 'domainComponent'], type: 'IA5String' },
  [ATTRIBUTE.jurisdictionLocality]: {
    names: ['jurisdictionL', 'jurisdictionLocality', 'jurisdictionLocalityName'],
    type: 'DirectoryString',
    upperBound: 128,
  },
  [ATTRIBUTE.jurisdictionStateOrProvince]: {
    names: ['jurisdictionST', 'jurisdictionStateOrProvince', 'jurisdictionStateOrProvinceName'],
    type: 'DirectoryString',
    upperBound: 128,
  },
  [ATTRIBUTE.jurisdictionCountry]: {
    names: ['jurisdictionC', 'jurisdictionCountry', 'jurisdictionCountryName'],
    type: 'PrintableString',
    country: true,
  },
}

const OID_BY_NAME = new Map(
  Object.entries(SYNTAX).flatMap(([oid, { names }]) => names.map((name) => [name.toLowerCase(), oid] as const)),
)

/**
 * The encoded Name that a text means; `''` is the empty name. Values are UTF8String, except where the attribute asks
 * for PrintableString or IA5String. `#0c0161` gives a value's encoding, which is then taken as it is.
 * @throws PkiError `usage.subject` naming the text and, in `context.position`, the character (from 1) it stumbled over
 */
export function parseNameText(text: string): Uint8Array {
  const cursor = new Cursor(text)
  if (text.trim() === '') return encodeName([])
  if (!text.includes('=')) return encodeName([[encodeAttribute(ATTRIBUTE.commonName, 'CN', text.trim(), cursor, 0)]])
  if (cursor.take('/')) return encodeName(readRdns(cursor, '/', readSlashedValue))
  return encodeName(readRdns(cursor, ',', readValue).reverse())
}

/** Where in the text the reading stands. */
class Cursor {
  readonly text: string
  position = 0

  constructor(text: string) {
    this.text = text
  }

  get atEnd(): boolean {
    return this.position >= this.text.length
  }

  /** The next character; `''` at the end. */
  get next(): string {
    return this.text.charAt(this.position)
  }

  take(expected: string): boolean {
    if (this.next !== expected) return false
    this.position++
    return true
  }

  /** What `pattern`, which must be sticky, matches here; `''` where it does not match. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.position += found.length
    return found
  }

  fail(problem: string, at = this.position, hint?: string): never {
    throw new PkiError('usage.subject', `distinguished name "${this.text}": ${problem}, at character ${at + 1}`, {
      context: { text: this.text, position: at + 1 },
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

const SPACES = / */y
const ATTRIBUTE_TYPE = /[A-Za-z0-9][A-Za-z0-9.-]*/y

/** A value as text, or its whole encoding. */
type ReadValue = (cursor: Cursor) => string | Uint8Array

function readRdns(cursor: Cursor, separator: ',' | '/', readOne: ReadValue): AttributeToWrite[][] {
  const rdns: AttributeToWrite[][] = []
  do {
    const rdn: AttributeToWrite[] = []
    do rdn.push(readAttribute(cursor, readOne))
    while (cursor.take('+'))
    rdns.push(rdn)
  } while (cursor.take(separator))
  if (!cursor.atEnd) {
    cursor.fail(`${cursor.next} stands unescaped in a value`, cursor.position, `write it as \\${cursor.next}`)
  }
  return rdns
}

function readAttribute(cursor: Cursor, readOne: ReadValue): AttributeToWrite {
  cursor.match(SPACES)
  const typeAt = cursor.position
  const type = cursor.match(ATTRIBUTE_TYPE)
  cursor.match(SPACES)
  if (type === '' || !cursor.take('=')) {
    cursor.fail('expected an attribute such as CN=…', typeAt, 'a separator that belongs to a value is escaped with \\')
  }
  const oid = attributeOid(type)
  if (oid === undefined) {
    cursor.fail(`unknown attribute ${type}`, typeAt, 'an attribute without a name here is given by its dotted OID')
  }
  const valueAt = cursor.position
  const value = readOne(cursor)
  return typeof value === 'string'
    ? encodeAttribute(oid, type, value, cursor, valueAt)
    : { oid, encoded: requireElement(value, cursor, valueAt) }
}

function attributeOid(type: string): string | undefined {
  // `OID.2.5.4.97` is how RFC 1779 and .NET write it.
  const dotted = type.replace(/^oid\./i, '')
  return isOid(dotted) ? dotted : OID_BY_NAME.get(type.toLowerCase())
}

/** Characters that stand for themselves inside a value: all but `" + , ; < > \` and NUL (RFC 4514 §3). */
const PLAIN = /[^"+,;<>\\\0]+/y

function readValue(cursor: Cursor): string | Uint8Array {
  cursor.match(SPACES)
  if (cursor.take('#')) return readHexValue(cursor)
  if (cursor.take('"')) return readQuotedValue(cursor)
  let value = ''
  // Behind this length only unescaped spaces have followed, which do not belong to the value.
  let significant = 0
  for (;;) {
    const plain = cursor.match(PLAIN)
    const kept = plain.replace(/ +$/, '').length
    if (kept > 0) significant = value.length + kept
    value += plain
    if (cursor.next !== '\\') return value.slice(0, significant)
    value += readEscape(cursor)
    significant = value.length
  }
}

const HEX_PAIRS = /(?:[0-9A-Fa-f]{2})+/y
const ESCAPED_OCTETS = /(?:\\[0-9A-Fa-f]{2})+/y
const ESCAPED_CHARACTER = /\\[ "#+,;<=>\\]/y
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readEscape(cursor: Cursor): string {
  const at = cursor.position
  const octets = cursor.match(ESCAPED_OCTETS)
  if (octets !== '') {
    try {
      return utf8.decode(Buffer.from(octets.replaceAll('\\', ''), 'hex'))
    } catch {
      return cursor.fail(`${octets} is not UTF-8`, at)
    }
  }
  const character = cursor.match(ESCAPED_CHARACTER)
  if (character === '') {
    cursor.fail('a backslash that escapes nothing', at, 'a backslash itself is written \\\\ and any octet \\hh')
  }
  return character.slice(1)
}

function readHexValue(cursor: Cursor): Uint8Array {
  const at = cursor.position - 1
  const digits = cursor.match(HEX_PAIRS)
  cursor.match(SPACES)
  if (digits === '' || !(cursor.atEnd || cursor.next === ',' || cursor.next === '+')) {
    cursor.fail('# begins an encoding in hexadecimal digits', at, 'a value that starts with # is written \\#')
  }
  return new Uint8Array(Buffer.from(digits, 'hex'))
}

const QUOTED_PLAIN = /[^"\\]+/y

/** `"a, b"`: RFC 1779's quoting, which RFC 4514 dropped and .NET and Java still write. */
function readQuotedValue(cursor: Cursor): string {
  const at = cursor.position - 1
  let value = ''
  while (!cursor.take('"')) {
    if (cursor.atEnd) cursor.fail('a quotation mark that is never closed', at)
    value += cursor.match(QUOTED_PLAIN)
    if (cursor.next === '\\') value += readEscape(cursor)
  }
  cursor.match(SPACES)
  return value
}

/** OpenSSL's `-subj`: a backslash takes the next character literally, spaces count, and nothing else is special. */
function readSlashedValue(cursor: Cursor): string {
  return cursor.match(/(?:[^/+\\]|\\.)*/sy).replace(/\\(.)/gs, '$1')
}

function requireElement(encoded: Uint8Array, cursor: Cursor, at: number): Uint8Array {
  try {
    const reader = new DerReader(encoded)
    reader.element('value')
    reader.finish('value')
    return encoded
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause
    return cursor.fail(`the value after # is not DER (${cause.message})`, at)
  }
}

function encodeAttribute(oid: string, type: string, value: string, cursor: Cursor, at: number): AttributeToWrite {
  const syntax = SYNTAX[oid]
  const length = [...value].length
  if (length === 0) cursor.fail(`${type} has no value`, at, 'leave the attribute out')
  if (syntax?.country && !/^[A-Za-z]{2}$/.test(value)) {
    cursor.fail(`${type}=${value} is not a country code`, at, 'a country is two letters, such as DE or US')
  }
  if (syntax?.upperBound !== undefined && length > syntax.upperBound) {
    const bound = `${type} has ${length} characters, ${syntax.upperBound} are allowed`
    cursor.fail(bound, at, 'upper bound of RFC 5280 Appendix A or X.520; a value given as #hex is not checked')
  }
  switch (syntax?.type) {
    case 'PrintableString':
      if (!isPrintable(value)) cursor.fail(`${type} takes only letters, digits, space and '()+,-./:=?`, at)
      return { oid, encoded: printableString(value) }
    case 'IA5String':
      if (!isAscii(value)) cursor.fail(`${type} takes only ASCII`, at)
      return { oid, encoded: ia5String(value) }
    default:
      if (/\p{Cs}/u.test(value)) cursor.fail(`${type} holds half a surrogate pair`, at)
      return { oid, encoded: utf8String(value) }
  }
}

/**
 * The RFC 4514 text of a name: last RDN first, `''` for the empty name. It is one line, safe to print: besides what the
 * RFC wants, control and invisible formatting characters are escaped. `parseNameText` reads it back to an equal name.
 */
export function formatName(name: Name): string {
  return [...name.rdns]
    .reverse()
    .map((rdn) => rdn.map(formatAttribute).join('+'))
    .join(',')
}

function formatAttribute({ oid, value, encoded }: Attribute): string {
  const type = SYNTAX[oid]?.names[0]
  // §2.4: a dotted type goes with a hexadecimal value, as does a value that is no text.
  if (type === undefined || value === undefined) return `${type ?? oid}=#${Buffer.from(encoded).toString('hex')}`
  return `${type}=${escapeValue(value)}`
}

function escapeValue(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|["+,;<>\\]|^[ #]| $/gu, (character) =>
    /[ "#+,;<>\\]/.test(character)
      ? `\\${character}`
      : [...Buffer.from(character)].map((octet) => `\\${octet.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  )
}
