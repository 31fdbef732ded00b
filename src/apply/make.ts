/** Makes one certificate of a hierarchy file; what comes out is written nowhere yet. */

import { PkiError } from '../errors.ts'
import { instanceOf, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { type CredentialOrder, issueCredential, type NamedAuthority } from '../issue/credential.ts'
import type { IssuanceProblem } from '../issue/problems.ts'
import type { Credential } from '../keys/credential.ts'
import { formatPrivateKey } from '../keys/key-file.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import type { BatchItem } from '../store/credential-batch.ts'
import { issuedEvent } from '../store/issued-event.ts'
import type { Certificate } from '../x509/certificate.ts'
import { guessGeneralName } from '../x509/general-name-text.ts'

/** What all certificates of one run have in common. */
export interface MakingMeans {
  readonly now: Date
  readonly random: RandomSource
  readonly seeded: SeededSource | undefined
  /** An order with defects, by their ids; without it no entry has any. */
  readonly spoil: ((order: CredentialOrder, defects: readonly string[]) => CredentialOrder) | undefined
}

/** The certificates that one depends on. */
export interface Relations {
  /** Undefined for a self-signed certificate. */
  readonly issuer: NamedAuthority | undefined
  /** The authority that is cross-signed. */
  readonly model: Certificate | undefined
}

/** A certificate that gives way to another one with the same key. */
export interface Predecessor {
  /** SHA-256 of its certificate; undefined where only its key is left. */
  readonly fingerprint: string | undefined
  /** The private half is needed for a self-signed certificate only. */
  readonly key: PrivateKey
}

export interface Made {
  readonly name: string
  readonly credential: Credential
  readonly item: BatchItem
  readonly problems: readonly IssuanceProblem[]
}

/**
 * @param n which certificate of the entry, from 1
 * @param predecessor keeps its key
 * @throws PkiError as `issueCredential`
 */
export function makeInstance(
  entry: ResolvedEntry,
  n: number,
  relations: Relations,
  means: MakingMeans,
  predecessor?: Predecessor,
): Made {
  const { issuer } = relations
  const order = orderFor(entry, n, relations, means, predecessor)
  const { credential, problems } = issueCredential(order)
  const { certificate, chain, privateKey } = credential
  const { name } = order
  const above = issuer && { name: issuer.name, certificate: issuer.credential.certificate }
  const event = {
    ...issuedEvent({ name, certificate }, above, entry.profileName),
    specification: entry.specification,
    ...(entry.defects.length > 0 && { defects: entry.defects }),
    ...(predecessor?.fingerprint !== undefined && { renews: predecessor.fingerprint }),
  }
  const key = storedKey(entry, privateKey, predecessor)
  return { name, credential, item: { credential: { name, certificate, chain, key }, event }, problems }
}

function storedKey({ crossSigns }: ResolvedEntry, key: PrivateKey | undefined, predecessor: Predecessor | undefined) {
  if (crossSigns !== undefined) return 'none'
  if (predecessor !== undefined || key === undefined) return 'keep'
  return { pem: formatPrivateKey(key, { format: 'pkcs8' }) }
}

function orderFor(
  entry: ResolvedEntry,
  n: number,
  { issuer, model }: Relations,
  { now, random, seeded, spoil }: MakingMeans,
  predecessor: Predecessor | undefined,
): CredentialOrder {
  const { name, contents, names } = instanceOf(entry, n)
  const order: CredentialOrder = {
    profile: contents,
    name,
    issuer,
    key: model === undefined ? predecessor?.key : publicHalf(model),
    subject: model?.subject,
    names: names.map(guessGeneralName),
    serialNumber: entry.serialNumber,
    unchecked: entry.unchecked,
    now,
    random,
    seeded,
  }
  if (entry.defects.length === 0) return order
  if (spoil === undefined) throw new PkiError('usage.option', 'this program makes no deliberate defects')
  return spoil({ ...order, unchecked: true }, entry.defects)
}

/** What a certificate is made for needs to sign nothing. */
function publicHalf({ publicKey }: Pick<Certificate, 'publicKey'>): PrivateKey {
  return { pkcs8: new Uint8Array(0), publicKey }
}

/** The predecessor of a certificate that others sign. */
export function predecessorOf(certificate: Certificate, fingerprint: string | undefined): Predecessor {
  return { fingerprint, key: publicHalf(certificate) }
}
