/**
 * The entries of a CRL: checked when the CRL is parsed, decoded when asked for.
 *
 * A CRL may list hundreds of thousands of certificates, and whoever reads it mostly asks about one. So parsing walks
 * over the entries once, checks their structure, and keeps nothing but where each begins: four octets an entry. The
 * same walk notes what concerns the whole list: where the certificate issuer changes (indirect CRLs, §5.3.3) and the
 * first critical extension nobody here understands (§5.3).
 */

import { type DerElement, DerReader, Tag } from '../der/reader.ts'
import { bigintFromContent, integerContent, readTime } from '../der/values.ts'
import { compareBytes, oid as encodeOid, octetString, sequence } from '../der/writer.ts'
import { CRL_REASONS, type CrlReason, decodeCrlEntryExtensions, isKnownCrlEntryExtension } from './crl-extension.ts'
import { type Extension, readExtensions } from './extension.ts'
import type { MalformedExtension } from './extension-decoder.ts'
import type { GeneralName } from './general-name.ts'
import type { Name } from './name.ts'
import { EXTENSION } from './oids.ts'

/** One revoked certificate. */
export interface CrlEntry {
  readonly serialNumber: bigint
  readonly revocationDate: Date
  readonly reasonCode: CrlReason | undefined
  readonly invalidityDate: Date | undefined
  /** Whose certificate it is: from this entry or the nearest one before it; undefined means the issuer of the CRL. */
  readonly certificateIssuer: readonly GeneralName[] | undefined
  readonly extensions: readonly Extension[]
}

/** So many questions are answered by walking over the list; whoever asks more often gets a sorted index. */
const LINEAR_LOOKUPS = 4

/** The extensions of an entry with a reason and nothing else, up to the reason: one critical-less extension. */
const PLAIN_REASON = sequence(
  sequence(encodeOid(EXTENSION.reasonCode), octetString(Uint8Array.of(Tag.enumerated, 1, 0))),
).subarray(0, -1)

/** The list of a CRL, in its order. Iterating decodes one entry at a time. */
export class CrlEntries implements Iterable<CrlEntry> {
  /** The first critical entry extension that is unknown here: such a CRL must not be used (§5.3). */
  readonly unknownCriticalExtension: string | undefined
  /** The first entry extension whose value does not decode. */
  readonly malformedExtension: MalformedExtension | undefined
  readonly #bytes: Uint8Array
  /** Offset of each entry's SEQUENCE. */
  readonly #starts: Uint32Array
  /** Indexes of the entries that carry certificateIssuer, ascending. */
  readonly #issuerChanges: readonly number[]
  /** The names read last, and the entry they stand in: the entries behind it have them too. */
  #lastIssuer: { readonly named: number; readonly names: readonly GeneralName[] } | undefined
  #bySerial: Uint32Array | undefined
  #lookups = 0

  /**
   * @param list revokedCertificates, undefined if the CRL has none
   * @throws DerError for an entry that is not one
   */
  constructor(list: DerElement | undefined) {
    const scan = scanEntries(list)
    this.#bytes = list?.bytes ?? new Uint8Array(0)
    this.#starts = scan.starts
    this.#issuerChanges = scan.issuerChanges
    this.unknownCriticalExtension = scan.unknownCriticalExtension
    this.malformedExtension = scan.malformedExtension
  }

  get count(): number {
    return this.#starts.length
  }

  /** Whether any entry names a certificate issuer, as only indirect CRLs do. */
  get namesCertificateIssuers(): boolean {
    return this.#issuerChanges.length > 0
  }

  *[Symbol.iterator](): Iterator<CrlEntry> {
    for (let i = 0; i < this.#starts.length; i++) yield this.#entry(i)
  }

  /**
   * The entry for a certificate (§5.3.3): same serial number, and its effective certificate issuer is `issuer`.
   * Of several the last one counts, as it was added last.
   * @param serialOctets content of the serial number INTEGER
   * @param issuer of the certificate
   * @param crlIssuer issuer of the CRL: the certificate issuer of entries that name none
   */
  find(serialOctets: Uint8Array, issuer: Name, crlIssuer: Name): CrlEntry | undefined {
    // Thousands of entries may share thousands of names, which are compared once.
    let compared: CrlEntry['certificateIssuer'] | 'none' = 'none'
    for (const index of this.#withSerial(serialOctets).toReversed()) {
      const { certificateIssuer } = this.#decodeIssuer(index)
      if (certificateIssuer === compared) continue
      compared = certificateIssuer
      const matches =
        certificateIssuer === undefined ? issuer.equals(crlIssuer) : namesIssuer(certificateIssuer, issuer)
      if (matches) return this.#entry(index)
    }
    return undefined
  }

  /** Indexes of the entries with this serial number, ascending. */
  #withSerial(serialOctets: Uint8Array): readonly number[] {
    this.#lookups++
    return this.#lookups <= LINEAR_LOOKUPS ? this.#scanFor(serialOctets) : this.#searchFor(serialOctets)
  }

  #scanFor(serialOctets: Uint8Array): readonly number[] {
    const found: number[] = []
    for (let i = 0; i < this.#starts.length; i++) {
      if (this.#compareSerial(i, serialOctets) === 0) found.push(i)
    }
    return found
  }

