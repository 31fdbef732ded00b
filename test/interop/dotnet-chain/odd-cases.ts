/** What hardly anybody issues: BER, curves written out, proxies, chains without end. */

import { generateKeyPairSync } from 'node:crypto'
import { integer, nullValue, oid, sequence } from '../../../src/der/writer.ts'
import { createSigner, generateKey } from '../../../src/keys/keys.ts'
import { encodeAuthorityKeyIdentifier } from '../../../src/x509/extension-encoding.ts'
import { parseGeneralNameText } from '../../../src/x509/general-name-text.ts'
import type { Fields } from '../../path/build-certificate.ts'
import { type ChainCase, chainCase } from './chain-case.ts'
import { everywhere } from './trust-cases.ts'

const PROXY = sequence(sequence(oid('1.3.6.1.5.5.7.21.1')))
const BER_EMPTY = Uint8Array.of(0x30, 0x80, 0, 0)

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
