/** Public suffixes, from the list at publicsuffix.org as tldts carries it. The one importer of tldts. */

import { getPublicSuffix } from 'tldts'

/**
 * Whether everything below `domain` belongs to somebody else: `co.uk`, `github.io`. Names that only the list's default
 * rule covers (the last label of a name it does not know) count as well.
 */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
}
