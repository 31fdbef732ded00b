/**
 * Makes one credential and puts it into the store: what `init`, `issue` and `quickstart` have in common once each has
 * found out who issues, for which key, by which profile.
 */

import type { Command } from 'commander'
import { type CredentialOrder, issueCredential } from '../../issue/credential.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import { issuedEvent } from '../../store/issued-event.ts'
import type { CredentialToStore, Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'
import { writeJson } from '../json.ts'
import type { JsonOption, StoreOptions } from '../options.ts'
import { type MadeCertificate, madeJson, madeText } from './made-report.ts'
import type { ReplacedAuthority } from './replaced-authority.ts'

export type MakingOptions = {
  /** Issue also what nobody should accept. */
  readonly unchecked?: boolean
  /** Write nothing. */
  readonly dryRun?: boolean
}

export function addMakingOptions(command: Command): void {
  command
    .optionsGroup('How:')
    .option('--unchecked', 'make it even if the issuer may not issue it')
    .option('--dry-run', 'show what would be made, write nothing')
}

/** What makes a certificate wrong on purpose, and what is told about it. */
export interface Deliberate {
  /** Ids of its defects. */
  readonly defects: readonly string[]
  readonly spoil: (order: CredentialOrder) => CredentialOrder
  readonly notes: readonly { readonly kind: string; readonly message: string }[]
}

export interface StoringOrder extends Omit<CredentialOrder, 'now' | 'random' | 'key'> {
  /** Name of the profile, for the journal. */
  readonly profileName: string
  readonly key: PrivateKey
  /** The key as it is to be stored. */
  readonly storedKey: CredentialToStore['key']
  /** Replace what is there. */
  readonly replace: boolean
  /** What is there, if it issued certificates. */
  readonly replaced?: ReplacedAuthority | undefined
  readonly dryRun: boolean | undefined
  readonly deliberate?: Deliberate | undefined
  /** Further warnings. */
  readonly notes?: MadeCertificate['problems']
}

/**
 * Checks, signs, stores. Warnings go to standard error.
 * @throws PkiError as `issueCredential` does; `refused.exists`, `refused.write`, and then the store is as it was
 */
export function makeCertificate(order: StoringOrder, store: Store, io: Io): MadeCertificate {
  const now = io.now()
  const wanted: CredentialOrder = { ...order, now, random: io.random }
  const issued = issueCredential(order.deliberate?.spoil(wanted) ?? wanted)
  const { certificate, chain } = issued.credential
  const problems = [...issued.problems, ...(order.deliberate?.notes ?? []), ...(order.notes ?? [])]
  return storeSigned({ ...order, certificate, chain, problems }, now, store, io)
}

/** A certificate that is signed, and how it is to be stored. */
export interface SignedOrder
  extends Pick<
    StoringOrder,
    'name' | 'issuer' | 'profileName' | 'storedKey' | 'replace' | 'replaced' | 'dryRun' | 'deliberate'
  > {
  readonly certificate: Certificate
  readonly chain: readonly Certificate[]
  readonly problems: MadeCertificate['problems']
}

/**
 * Stores a certificate, unless this is a dry run. Warnings go to standard error first.
 * @throws PkiError `refused.exists`, `refused.write`, and then the store is as it was
 */
export function storeSigned(signed: SignedOrder, now: Date, store: Store, io: Io): MadeCertificate {
  const { name, issuer, certificate, chain, replaced } = signed
  const problems = [...signed.problems, ...(replaced?.warnings(certificate) ?? [])]
  for (const { message } of problems) writeWarning(io, message)
  const made = { name, issuedBy: issuer?.name, certificate, problems }
  if (signed.dryRun === true) return { ...made, outcome: 'planned', paths: undefined }
  const above = issuer && { name: issuer.name, certificate: issuer.credential.certificate }
  const defects = signed.deliberate?.defects
  const event = { ...issuedEvent({ name, certificate }, above, signed.profileName), ...(defects && { defects }) }
  const paths = store.put({ name, certificate, chain, key: signed.storedKey }, event, {
    force: signed.replace,
    processes: io.process,
    now,
  })
  replaced?.rechain(certificate, io)
  return { ...made, outcome: 'issued', paths }
}

/** Prints it as text or as JSON. @returns the exit code */
export function reportMade(made: MadeCertificate, options: JsonOption & StoreOptions, io: Io): number {
  if (options.json === true) writeJson(io, madeJson(made, io.now()))
  else io.stdout.write(madeText(made, options, io))
  return 0
}
