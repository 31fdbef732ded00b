/** A DSA key of 1,024 bits from given octets: nobody should have one, and tests want to see who takes it. */

import { bitString, integer, octetString, oid, sequence } from '../der/writer.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import { KEY_ALGORITHM } from '../x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../x509/public-key.ts'
import { bigintFrom, power } from './big-number.ts'

/** The group of RFC 5114 §2.1: 1,024 bits, with a subgroup of prime order of 160. */
const P =
  0xb10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d189838ef1e2ee652c013ecb4aea906112324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa31a4ff55bccc0a151af5f0dc8b4bd45bf37df365c1a65e68cfda76d4da708df1fb2bc2e4a4371n
const Q = 0xf518aa8781a8df278aba4e7d64b7cb9d49462353n
const G =
  0xa4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b777e690f5504f213160217b4b01b886a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf0a0169b6a28ad662a4d18e73afa32d779d5918d08bc8858f4dcef97c2a24855e6eeb22b3b2e5n

/** x by extra random bits (FIPS 186-4 B.1.1), y = g^x mod p. */
export function seededDsaKey(random: RandomSource): PrivateKey {
  const x = (bigintFrom(random(28)) % (Q - 1n)) + 1n
  const algorithm = sequence(oid(KEY_ALGORITHM.dsa), sequence(integer(P), integer(Q), integer(G)))
  const y = power(G, x, P)
  return {
    pkcs8: sequence(integer(0), algorithm, octetString(integer(x))),
    publicKey: parseSubjectPublicKeyInfo(sequence(algorithm, bitString(integer(y)))),
  }
}
