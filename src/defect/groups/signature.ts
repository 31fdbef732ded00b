/** Signatures and how they say they were made (RFC 5280 §4.1.1.2, §4.1.1.3, §6.1.3 (a)(1)). */

import { bitString, nullValue, oid, sequence } from '../../der/writer.ts'
import { SIGNATURE_ALGORITHM } from '../../x509/oids.ts'
import { defectsOf, rejected, weak } from '../defect.ts'
import { afterSigning, field, withFlippedBit } from '../mechanisms.ts'
import { type Spoiling, together } from '../spoiling.ts'
import { encodeTbsFields, readTbsFields } from '../tbs-fields.ts'

/** The last bit of the signature: still the encoding of one, and nobody's. */
const flippedBit = afterSigning(({ signature }) => ({ signature: withFlippedBit(signature, -1) }), ['signature'])

const byStranger: Spoiling = {
  touches: ['signature'],
  request: (request, { strangerKey, createSigner }) => {
    const stranger = createSigner(strangerKey())
    return { ...request, signer: { ...request.signer, sign: stranger.sign } }
  },
}

const changed = afterSigning(
  ({ tbs }) => {
    const fields = readTbsFields(tbs)
    return { tbs: encodeTbsFields({ ...fields, serialNumber: withFlippedBit(fields.serialNumber, -1) }) }
  },
  ['signature'],
)

/** Another AlgorithmIdentifier in both places; the signature is made as before. */
function says(algorithm: Uint8Array): Spoiling {
  return together(
    field('signature', () => algorithm, ['signature']),
    afterSigning(() => ({ algorithm }), ['signature']),
  )
}

/** In the arc for examples (X.660): it will never mean anything. */
const UNKNOWN_ALGORITHM = '2.999.2'

export const SIGNATURE = defectsOf('signature', {
  'flipped-signature-bit': {
    wrong: 'one bit of its signature was turned',
    rule: 'RFC 5280 §6.1.3 (a)(1)',
    certificates: { target: flippedBit },
    expected: rejected(['signature.invalid']),
  },
  'changed-after-signing': {
    wrong: 'it was changed after it was signed: its serial number is another',
    rule: 'RFC 5280 §6.1.3 (a)(1)',
    certificates: { target: changed },
    expected: rejected(['signature.invalid']),
  },
  'signed-by-wrong-key': {
    wrong: 'it names its issuer, and was signed with a key that is not the issuer’s',
    rule: 'RFC 5280 §6.1.3 (a)(1)',
    certificates: { target: byStranger },
    expected: rejected(['signature.invalid']),
  },
  'authority-signed-by-wrong-key': {
    wrong: 'the authority above it names the root, and was signed with another key',
    rule: 'RFC 5280 §6.1.3 (a)(1)',
    certificates: { authority: byStranger },
    expected: rejected(['signature.invalid']),
  },
  'empty-signature': {
    wrong: 'its signature is a BIT STRING of no octets',
    rule: 'RFC 5280 §4.1.1.3',
    certificates: { target: afterSigning(() => ({ signature: bitString(new Uint8Array()) }), ['signature']) },
    expected: rejected(['signature.invalid']),
  },
  'signature-algorithm-mismatch': {
    wrong: 'its two statements of the signature algorithm differ: inside ECDSA with SHA-384, outside as it is signed',
    rule: 'RFC 5280 §4.1.1.2',
    certificates: {
      target: field('signature', () => sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA384'])), ['signature']),
    },
    expected: rejected(['signature.algorithm-mismatch']),
  },
  'unknown-signature-algorithm': {
    wrong: 'its signature algorithm is one that nobody knows',
    rule: 'RFC 5280 §4.1.1.2',
    certificates: { target: says(sequence(oid(UNKNOWN_ALGORITHM))) },
    expected: rejected(['signature.unknown-algorithm']),
  },
  'signature-algorithm-parameters': {
    wrong: 'its signature algorithm is ECDSA with a NULL as parameters, which must be absent',
    rule: 'RFC 5758 §3.2',
    certificates: { target: says(sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA256']), nullValue())) },
    expected: rejected(['signature.wrong-parameters']),
  },
  'signature-of-another-key-type': {
    wrong: 'it says that it is signed with RSA; the key of its issuer is an EC key',
    rule: 'RFC 5280 §6.1.3 (a)(1)',
    certificates: { target: says(sequence(oid(SIGNATURE_ALGORITHM.sha256WithRSAEncryption), nullValue())) },
    expected: rejected(['signature.key-mismatch']),
  },
  'sha1-signature': {
    wrong: 'it is signed with SHA-1, for which collisions can be made',
    rule: 'CA/B BR §7.1.3.2',
    certificates: { target: { touches: ['signature'], scheme: { digest: 'sha1' } } },
    expected: weak(['signature.weak-digest'], ['webpki.signature-algorithm']),
  },
  'md5-signature': {
    wrong: 'it is signed with MD5: in 2008 a false CA certificate was made from a collision',
    rule: 'RFC 6151 §2',
    certificates: { target: { touches: ['signature'], scheme: { digest: 'md5' } } },
    rsaAuthority: true,
    expected: weak(['signature.weak-digest'], ['webpki.signature-algorithm']),
  },
  'authority-sha1-signature': {
    wrong: 'the authority above it is signed with SHA-1',
    rule: 'CA/B BR §7.1.3.2',
    certificates: { authority: { touches: ['signature'], scheme: { digest: 'sha1' } } },
    expected: weak(['signature.weak-digest'], ['webpki.signature-algorithm']),
  },
})
