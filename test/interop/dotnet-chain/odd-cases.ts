/** What hardly anybody issues: BER, curves written out, proxies, chains without end. */

import { generateKeyPairSync } from 'node:crypto'
import { bitString, contextPrimitive, integer, nullValue, oid, sequence } from '../../../src/der/writer.ts'
import { createSigner, generateKey } from '../../../src/keys/keys.ts'
import { encodeAuthorityKeyIdentifier } from '../../../src/x509/extension-encoding.ts'
import { parseGeneralNameText } from '../../../src/x509/general-name-text.ts'
import { KEY_PURPOSE } from '../../../src/x509/oids.ts'
import type { Fields } from '../../path/build-certificate.ts'
import { type ChainCase, chainCase } from './chain-case.ts'
import { everywhere } from './trust-cases.ts'

const PROXY = sequence(sequence(oid('1.3.6.1.5.5.7.21.1')))
const BER_EMPTY = Uint8Array.of(0x30, 0x80, 0, 0)
const CLIENT_AUTH = oid(KEY_PURPOSE.clientAuth)
const CLIENTS_IN_BER = indefinite(CLIENT_AUTH)
const PERMITTED = [...sequence(contextPrimitive(2, Buffer.from('test')))]
const PERMITTED_IN_BER = indefinite(Uint8Array.of(0xa0, 0x80, ...PERMITTED, 0, 0))
const PATH_LENGTH_IN_BER = sequence(Uint8Array.of(1, 1, 0x7f), Uint8Array.of(2, 0x81, 1, 0))
const SAN = contextPrimitive(2, Buffer.from('a.test'))

/** A SEQUENCE of indefinite length. */
function indefinite(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.of(0x30, 0x80, ...parts.flatMap((part) => [...part]), 0, 0)
}

/** Octets of the value, one more than needed for its length, or otherwise not DER. Whether OpenSSL takes them differs. */
const IN_BER: Readonly<Record<string, Fields['extensions']>> = {
  'subjectAltName of indefinite length': { subjectAltName: indefinite(SAN) },
  'subjectAltName of a long length': { subjectAltName: Uint8Array.of(0x30, 0x82, 0, SAN.length, ...SAN) },
  'subjectAltName without its end': { subjectAltName: Uint8Array.of(0x30, 0x80, ...SAN) },
  'subjectAltName that is too long': { subjectAltName: Uint8Array.of(0x30, 0x7f, ...SAN) },
  'subjectAltName with octets behind': { subjectAltName: Uint8Array.of(...sequence(SAN), 0) },
  'subjectAltName of no form': { subjectAltName: sequence(contextPrimitive(9, Buffer.from('a'))) },
  'key identifier of indefinite length': { subjectKeyIdentifier: Uint8Array.of(0x24, 0x80, 4, 1, 1, 0, 0) },
  'key identifier with octets behind': { subjectKeyIdentifier: Uint8Array.of(4, 1, 1, 0) },
  'key usage of nine zero bits': { keyUsage: Uint8Array.of(3, 3, 7, 0x86, 0) },
  'key usage with too many unused bits': { keyUsage: Uint8Array.of(3, 2, 8, 0x86) },
  'key usage in two pieces': { keyUsage: Uint8Array.of(0x23, 7, 3, 1, 1, 3, 2, 0, 0x86) },
  'key usage in pieces': { keyUsage: Uint8Array.of(0x23, 4, 3, 2, 1, 0x86) },
  'key usage of a long length': { keyUsage: Uint8Array.of(3, 0x81, 2, 1, 0x86) },
  'cA FALSE written out in BER': { basicConstraints: sequence(Uint8Array.of(1, 0x81, 1, 0)) },
  'cA of two octets': { basicConstraints: sequence(Uint8Array.of(1, 2, 0xff, 0xff)) },
  'path length with a zero octet': { basicConstraints: sequence(Uint8Array.of(1, 1, 0xff), Uint8Array.of(2, 2, 0, 1)) },
  'path length in BER': { basicConstraints: PATH_LENGTH_IN_BER },
  'purpose of indefinite length': { extKeyUsage: CLIENTS_IN_BER },
  'purpose with octets inside': { extKeyUsage: sequence(CLIENT_AUTH, integer(1)) },
  'constraints of indefinite length': { nameConstraints: PERMITTED_IN_BER },
  'distribution point without a place': { cRLDistributionPoints: sequence(sequence()) },
  'distribution point of indefinite length': { cRLDistributionPoints: indefinite(indefinite()) },
  'distribution point with reasons alone': {
    cRLDistributionPoints: sequence(sequence(contextPrimitive(1, Uint8Array.of(1, 6)))),
  },
  'key identifier of the issuer with a serial number alone': {
    authorityKeyIdentifier: sequence(contextPrimitive(2, Uint8Array.of(1))),
  },
  'key identifier of the issuer with octets behind': {
    authorityKeyIdentifier: Uint8Array.of(...sequence(), 5, 0),
  },
  'tag of many octets': { subjectAltName: sequence(Uint8Array.of(0x9f, 0x22, 0)) },
}

