/**
 * RSASSA-PSS with a derived salt (RFC 8017 §8.1.1, §9.1.1). `node:crypto` always takes a salt of its own, so the
 * message is encoded here; the private operation on it, RSASP1, is OpenSSL's.
 */

import { constants, createHash, createPrivateKey, hkdfSync, privateEncrypt } from 'node:crypto'
import type { PssParameters } from '../x509/algorithm.ts'

export interface RsaPrivateKey {
  /** RSAPrivateKey (RFC 8017 A.1.2), DER. */
  readonly privateKey: Uint8Array
  readonly modulusBits: number
}

/** The signature of `data`, as long as the modulus. The salt follows from the key and the digest of the data. */
export function signPss(data: Uint8Array, rsa: RsaPrivateKey, parameters: PssParameters): Uint8Array {
  const mHash = createHash(parameters.digest).update(data).digest()
  const salt = new Uint8Array(hkdfSync('sha256', rsa.privateKey, mHash, 'devpki pss salt 1', parameters.saltLength))
  const EM = encodePss(mHash, salt, rsa.modulusBits - 1, parameters)
  const padded = Buffer.alloc(Math.ceil(rsa.modulusBits / 8))
  padded.set(EM, padded.length - EM.length)
  // As PKCS #1, which says nothing of what the key is for: OpenSSL refuses the bare operation to id-RSASSA-PSS keys.
  const key = createPrivateKey({ key: Buffer.from(rsa.privateKey), format: 'der', type: 'pkcs1' })
  return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, padded))
}

/** EMSA-PSS-ENCODE (§9.1.1) from step 3 on. @throws RangeError if the key is too short for digest and salt */
function encodePss(
  mHash: Uint8Array,
  salt: Uint8Array,
  emBits: number,
  { digest, mgf1Digest }: PssParameters,
): Uint8Array {
  const hLen = mHash.length
  const emLen = Math.ceil(emBits / 8)
  const dbLen = emLen - hLen - 1
  if (dbLen < salt.length + 1) throw new RangeError('the RSA key is too short for this digest and salt')
  const H = createHash(digest).update(new Uint8Array(8)).update(mHash).update(salt).digest()
  const DB = new Uint8Array(dbLen)
  DB[dbLen - salt.length - 1] = 1
  DB.set(salt, dbLen - salt.length)

  const mask = mgf1(H, dbLen, mgf1Digest)
  const EM = new Uint8Array(emLen)
  for (let i = 0; i < dbLen; i++) EM[i] = (DB[i] as number) ^ (mask[i] as number)
  EM[0] = (EM[0] as number) & (0xff >>> (8 * emLen - emBits)) // step 11
  EM.set(H, dbLen)
  EM[emLen - 1] = 0xbc
  return EM
}

/** MGF1 (B.2.1). */
function mgf1(seed: Uint8Array, length: number, digest: string): Uint8Array {
  const blocks: Uint8Array[] = []
  const counter = Buffer.alloc(4)
  for (let have = 0; have < length; have += (blocks.at(-1) as Uint8Array).length) {
    counter.writeUInt32BE(blocks.length)
    blocks.push(createHash(digest).update(seed).update(counter).digest())
  }
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
}
