/** What the messages of a TLS handshake say (RFC 8446 §4; TLS 1.2: RFC 5246 §7.4), as far as it is worth telling. */

import { DerError } from '../der/reader.ts'
import { parseName } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import { cipherSuiteName, groupName, isGrease, signatureSchemeName, versionName } from './tls-names.ts'
import { TlsReader } from './tls-reader.ts'

export type Fact = string | number | boolean | readonly string[]

export interface HandshakeMessage {
  /** As the RFC calls it: `ClientHello`, `CertificateVerify`. */
  readonly name: string
  readonly facts: Readonly<Record<string, Fact>>
  /** DER, the sender's own first; for Certificate alone. */
  readonly certificates?: readonly Uint8Array[]
}

/** What reading the further messages depends on. */
export interface Negotiated {
  readonly version: number
  readonly cipherSuite: number
}

export const TLS13 = 0x0304

/** Numbers of the handshake messages. */
export const MESSAGE = {
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
} as const

const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  supportedVersions: 43,
  certificateAuthorities: 47,
  keyShare: 51,
} as const

const NAMES: Readonly<Record<number, string>> = {
  4: 'NewSessionTicket',
  14: 'ServerHelloDone',
  16: 'ClientKeyExchange',
  20: 'Finished',
  22: 'CertificateStatus',
  24: 'KeyUpdate',
}

/**
 * Reads the body of one message.
 * @param negotiated undefined before ServerHello
 * @throws TlsFormatError
 */
export function readHandshakeMessage(
  type: number,
  body: Uint8Array,
  negotiated: Negotiated | undefined,
): HandshakeMessage {
  const reader = new TlsReader(body)
  const is13 = negotiated?.version === TLS13
  switch (type) {
    case MESSAGE.clientHello:
      return clientHello(reader)
    case MESSAGE.serverHello:
      return serverHello(reader)
    case MESSAGE.encryptedExtensions:
      return { name: 'EncryptedExtensions', facts: applicationProtocol(readExtensions(reader)) }
    case MESSAGE.certificateRequest:
      return is13 ? certificateRequest13(reader) : certificateRequest12(reader)
    case MESSAGE.certificate:
      return is13 ? certificate13(reader) : certificate12(reader)
    case MESSAGE.certificateVerify:
      return { name: 'CertificateVerify', facts: { signatureScheme: signatureSchemeName(reader.number(2)) } }
    case MESSAGE.serverKeyExchange:
      return serverKeyExchange(reader)
    default:
      return { name: NAMES[type] ?? `handshake message ${type}`, facts: {} }
  }
}

function clientHello(reader: TlsReader): HandshakeMessage {
  const legacyVersion = reader.number(2)
  reader.take(32)
  reader.vector(1)
  const cipherSuites = reader.nested(2).numbers(2)
  reader.vector(1)
  const extensions = readExtensions(reader)
  const versions = numbersIn(extensions.get(EXTENSION.supportedVersions), 1) ?? [legacyVersion]
  const groups = numbersIn(extensions.get(EXTENSION.supportedGroups), 2)
  const name = extensions.get(EXTENSION.serverName)
  return {
    name: 'ClientHello',
    facts: {
      versions: versions.filter((value) => !isGrease(value)).map(versionName),
      cipherSuites: cipherSuites.length,
      ...(groups && { groups: groups.filter((value) => !isGrease(value)).map(groupName) }),
      ...(name && { serverName: readServerName(name) }),
      asksForOcsp: extensions.has(EXTENSION.statusRequest),
    },
  }
}

function readServerName(value: Uint8Array): string {
  const entry = new TlsReader(value).nested(2)
  entry.number(1)
  return Buffer.from(entry.vector(2)).toString('latin1')
}

/** The random of a ServerHello that is a HelloRetryRequest (RFC 8446 §4.1.3). */
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'

/** What a ServerHello settles. @throws TlsFormatError */
export function negotiatedBy(body: Uint8Array): Negotiated & { readonly isRetry: boolean } {
  const reader = new TlsReader(body)
  const legacyVersion = reader.number(2)
  const random = Buffer.from(reader.take(32)).toString('hex')
  reader.vector(1)
  const cipherSuite = reader.number(2)
  reader.number(1)
  const version = readExtensions(reader).get(EXTENSION.supportedVersions)
  return {
    version: version === undefined ? legacyVersion : new TlsReader(version).number(2),
    cipherSuite,
    isRetry: random === RETRY,
  }
}