const spki = (algorithm: Uint8Array, key: Uint8Array) => sequence(algorithm, bitString(key))
const P256 = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'))
const LEAF_KEYS: Readonly<Record<string, Uint8Array>> = {
  'a key of nobody knows what': spki(sequence(oid('2.999.1')), Uint8Array.of(1)),
  'a curve of nobody knows what': spki(sequence(oid('1.2.840.10045.2.1'), oid('2.999.1')), Uint8Array.of(4, 1, 1)),
  'no curve': spki(sequence(oid('1.2.840.10045.2.1')), new Uint8Array(65).fill(4)),
  'a point that is not on the curve': spki(P256, new Uint8Array(65).fill(4)),
  'a point that is too short': spki(P256, Uint8Array.of(4, 1, 2)),
  'an RSA key without exponent': spki(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), sequence(integer(65537))),
  'an RSA key that is no key': spki(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), Uint8Array.of(1, 2)),
  'an RSA key of zero': spki(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), sequence(integer(0), integer(3))),
  'a short Ed25519 key': spki(sequence(oid('1.3.101.112')), new Uint8Array(31)),
  'an Ed25519 key with parameters': spki(sequence(oid('1.3.101.112'), nullValue()), new Uint8Array(32).fill(1)),
  'an X25519 key': spki(sequence(oid('1.3.101.110')), new Uint8Array(32).fill(9)),
  'a DSA key without parameters': spki(sequence(oid('1.2.840.10040.4.1')), integer(5)),
  'an ML-DSA key': spki(sequence(oid('2.16.840.1.101.3.4.3.17')), new Uint8Array(1312)),
}

