/** Renewing and rekeying certificates of the store: what `pki renew` and `pki rekey` have in common. */

import type { Command } from 'commander'
import { type NameRecord, readRecords } from '../../apply/records.ts'
import { PkiError } from '../../errors.ts'
import { issueCertificate } from '../../issue/certificate.ts'
import { checkIssuance, requireIssuable } from '../../issue/check.ts'
import { authoritySigner, type NamedAuthority } from '../../issue/credential.ts'
import type { IssueRequest } from '../../issue/issue-request.ts'
import { renewalRequest, renewedScheme } from '../../issue/renewal.ts'
import {
  createSigner,
  ecAlgorithmName,
  generateKey,
  type KeyAlgorithmName,
  type PrivateKey,
  requireKeyAlgorithmName,
  type Signer,
} from '../../keys/keys.ts'
import type { SeededSource } from '../../seed/seeded-source.ts'
import { issuedEvent } from '../../store/issued-event.ts'
import type { CredentialToStore, Store, StoredPaths } from '../../store/store.ts'
import { type Certificate, fingerprint } from '../../x509/certificate.ts'
import type { ExtensionToWrite } from '../../x509/extension-encoding.ts'
import { writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'
import { addJsonOption, addStoreOption, type JsonOption, parseFlag, type StoreOptions, storeFrom } from '../options.ts'
import { type IssuerOptions, unlockIssuer, unlockStoredKey } from './issuer.ts'
import type { MadeCertificate } from './made-report.ts'
import { keyPem, openKeyNotes } from './new-key.ts'
import { ReplacedAuthority } from './replaced-authority.ts'
import { addSeedOptions, circumstances, type SeedFlags } from './seed-options.ts'

export type RenewalOptions = StoreOptions &
  SeedFlags &
  JsonOption &
  IssuerOptions & {
    readonly key?: string
    readonly encryptKey?: boolean
    readonly unchecked?: boolean
  }

/** @param makes whether there is a new key, and so something to mark */
export function addRenewalOptions(command: Command, makes: Parameters<typeof addSeedOptions>[1]): void {
  command
    .argument('<name>', 'name of the certificate in the store')
    .option('--from <issuer>', 'who issues it (default: who issued it before)')
    .option('--issuer-password-file <file>', "password of the issuer's key")
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
    .option('--unchecked', 'make it even if the issuer may not issue it')
  addSeedOptions(command, makes)
  addStoreOption(command)
  addJsonOption(command)
}

/** What is renewed, and with what. */
interface Renewal {
  readonly how: 'renew' | 'rekey'
  readonly store: Store
  readonly name: string
  /** The old one. */
  readonly certificate: Certificate
  readonly record: NameRecord | undefined
  readonly options: RenewalOptions
  readonly io: Io
  readonly now: Date
  readonly seeded: SeededSource | undefined
}

/**
 * Makes the certificate anew and puts it in the place of the old one.
 * @param how with its own key, or with another
 * @throws PkiError `input.not-found`, `refused.key`, `refused.issuer`
 */
export async function renewStored(
  name: string,
  how: 'renew' | 'rekey',
  options: RenewalOptions,
  world: Io,
): Promise<MadeCertificate> {
  const { io, seeded } = await circumstances(options, world)
  const store = storeFrom(options, io)
  const certificate = store.readCertificate(name)
  const record = readRecords(store).names.get(name)
  const renewal: Renewal = { how, store, name, certificate, record, options, io, now: io.now(), seeded }
  const issuer = await issuerOf(renewal)
  const key = how === 'rekey' ? newKey(renewal) : undefined
  const request = await requestOf(renewal, issuer, key)
  const found = options.unchecked === true ? checkIssuance(request) : requireIssuable(request)
  const renewed = issueCertificate(request)
  const replaced = ReplacedAuthority.find(store, name)
  const notes = key === undefined ? [] : openKeyNotes(name, options)
  const problems = [...found, ...notes, ...(replaced?.warnings(renewed) ?? [])]
  for (const { message } of problems) writeWarning(io, message)
  const paths = await replace(renewal, renewed, issuer, key)
  replaced?.rechain(renewed, io)
  return {
    name,
    issuedBy: issuer?.name,
    certificate: renewed,
    problems,
    outcome: 'issued',
    verdict: how === 'renew' ? 'renewed' : 'made for another key',
    paths,
  }
}

async function issuerOf({ store, name, certificate, record, options, io }: Renewal) {
  const { from = record?.issuer } = options
  if (from === undefined && certificate.isSelfIssued) return undefined
  if (from !== undefined) return unlockIssuer(store, from, options, io)
  throw new PkiError('usage.option', `nobody noted who issued ${name}: missing option: --from <issuer>`, {
    context: { name },
  })
}

async function requestOf(
  renewal: Renewal,
  issuer: NamedAuthority | undefined,
  key: PrivateKey | undefined,
): Promise<IssueRequest> {
  const { store, name, certificate, options, io, now, seeded } = renewal
  const signer =
    issuer === undefined
      ? selfSigner(renewal, key ?? (await unlockStoredKey(store, name, options, io)))
      : renewedSigner(certificate, issuer, seeded)
  const request = renewalRequest({
    certificate,
    issuer: issuer?.credential,
    signer,
    publicKey: key?.publicKey ?? certificate.publicKey,
    now,
    random: io.random,
    serialRandom: seeded && ((content) => seeded.random('serial', name, content)),
  })
  const isMarked = key !== undefined && seeded !== undefined && options.unmarked !== true
  return isMarked ? { ...request, extensions: await marked(request.extensions) } : request
}

/** Writes the new files over the old ones, and notes it in the journal. */
async function replace(
  { how, store, name, certificate, record, options, io, now, seeded }: Renewal,
  renewed: Certificate,
  issuer: NamedAuthority | undefined,
  key: PrivateKey | undefined,
): Promise<StoredPaths> {
  const above = issuer && { name: issuer.name, certificate: issuer.credential.certificate }
  const event = {
    ...issuedEvent({ name, certificate: renewed }, above, record?.profile),
    // It is still what the hierarchy file describes.
    ...(record?.specification !== undefined && { specification: record.specification }),
    ...(how === 'renew' && { renews: fingerprint(certificate) }),
  }
  const credential: CredentialToStore = {
    name,
    certificate: renewed,
    chain: issuer === undefined ? [] : [issuer.credential.certificate, ...issuer.credential.chain],
    key: key === undefined ? 'keep' : { pem: await keyPem(name, key, options, io, seeded) },
  }
  return store.put(credential, event, { force: true, processes: io.process, now })
}

/** Signs as the authority did before. */
function renewedSigner(certificate: Certificate, issuer: NamedAuthority, seeded: SeededSource | undefined): Signer {
  const scheme = renewedScheme(certificate, issuer.credential.certificate.publicKey)
  return authoritySigner(issuer, {}, scheme, seeded?.createSigner)
}

/** As the certificate signed itself before; with a kind of key that was asked for, as `pki init` would. */
function selfSigner({ certificate, options: { key: wanted }, seeded }: Renewal, key: PrivateKey): Signer {
  const scheme =
    wanted === undefined ? renewedScheme(certificate, key.publicKey) : { pss: wanted.startsWith('rsa-pss') }
  return (seeded?.createSigner ?? createSigner)(key, scheme)
}

/** Whoever knows the seed has the new key. */
async function marked(extensions: readonly ExtensionToWrite[]): Promise<readonly ExtensionToWrite[]> {
  return (await import('../../seed/mark.ts')).markedExtensions(extensions)
}

/** One key gives way to the next: from a seed, each follows from the certificate that it replaces. */
function newKey({ name, certificate, options, seeded }: Renewal): PrivateKey {
  const algorithm = keyAlgorithm(certificate, options)
  return seeded?.key(`${name} after ${fingerprint(certificate)}`, algorithm) ?? generateKey(algorithm)
}

/** The kind of key it has, or the one that was asked for. */
function keyAlgorithm({ publicKey }: Certificate, { key }: RenewalOptions): KeyAlgorithmName {
  if (key !== undefined) return parseFlag(key, '--key', requireKeyAlgorithmName)
  const { facts } = publicKey
  switch (facts.type) {
    case 'rsa':
    case 'rsa-pss':
      return requireKeyAlgorithmName(`rsa-${Math.min(Math.max(facts.modulusBits, 2048), 4096)}`)
    case 'ec':
      return ecAlgorithmName(facts.curve) ?? 'ec-p256'
    case 'ed25519':
    case 'ed448':
      return facts.type
    default:
      return 'ec-p256'
  }
}
