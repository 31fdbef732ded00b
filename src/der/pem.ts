/** Textual encodings of PKIX structures (RFC 7468): strict about the base64, lenient about what stands between blocks. */

import { DerError, Tag } from './reader.ts'

/** One `-----BEGIN label-----` block. */
export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
  /** RFC 1421 header lines, such as `Proc-Type` and `DEK-Info` of old encrypted keys. */
  readonly headers: Readonly<Record<string, string>>
  /** Offset of the block's first hyphen in the text. */
  readonly offset: number
}

const BOUNDARY = /-----BEGIN ([A-Z0-9 #]{1,64})-----/g

/**
 * Whether the bytes hold at least one PEM block: text before it is allowed, as `openssl x509 -text` writes it. DER is
 * no such text, whatever an extension of a certificate may hold: another certificate in PEM would be read in its place.
 */
export function isPem(bytes: Uint8Array): boolean {
  return !beginsAsDer(bytes) && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('-----BEGIN ')
}

/** A SEQUENCE with room for a PEM block: its length takes octets of its own, which no text has behind its first "0". */
function beginsAsDer(bytes: Uint8Array): boolean {
  return bytes[0] === Tag.sequence && (bytes[1] ?? 0) >= 0x80 && (bytes[1] ?? 0) <= 0x84
}

/**
 * All blocks of a PEM text, in order.
 * @throws DerError if a block has no end or its base64 is broken; the offset counts characters of the text
 */
export function parsePem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  BOUNDARY.lastIndex = 0
  for (let match = BOUNDARY.exec(text); match !== null; match = BOUNDARY.exec(text)) {
    const label = match[1] as string
    const end = `-----END ${label}-----`
    const endAt = text.indexOf(end, BOUNDARY.lastIndex)
    if (endAt === -1) throw new DerError(`PEM block ${blocks.length + 1}: ${label} has no END line`, match.index)
    const body = text.slice(BOUNDARY.lastIndex, endAt)
    blocks.push({ label, offset: match.index, ...parseBody(body, blocks.length + 1, match.index) })
    BOUNDARY.lastIndex = endAt + end.length
  }
  return blocks
}

function parseBody(body: string, number: number, offset: number): Pick<PemBlock, 'bytes' | 'headers'> {
  const headers: Record<string, string> = {}
  let base64 = body
  if (body.includes(':')) {
    const lines = body.split(/\r?\n/)
    const data = lines.findIndex((line, i) => i > 0 && line.trim() === '')
    const head = lines.slice(1, data)
    // A folded header goes on in a line that begins with white space (RFC 1421 §4.6).
    if (data === -1 || head.some((line) => !/:|^\s/.test(line))) {
      throw new DerError(`PEM block ${number}: no empty line between headers and data`, offset)
    }
    for (const line of head) {
      const colon = line.indexOf(':')
      if (colon > 0) headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim()
    }
    base64 = lines.slice(data).join('')
  }
  const packed = base64.replace(/[\s]+/g, '')
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) {
    throw new DerError(`PEM block ${number}: broken base64`, offset)
  }
  const decoded = Buffer.from(packed, 'base64')
  // A copy of its own: small Buffers share one pool, which would keep other people's bytes reachable.
  return { headers, bytes: new Uint8Array(decoded) }
}

/** One block, lines of 64 characters, line feed at each end. */
export function formatPem(label: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  let body = ''
  for (let i = 0; i < base64.length; i += 64) body += `${base64.slice(i, i + 64)}\n`
  return `-----BEGIN ${label}-----\n${body}-----END ${label}-----\n`
}