export function oddCases(): readonly ChainCase[] {
  const key = createSigner(generateKey('ec-p256'))
  const many = (count: number): readonly Fields[] => Array.from({ length: count }, () => ({ key }))
  return [
    chainCase('odd: extKeyUsage in BER', { leaf: { extensions: { extKeyUsage: BER_EMPTY } } }),
    chainCase('odd: cRLDistributionPoints in BER', { leaf: { extensions: { cRLDistributionPoints: BER_EMPTY } } }),
    chainCase('odd: keyUsage with bits behind its end', {
      intermediates: [{ extensions: { keyUsage: Uint8Array.of(3, 2, 1, 0x87) } }],
    }),
    chainCase('odd: cA TRUE as 01', {
      intermediates: [{ extensions: { basicConstraints: sequence(Uint8Array.of(1, 1, 1)) } }],
    }),
    ...['root', 'intermediates', 'leaf'].flatMap((where) =>
      Object.entries(IN_BER).map(([name, extensions]) =>
        chainCase(`odd: ${name}, ${where}`, { [where]: where === 'intermediates' ? [{ extensions }] : { extensions } }),
      ),
    ),
    chainCase('odd: a name in pieces', {
      leaf: { extensions: { subjectAltName: sequence(Uint8Array.of(0xa2, 3, 0x16, 1, 0x61)) } },
    }),
    chainCase('odd: a name that is not ASCII', {
      leaf: { extensions: { subjectAltName: sequence(contextPrimitive(2, Buffer.from('bücher.test'))) } },
    }),
    ...['permitted', 'excluded'].flatMap((how) =>
      ['test', 'other'].map((domain) =>
        chainCase(`odd: a name that is not ASCII, and ${domain} ${how}`, {
          intermediates: [{ [how]: [`dns:${domain}`] }],
          leaf: { extensions: { subjectAltName: sequence(contextPrimitive(2, Buffer.from('bücher.test'))) } },
        }),
      ),
    ),
    chainCase('odd: extKeyUsage in BER, asked for', {
      leaf: { extensions: { extKeyUsage: CLIENTS_IN_BER } },
      policy: { applicationPolicy: [KEY_PURPOSE.clientAuth] },
    }),
    chainCase('odd: constraints in BER, and a name outside', {
      intermediates: [{ extensions: { nameConstraints: PERMITTED_IN_BER } }],
      leaf: { names: ['dns:b.other'] },
    }),
    chainCase('odd: path length in BER, exceeded', {
      intermediates: [{ extensions: { basicConstraints: PATH_LENGTH_IN_BER } }, {}],
    }),
    chainCase('odd: key usage in BER without keyCertSign', {
      intermediates: [{ extensions: { keyUsage: Uint8Array.of(3, 0x81, 2, 1, 0x81) } }],
    }),
    ...Object.entries(LEAF_KEYS).map(([name, subjectPublicKeyInfo]) =>
      chainCase(`odd: leaf with ${name}`, { leaf: { unchecked: { parts: { subjectPublicKeyInfo } } } }),
    ),
    ...Object.entries(LEAF_KEYS).map(([name, subjectPublicKeyInfo]) =>
      chainCase(`odd: intermediate with ${name}`, {
        intermediates: [{ unchecked: { parts: { subjectPublicKeyInfo } } }],
      }),
    ),
    chainCase('odd: octets behind extKeyUsage', {
      leaf: { extensions: { extKeyUsage: Uint8Array.of(...sequence(oid('1.3.6.1.5.5.7.3.2')), 5, 0) } },
    }),
    chainCase('odd: authority key identifier with an issuer and no serial number', {
      leaf: {
        extensions: {
          authorityKeyIdentifier: encodeAuthorityKeyIdentifier({
            keyIdentifier: undefined,
            authorityCertIssuer: [parseGeneralNameText('dirname:CN=root')],
            authorityCertSerialNumber: undefined,
          }),
        },
      },
    }),
    ...everywhere('odd: negative path length', {
      extensions: { basicConstraints: sequence(Uint8Array.of(1, 1, 0xff), integer(-1)) },
    }),
    ...everywhere('odd: proxy certificate', {
      extensions: { proxyCertInfo: PROXY },
      critical: { proxyCertInfo: true },
    }),
    chainCase('odd: proxy certificate without names', {
      leaf: { extensions: { proxyCertInfo: PROXY }, without: ['subjectAltName'] },
    }),
    ...everywhere('odd: malformed proxy certificate', { extensions: { proxyCertInfo: nullValue() } }),
    ...everywhere('odd: curve written out', { unchecked: { parts: { subjectPublicKeyInfo: explicitCurve() } } }),
    chainCase('odd: as long as may be', { intermediates: many(100) }),
    chainCase('odd: one longer', { intermediates: many(101) }),
    chainCase('odd: much longer', { intermediates: many(105) }),
  ]
}

function explicitCurve(): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
}
