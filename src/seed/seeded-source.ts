/**
 * Keys, serial numbers, salts and signatures that follow from a text: the same on every machine and in every version
 * of Node. For tests only, since whoever knows the seed has all private keys.
 *
 * Everything is derived for itself, from the seed, a purpose and a name, with HKDF-SHA-256 (RFC 5869):
 *
 *     IKM   the seed, UTF-8, in Unicode normalization form C
 *     salt  "devpki seed 1"
 *     info  purpose ‖ 00 ‖ name ‖ 00 ‖ SHA-256(context) ‖ number of the draw, four octets, from 0
 *
 * So nothing depends on what else is made, or in which order: another entry in a hierarchy changes no other. The digit
 * in the salt is the version of all of this; whatever changes an octet of what is made from a seed raises it.
 */

import { createHash, createHmac } from 'node:crypto'
import type { KeyAlgorithmName, PrivateKey, Signer, SigningScheme } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import { createDeterministicSigner } from './deterministic-signer.ts'
import { seededKey } from './seeded-key.ts'

/** What something is drawn for. No purpose holds a zero octet, so that `info` reads one way only. */
export type SeedPurpose = 'serial' | 'key-encryption' | `key ${KeyAlgorithmName}` | `export ${string}`

/** Time, keys and randomness that follow from a seed. */
export interface SeededSource {
  /** The moment that stands for now in everything made from the seed. */
  readonly now: Date
  /** The key of a name; another algorithm gives an unrelated key. RSA takes about as long as elsewhere. */
  key(name: string, algorithm: KeyAlgorithmName): PrivateKey
  /**
   * Octets for one purpose. Each call begins anew: two sources of one purpose, name and context give the same octets.
   * @param context what else they depend on; a serial number depends on all that the certificate says
   */
  random(purpose: SeedPurpose, name: string, context?: Uint8Array): RandomSource
  /** As `createSigner`, but the same octets are signed the same way each time. */
  createSigner(key: PrivateKey, scheme?: SigningScheme): Signer
}

/** What a {@link SeededSource} starts from, beside the seed. */
export interface SeedOptions {
  readonly now: Date
}

const SALT = 'devpki seed 1'

/** The source for a seed. Any text is a seed; nothing is computed before it is asked for. */
export function createSeededSource(seed: string, { now }: SeedOptions): SeededSource {
  const PRK = createHmac('sha256', SALT).update(seed.normalize('NFC'), 'utf8').digest()
  const random: SeededSource['random'] = (purpose, name, context = new Uint8Array()) => {
    const prefix = Buffer.from(`${purpose}\0${name}\0`, 'utf8')
    const about = createHash('sha256').update(context).digest()
    const draw = Buffer.alloc(4)
    let draws = 0
    return (length) => {
      draw.writeUInt32BE(draws++)
      return expand(PRK, Buffer.concat([prefix, about, draw]), length)
    }
  }
  return {
    now,
    key: (name, algorithm) => seededKey(algorithm, random(`key ${algorithm}`, name)),
    random,
    createSigner: createDeterministicSigner,
  }
}

/** HKDF-Expand (RFC 5869 §2.3). `hkdfSync` extracts anew each time, and takes five times as long for it. */
function expand(PRK: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > 255 * 32) throw new RangeError('HKDF-SHA-256 gives 8,160 octets at most')
  const OKM = new Uint8Array(length)
  let T: Uint8Array = new Uint8Array()
  for (let i = 0; i * T.length < length; i++) {
    T = createHmac('sha256', PRK)
      .update(T)
      .update(info)
      .update(Uint8Array.of(i + 1))
      .digest()
    OKM.set(T.subarray(0, length - i * T.length), i * T.length)
  }
  return OKM
}
