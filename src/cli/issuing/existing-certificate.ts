/** What happens if the certificate that is to be made exists already: refuse, keep, or replace. */

import type { Command } from 'commander'
import { addDuration, parseDuration } from '../../profile/duration.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { Io } from '../io.ts'
import { parseFlag, refuseTogether } from '../options.ts'
import type { ReplacedAuthority } from './replaced-authority.ts'

export type ExistingOptions = {
  readonly force?: boolean
  readonly ifMissing?: boolean
  readonly ifExpiring?: string
}

export function addExistingOptions(command: Command): void {
  command
    .optionsGroup('If it exists already:')
    .option('--force', 'replace it')
    .option('--if-missing', 'leave it as it is')
    .option('--if-expiring <duration>', 'replace it only if it ends within this time: 30d')
}

export type Decision =
  | { readonly action: 'make' }
  | { readonly action: 'replace' }
  | { readonly action: 'keep'; readonly certificate: Certificate }

/** @throws PkiError `usage.option`, `usage.time`, `usage.name`, `input.malformed`; `refused.exists` if nobody said what then */
export function decideAboutExisting(store: Store, name: string, options: ExistingOptions, io: Io): Decision {
  const { force, ifMissing, ifExpiring } = options
  refuseTogether({ '--force': force, '--if-missing': ifMissing, '--if-expiring': ifExpiring })
  const within = ifExpiring === undefined ? undefined : parseFlag(ifExpiring, '--if-expiring', parseDuration)
  if (force === true) return { action: 'replace' }
  if ((ifMissing !== true && within === undefined) || !store.has(name)) {
    store.requireFree(name)
    return { action: 'make' }
  }
  const certificate = store.readCertificate(name)
  if (within === undefined || certificate.notAfter.date > addDuration(io.now(), within)) {
    return { action: 'keep', certificate }
  }
  return { action: 'replace' }
}

/**
 * What a decision means for the store: whether to replace, and which authority then.
 * @throws PkiError `input.malformed`, `input.unreadable`
 */
export async function replacement(
  { action }: Decision,
  store: Store,
  name: string,
): Promise<{ readonly replace: boolean; readonly replaced?: ReplacedAuthority | undefined }> {
  if (action !== 'replace') return { replace: false }
  const { ReplacedAuthority } = await import('./replaced-authority.ts')
  return { replace: true, replaced: ReplacedAuthority.find(store, name) }
}