  #searchFor(serialOctets: Uint8Array): readonly number[] {
    this.#bySerial ??= this.#sortBySerial()
    const sorted = this.#bySerial
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compareSerial(sorted[middle] as number, serialOctets) < 0) low = middle + 1
      else high = middle
    }
    const found: number[] = []
    while (low < sorted.length && this.#compareSerial(sorted[low] as number, serialOctets) === 0) {
      found.push(sorted[low++] as number)
    }
    return found
  }

  #sortBySerial(): Uint32Array {
    const order = new Uint32Array(this.#starts.length).map((_, i) => i)
    return order.sort((a, b) => this.#compareSerial(a, this.#serialOctets(b)) || a - b)
  }

  #compareSerial(index: number, serialOctets: Uint8Array): number {
    return compareBytes(this.#serialOctets(index), serialOctets)
  }

  #serialOctets(index: number): Uint8Array {
    // Parsing has checked these headers: stepping over them by hand keeps a walk over
    // 100,000 entries at a few milliseconds.
    const integer = contentStart(this.#bytes, this.#starts[index] as number)
    const start = contentStart(this.#bytes, integer)
    return this.#bytes.subarray(start, start + contentLength(this.#bytes, integer))
  }

  #entry(index: number): CrlEntry {
    const entry = new DerReader(this.#bytes, this.#starts[index]).sequence('entry')
    const serialNumber = bigintFromContent(entry.element('userCertificate').content)
    const revocationDate = readTime(entry, 'revocationDate')
    const extensions = entry.atEnd ? [] : readExtensions(entry, 'crlEntryExtensions')
    const { reasonCode, invalidityDate } = decodeCrlEntryExtensions(extensions).decoded
    return { serialNumber, revocationDate, reasonCode, invalidityDate, ...this.#decodeIssuer(index), extensions }
  }

  /** §5.3.3: an entry without certificateIssuer has that of the entry before it. */
  #decodeIssuer(index: number): Pick<CrlEntry, 'certificateIssuer'> {
    const named = lastAtOrBefore(this.#issuerChanges, index)
    if (named === undefined) return { certificateIssuer: undefined }
    if (this.#lastIssuer?.named !== named) this.#lastIssuer = { named, names: this.#decodeIssuerAt(named) }
    return { certificateIssuer: this.#lastIssuer.names }
  }

  #decodeIssuerAt(named: number): readonly GeneralName[] {
    const entry = new DerReader(this.#bytes, this.#starts[named]).sequence('entry')
    entry.element('userCertificate')
    entry.element('revocationDate')
    const { decoded } = decodeCrlEntryExtensions(readExtensions(entry, 'crlEntryExtensions'))
    // A value that does not decode names nobody, which is not the same as the issuer of the CRL.
    return decoded.certificateIssuer ?? []
  }
}

interface EntryScan {
  readonly starts: Uint32Array
  readonly issuerChanges: readonly number[]
  readonly unknownCriticalExtension: string | undefined
  readonly malformedExtension: MalformedExtension | undefined
}

function scanEntries(list: DerElement | undefined): EntryScan {
  const starts: number[] = []
  const issuerChanges: number[] = []
  let unknownCriticalExtension: string | undefined
  let malformedExtension: MalformedExtension | undefined

  const entries = list?.reader()
  while (entries !== undefined && !entries.atEnd) {
    const start = entries.position
    const entry = entries.sequence('entry')
    integerContent(entry.expect(Tag.integer, 'userCertificate'), 'userCertificate')
    readTime(entry, 'revocationDate')
    if (!entry.atEnd && !isPlainReason(entry)) {
      const extensions = readExtensions(entry, 'crlEntryExtensions')
      entry.finish('entry')
      if (extensions.some(({ oid }) => oid === EXTENSION.certificateIssuer)) issuerChanges.push(starts.length)
      unknownCriticalExtension ??= extensions.find((e) => e.critical && !isKnownCrlEntryExtension(e.oid))?.oid
      malformedExtension ??= decodeCrlEntryExtensions(extensions).malformed[0]
    }
    starts.push(start)
  }
  return { starts: Uint32Array.from(starts), issuerChanges, unknownCriticalExtension, malformedExtension }
}

/**
 * Steps over extensions that are a reason code and nothing else, which is what nearly all entries have, without
 * making an object: `30 0c 30 0a 06 03 55 1d 15 04 03 0a 01 nn`. False leaves the reader where it was.
 */
function isPlainReason(entry: DerReader): boolean {
  const { bytes, position, end } = entry
  if (end - position !== PLAIN_REASON.length + 1) return false
  for (let i = 0; i < PLAIN_REASON.length; i++) if (bytes[position + i] !== PLAIN_REASON[i]) return false
  return CRL_REASONS[bytes[end - 1] as number] !== undefined
}

/** Offset of the content of the element at `start`, whose header was checked before. */
function contentStart(bytes: Uint8Array, start: number): number {
  const length = bytes[start + 1] as number
  return start + 2 + (length >= 0x80 ? length & 0x7f : 0)
}

function contentLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start + 1] as number
  if (first < 0x80) return first
  let length = 0
  for (let i = start + 2; i < contentStart(bytes, start); i++) length = length * 256 + (bytes[i] as number)
  return length
}

function namesIssuer(names: readonly GeneralName[], issuer: Name): boolean {
  return names.some((name) => name.type === 'directoryName' && name.value.equals(issuer))
}

/** The greatest of the ascending `numbers` that is not above `limit`. */
function lastAtOrBefore(numbers: readonly number[], limit: number): number | undefined {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return numbers[low - 1]
}
