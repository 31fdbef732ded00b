/**
 * Encrypted PEM of old (RFC 1421 §4.6, with OpenSSL's ciphers): `Proc-Type: 4,ENCRYPTED` and `DEK-Info` before the
 * base64 of a traditional key. The key is one round of MD5 over password and salt; nothing newer exists for this form.
 */

import { createCipheriv, createHash } from 'node:crypto'
import { formatPem, type PemBlock } from '../der/pem.ts'
import { DerError } from '../der/reader.ts'
import type { Decryption } from './decryption.ts'
import { decryptCbc } from './pbes2.ts'
import type { RandomSource } from './random.ts'

/** DEK-Info name → `node:crypto`'s name, octets of key and IV. */
const CIPHERS: Readonly<
  Record<string, { readonly name: string; readonly keyLength: number; readonly ivLength: number }>
> = {
  'AES-128-CBC': { name: 'aes-128-cbc', keyLength: 16, ivLength: 16 },
  'AES-192-CBC': { name: 'aes-192-cbc', keyLength: 24, ivLength: 16 },
  'AES-256-CBC': { name: 'aes-256-cbc', keyLength: 32, ivLength: 16 },
  'DES-EDE3-CBC': { name: 'des-ede3-cbc', keyLength: 24, ivLength: 8 },
}

export function isEncryptedPem({ headers }: PemBlock): boolean {
  return headers['Proc-Type']?.replace(/\s/g, '') === '4,ENCRYPTED'
}

/** @throws DerError for a malformed DEK-Info; PkiError `input.password`, `input.unsupported` */
export function decryptPem(block: PemBlock, decryption: Decryption): Uint8Array {
  const [name = '', ivText = ''] = (block.headers['DEK-Info'] ?? '').split(',').map((part) => part.trim())
  const cipher = CIPHERS[name.toUpperCase()]
  if (name === '') throw new DerError('DEK-Info: missing', block.offset)
  if (cipher === undefined) throw decryption.unsupportedEncryption(`PEM encryption with ${name}`)
  if (!/^[0-9A-Fa-f]*$/.test(ivText) || ivText.length !== 2 * cipher.ivLength) {
    throw new DerError(`DEK-Info: the initialization vector must be ${2 * cipher.ivLength} hex digits`, block.offset)
  }
  const iv = new Uint8Array(Buffer.from(ivText, 'hex'))
  const key = bytesToKey(decryption.requirePassword(block.label), iv, cipher.keyLength)
  return decryptCbc(cipher.name, key, iv, block.bytes, decryption, block.label)
}

/** One block, encrypted with AES-256-CBC. */
export function formatEncryptedPem(label: string, data: Uint8Array, password: string, random: RandomSource): string {
  const iv = random(16)
  const cipher = createCipheriv('aes-256-cbc', bytesToKey(password, iv, 32), iv)
  const encrypted = Buffer.concat([cipher.update(data), cipher.final()])
  const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,${Buffer.from(iv).toString('hex').toUpperCase()}\n\n`
  const firstLine = `-----BEGIN ${label}-----\n`
  return firstLine + headers + formatPem(label, encrypted).slice(firstLine.length)
}

/** OpenSSL's EVP_BytesToKey with MD5 and a count of 1; the salt is the first 8 octets of the IV. */
function bytesToKey(password: string, iv: Uint8Array, length: number): Uint8Array {
  const salt = iv.subarray(0, 8)
  let key = Buffer.alloc(0)
  let round = Buffer.alloc(0)
  while (key.length < length) {
    round = createHash('md5').update(round).update(password, 'utf8').update(salt).digest()
    key = Buffer.concat([key, round])
  }
  return new Uint8Array(key.subarray(0, length))
}
