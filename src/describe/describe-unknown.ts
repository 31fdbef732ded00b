/** Octets that no decoder here understands. */

import { outlineDer } from './der-outline.ts'
import type { Value } from './description.ts'

/** Octets as they are, with their structure if they are DER. */
export function unknownOctets(value: Uint8Array): Value {
  return { type: 'unknown', octets: value, outline: outlineDer(value) }
}
