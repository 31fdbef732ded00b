/** working_public_key and its parameters: RFC 5280 §6.1.4 (d)–(f). */

import { Tag } from '../der/reader.ts'
import type { Certificate } from '../x509/certificate.ts'
import { KEY_ALGORITHM } from '../x509/oids.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'

/** The key as signatures are checked with it: a DSA key without parameters has those of the key above it. */
export function inheritParameters(key: SubjectPublicKeyInfo, above: SubjectPublicKeyInfo): SubjectPublicKeyInfo {
  const { parameters, oid } = above.algorithm
  return lacksParameters(key) && oid === key.algorithm.oid && parameters !== undefined
    ? key.withParameters(parameters)
    : key
}

/** The same for `path[index]`, in a path from the target upward; undefined beyond its end. */
export function workingPublicKey(path: readonly Certificate[], index: number): SubjectPublicKeyInfo | undefined {
  const key = path[index]?.publicKey
  if (key === undefined || !lacksParameters(key)) return key
  const above = workingPublicKey(path, index + 1)
  return above === undefined ? key : inheritParameters(key, above)
}

/** DSA is the only algorithm here whose parameters may be left out to be inherited. */
export function lacksParameters({ algorithm }: SubjectPublicKeyInfo): boolean {
  const { parameters } = algorithm
  return algorithm.oid === KEY_ALGORITHM.dsa && (parameters === undefined || parameters[0] === Tag.null)
}
