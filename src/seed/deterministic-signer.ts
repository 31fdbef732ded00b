/**
 * Signatures that follow from key and data alone. RSASSA-PKCS1-v1_5 and EdDSA are so by nature; ECDSA becomes so by
 * RFC 6979, RSASSA-PSS by a salt that is derived. Whoever checks them sees no difference.
 */

import { DerReader, Tag } from '../der/reader.ts'
import { parseEcPrivateKey } from '../keys/ec-private-key.ts'
import { createSigner, type PrivateKey, type Signer, type SigningScheme } from '../keys/keys.ts'
import { readAlgorithmIdentifier, signatureScheme } from '../x509/algorithm.ts'
import { signEcdsa } from './ecdsa.ts'
import { signPss } from './pss.ts'

/**
 * As `createSigner`; depends on no seed, so that an authority out of a store signs as it did when it was new.
 * @throws PkiError `usage.algorithm` if the scheme does not go with the key
 */
export function createDeterministicSigner(key: PrivateKey, scheme: SigningScheme = {}): Signer {
  const signer = createSigner(key, scheme)
  const { facts } = key.publicKey
  const how = signatureScheme(readAlgorithmIdentifier(new DerReader(signer.algorithm), 'signature algorithm'))
  if (!('kind' in how)) return signer
  if (how.kind === 'ecdsa' && facts.type === 'ec') {
    const { scalar } = parseEcPrivateKey(privateKeyOctets(key))
    return { ...signer, sign: (data) => signEcdsa(data, scalar, facts.curve, how.digest) }
  }
  if (how.kind === 'rsa-pss' && (facts.type === 'rsa' || facts.type === 'rsa-pss')) {
    const rsa = { privateKey: privateKeyOctets(key), modulusBits: facts.modulusBits }
    return { ...signer, sign: (data) => signPss(data, rsa, how) }
  }
  return signer
}

/** The content of privateKey in PrivateKeyInfo (RFC 5208 §5). */
function privateKeyOctets({ pkcs8 }: PrivateKey): Uint8Array {
  const fields = new DerReader(pkcs8).sequence('private key')
  fields.expect(Tag.integer, 'version')
  fields.expect(Tag.sequence, 'privateKeyAlgorithm')
  return fields.expect(Tag.octetString, 'privateKey').content
}
