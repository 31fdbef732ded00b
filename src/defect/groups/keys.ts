/** Keys that nobody should trust, or cannot use (RFC 5280 §4.1.2.7, RFC 5480; CA/B BR §6.1.5, §6.1.6). */

import { bitString, integer, nullValue, oid, sequence } from '../../der/writer.ts'
import { KEY_ALGORITHM } from '../../x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../../x509/public-key.ts'
import { defectsOf, rejected, tolerated, weak, webBreach } from '../defect.ts'
import { type DefectKeyName, withExplicitCurve } from '../keys.ts'
import type { Spoiling } from '../spoiling.ts'

const key = (name: DefectKeyName): Spoiling => ({ touches: ['key'], key: name })

const explicitCurve: Spoiling = {
  touches: ['key'],
  request: (request) => ({ ...request, publicKey: withExplicitCurve(request.publicKey) }),
}

/** An RSA key whose modulus is missing. */
const HALF_A_KEY = parseSubjectPublicKeyInfo(
  sequence(sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue()), bitString(sequence(integer(65537)))),
)

export const KEYS = defectsOf('keys', {
  'rsa-1024': {
    wrong: 'its RSA key has 1024 bits: it should be taken as broken',
    rule: 'CA/B BR §6.1.5, NIST SP 800-131A',
    certificates: { target: key('rsa-1024') },
    expected: weak(['key.too-short'], ['webpki.key-size']),
  },
  'rsa-2047': {
    wrong: 'the modulus of its RSA key has 2047 bits: less than 2048, and no whole number of octets',
    rule: 'CA/B BR §6.1.5',
    certificates: { target: key('rsa-2047') },
    expected: weak(['key.too-short'], ['webpki.key-size', 'webpki.key-size-not-octets']),
  },
  'rsa-exponent-3': {
    wrong: 'the exponent of its RSA key is 3: allowed, not recommended, and the food of forged signatures',
    rule: 'CA/B BR §6.1.6',
    certificates: { target: key('rsa-exponent-3') },
    expected: tolerated([], ['webpki.key-exponent-small']),
  },
  'weak-curve': {
    wrong: 'its EC key is on P-224, which is below what is asked for today',
    rule: 'CA/B BR §6.1.5',
    certificates: { target: key('ec-p224') },
    expected: webBreach(['webpki.key-type']),
  },
  'ed25519-key': {
    wrong: 'it has an Ed25519 key: a good one, which public CAs must not certify and browsers do not take',
    rule: 'CA/B BR §6.1.5',
    certificates: { target: key('ed25519') },
    expected: webBreach(['webpki.key-type']),
  },
  'dsa-key': {
    wrong: 'it has a DSA key of 1024 bits, an algorithm that TLS has given up',
    rule: 'CA/B BR §6.1.5, RFC 8446 §4.2.3',
    certificates: { target: key('dsa-1024') },
    expected: weak(['key.too-short'], ['webpki.key-type']),
  },
  'explicit-curve': {
    wrong: 'its EC key spells out the parameters of its curve instead of naming it',
    rule: 'RFC 5480 §2.1.1',
    certificates: { target: explicitCurve },
    expected: rejected(['key.explicit-curve'], ['webpki.key-type']),
  },
  'authority-explicit-curve': {
    wrong: 'the EC key of the authority above it spells out the parameters of its curve (CVE-2020-0601)',
    rule: 'RFC 5480 §2.1.1',
    certificates: { authority: explicitCurve },
    expected: rejected(['key.explicit-curve', 'signature.unusable-key'], ['webpki.key-type']),
  },
  'malformed-key': {
    wrong: 'its RSA key has an exponent and no modulus',
    rule: 'RFC 5280 §4.1.2.7',
    certificates: { target: { touches: ['key'], request: (request) => ({ ...request, publicKey: HALF_A_KEY }) } },
    expected: rejected(['key.malformed']),
  },
})