function serverHello(reader: TlsReader): HandshakeMessage {
  reader.number(2)
  const random = Buffer.from(reader.take(32)).toString('hex')
  reader.vector(1)
  const cipherSuite = cipherSuiteName(reader.number(2))
  reader.number(1)
  const extensions = readExtensions(reader)
  const version = extensions.get(EXTENSION.supportedVersions)
  const share = extensions.get(EXTENSION.keyShare)
  return {
    name: random === RETRY ? 'HelloRetryRequest' : 'ServerHello',
    facts: {
      version: version === undefined ? 'TLSv1.2' : versionName(new TlsReader(version).number(2)),
      cipherSuite,
      ...(share && { group: groupName(new TlsReader(share).number(2)) }),
      ...(extensions.has(EXTENSION.preSharedKey) && { resumed: true }),
    },
  }
}

function applicationProtocol(extensions: ReadonlyMap<number, Uint8Array>): HandshakeMessage['facts'] {
  const value = extensions.get(EXTENSION.alpn)
  if (value === undefined) return {}
  return { applicationProtocol: Buffer.from(new TlsReader(value).nested(2).vector(1)).toString('latin1') }
}

function certificateRequest13(reader: TlsReader): HandshakeMessage {
  reader.vector(1)
  const extensions = readExtensions(reader)
  const names = extensions.get(EXTENSION.certificateAuthorities)
  const schemes = numbersIn(extensions.get(EXTENSION.signatureAlgorithms), 2) ?? []
  return certificateRequest(schemes, names === undefined ? [] : readNames(new TlsReader(names)))
}

function certificateRequest12(reader: TlsReader): HandshakeMessage {
  reader.vector(1)
  return certificateRequest(reader.nested(2).numbers(2), readNames(reader))
}

function certificateRequest(schemes: readonly number[], authorities: readonly string[]): HandshakeMessage {
  return { name: 'CertificateRequest', facts: { authorities, signatureSchemes: schemes.map(signatureSchemeName) } }
}

function readNames(reader: TlsReader): readonly string[] {
  return reader.nested(2).all((list) => nameText(list.vector(2)))
}

function nameText(encoded: Uint8Array): string {
  try {
    return formatName(parseName(encoded))
  } catch (error) {
    if (error instanceof DerError) return '(malformed name)'
    throw error
  }
}

function certificate13(reader: TlsReader): HandshakeMessage {
  reader.vector(1)
  let isStapled = false
  const certificates = reader.nested(3).all((list) => {
    const certificate = list.vector(3)
    if (readExtensions(list).has(EXTENSION.statusRequest)) isStapled = true
    return certificate
  })
  return certificateMessage(certificates, isStapled ? { stapled: true } : {})
}

function certificate12(reader: TlsReader): HandshakeMessage {
  return certificateMessage(
    reader.nested(3).all((list) => list.vector(3)),
    {},
  )
}

function certificateMessage(certificates: readonly Uint8Array[], facts: HandshakeMessage['facts']): HandshakeMessage {
  return { name: 'Certificate', facts: { certificates: certificates.length, ...facts }, certificates }
}

/** Of TLS 1.2: the ephemeral key, signed (RFC 8422 §5.4). */
function serverKeyExchange(reader: TlsReader): HandshakeMessage {
  const NAMED_CURVE = 3
  const facts = reader.number(1) === NAMED_CURVE ? { group: groupName(reader.number(2)) } : {}
  return { name: 'ServerKeyExchange', facts }
}

function readExtensions(reader: TlsReader): ReadonlyMap<number, Uint8Array> {
  if (reader.atEnd) return new Map() // TLS 1.2 may leave them out
  return new Map(reader.nested(2).all((list) => [list.number(2), list.vector(2)] as const))
}

/** A vector of numbers of two octets whose length takes `lengthOctets`. */
function numbersIn(value: Uint8Array | undefined, lengthOctets: 1 | 2): readonly number[] | undefined {
  return value && new TlsReader(value).nested(lengthOctets).numbers(2)
}
