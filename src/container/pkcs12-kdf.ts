/**
 * The key derivation of PKCS #12 (RFC 7292 Appendix B.2).
 *
 * `node-forge` has it too and derives the keys of the legacy encryption (see `pkcs12-pbe.ts`). This one exists because
 * today's PFX needs the derivation for one MAC, and loading node-forge for that takes longer than the whole export.
 */

import { createHash, hash } from 'node:crypto'

/** What the derived octets are for (B.3). */
export const KeyPurposeId = { encryption: 1, initializationVector: 2, mac: 3 } as const

/** Octets of the digest's input block: `v` of the algorithm. SHA-384 and SHA-512 have 128, the others 64. */
const BLOCK_LENGTH: Readonly<Record<string, number>> = {
  md5: 64,
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
}

/** Whether keys can be derived with a digest, given by `node:crypto`'s name. */
export function isPkcs12Digest(digest: string): boolean {
  return BLOCK_LENGTH[digest] !== undefined
}

/**
 * The password as PKCS #12 sees it (B.1): BMPString with two zero octets behind it. No password is no octets at all,
 * which is not the same as an empty one; programs disagree on which of the two "without password" means.
 */
export function pkcs12Password(password: string | undefined): Uint8Array {
  if (password === undefined) return new Uint8Array()
  const octets = Buffer.alloc(2 * password.length + 2)
  octets.write(password, 'utf16le')
  return new Uint8Array(octets.swap16())
}

/**
 * @param password from {@link pkcs12Password}
 * @throws RangeError for a digest that {@link isPkcs12Digest} does not know, or fewer than one iteration
 */
export function derivePkcs12Key(
  digest: string,
  password: Uint8Array,
  salt: Uint8Array,
  purpose: (typeof KeyPurposeId)[keyof typeof KeyPurposeId],
  iterations: number,
  length: number,
): Uint8Array {
  const v = BLOCK_LENGTH[digest]
  if (v === undefined || iterations < 1) throw new RangeError(`PKCS #12 key derivation: ${digest}, ${iterations}`)
  const diversifier = Buffer.alloc(v, purpose)
  const input = Buffer.concat([repeatToBlocks(salt, v), repeatToBlocks(password, v)])
  const output: Uint8Array[] = []
  for (let produced = 0; produced < length; ) {
    let a = createHash(digest).update(diversifier).update(input).digest()
    // Five times as fast as createHash, and the bulk of the time that a PFX takes.
    for (let i = 1; i < iterations; i++) a = hash(digest, a, 'buffer')
    output.push(a)
    produced += a.length
    addToBlocks(input, repeatToBlocks(a, v).subarray(0, v))
  }
  return new Uint8Array(Buffer.concat(output).subarray(0, length))
}

/** As many copies as fill whole blocks, the last one cut; nothing of nothing. */
function repeatToBlocks(octets: Uint8Array, blockLength: number): Buffer {
  return Buffer.alloc(blockLength * Math.ceil(octets.length / blockLength), octets)
}

/** Adds `b` + 1 to every block of `input`, modulo 2^(8·v), in place (step 6 C). */
function addToBlocks(input: Buffer, b: Buffer): void {
  for (let block = 0; block < input.length; block += b.length) {
    let carry = 1
    for (let i = b.length - 1; i >= 0; i--) {
      carry += (input[block + i] as number) + (b[i] as number)
      input[block + i] = carry & 0xff
      carry >>= 8
    }
  }
}
