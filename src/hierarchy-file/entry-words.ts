/** Everything that the entry of one certificate says, and what it cannot say. */

import { checkIssuance } from '../issue/check.ts'
import type { ProfileOverrides } from '../profile/override.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import { markedExtensions } from '../seed/mark.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Extension } from '../x509/extension.ts'
import { checkSignature } from '../x509/signature.ts'
import { differencesFrom, differingExtensions } from './differences.ts'
import type { FileExport } from './hierarchy-file.ts'
import { digestWords, keyWords } from './key-words.ts'
import { formatInstant, formatWholeDuration, periodWords } from './period-words.ts'
import { alternativeNames, type Described } from './statements.ts'
import type { StoredEntry, StoredRevocation, Surroundings } from './stored-entry.ts'
import { subjectWords } from './subject-words.ts'
import type { YamlValue } from './yaml-value.ts'

/** What is written of one certificate. */
export interface EntryWords {
  /** The keys of the entry, but for its profile and whose key it certifies, in the order in which they are written. */
  readonly fields: Readonly<Record<string, YamlValue>>
  /** Those that hold for certificates for the same key, too. */
  readonly overrides: ProfileOverrides
  /** What no entry can say: applied elsewhere, it is lost. */
  readonly unsaid: readonly string[]
  /** What is not known, and may be lost. */
  readonly unknown: readonly string[]
}

/** The entry whose key a certificate is for. */
export interface KeyHolder {
  readonly entry: StoredEntry
  readonly overrides: ProfileOverrides
}

/** @param profile that of the key's holder, if there is one */
export function entryWords(
  surroundings: Surroundings,
  profile: CertificateProfile,
  holder: KeyHolder | undefined,
): EntryWords {
  const { entry, issuer } = surroundings
  const inherited = holder?.overrides ?? {}
  const described: Described = { ...entry, issuer, profile, inherited }
  const isSpoiled = entry.defects.length > 0
  const own = ownWords(described, surroundings, holder)
  const rest = isSpoiled ? spoiledWords(described) : faultlessWords(described)
  const period = isSpoiledIn(entry, 'validity') ? {} : periodWords(surroundings, profile, inherited)
  const signed = signedWords(surroundings, profile, { ...inherited, ...own.overrides })
  const overrides = { ...own.overrides, ...signed.overrides, ...rest.overrides, ...period }
  return {
    fields: { ...orderedFields(overrides, rest.names), ...afterwards(surroundings, holder) },
    overrides,
    unsaid: [...own.unsaid, ...signed.unsaid, ...rest.unsaid, ...unsaidOf(surroundings)],
    unknown: [...own.unknown, ...rest.unknown],
  }
}

interface Words {
  readonly overrides: ProfileOverrides
  readonly unsaid: readonly string[]
  readonly unknown: readonly string[]
}

/** Subject and key. A certificate for the key of another one has both from there. */
function ownWords(
  { name, certificate, profile }: Described,
  surroundings: Surroundings,
  holder: KeyHolder | undefined,
): Words {
  if (holder !== undefined) {
    const isSame = Buffer.compare(certificate.subject.encoded, holder.entry.certificate.subject.encoded) === 0
    const unsaid = isSame ? [] : [`another subject than that of ${holder.entry.name}, whose key it certifies`]
    return { overrides: {}, unsaid, unknown: [] }
  }
  const key = isSpoiledIn(surroundings.entry, 'keys') ? SAID_BY_DEFECT : keyWords(surroundings, profile.key)
  const subject = subjectWords(certificate.subject, name, profile.subject)
  return {
    overrides: { ...subject, ...key.overrides },
    unsaid: [...(subject === undefined ? ['its subject'] : []), ...key.unsaid],
    unknown: key.unknown,
  }
}

const SAID_BY_DEFECT: Words = { overrides: {}, unsaid: [], unknown: [] }

function signedWords(surroundings: Surroundings, profile: CertificateProfile, overrides: ProfileOverrides): Words {
  const { entry } = surroundings
  const isOther = ['signature', 'keys', 'encoding'].some((group) => isSpoiledIn(entry, group))
  const { key = profile.key, digest = profile.digest } = overrides
  const words = isOther ? {} : digestWords(surroundings, { key, digest })
  return { overrides: words ?? {}, unsaid: words === undefined ? ['how it is signed'] : [], unknown: [] }
}

function faultlessWords(described: Described): Words & { readonly names: readonly string[] } {
  const { overrides, names, unsaid } = differencesFrom(described, unmarked(described.certificate))
  return { overrides, names, unsaid, unknown: [] }
}

/** What is wrong on purpose is not told from what was asked for: said is only what defects leave alone. */
function spoiledWords(described: Described): Words & { readonly names: readonly string[] } {
  const { certificate, profile } = described
  const { cA, pathLenConstraint } = certificate.decoded.basicConstraints ?? {}
  const isUsual = cA !== true || pathLenConstraint === profile.basicConstraints?.pathLenConstraint
  const differing = differingExtensions(described, unmarked(certificate))
  return {
    overrides: isUsual ? {} : { pathLenConstraint: pathLenConstraint ?? 'none' },
    names: alternativeNames(certificate),
    unsaid: [],
    unknown: differing.map((name) => `${name}: other than the profile has it, by the defect or otherwise`),
  }
}

function isSpoiledIn({ defects }: StoredEntry, group: string): boolean {
  return defects.some((defect) => defect.group === group)
}

/** What a certificate made from a seed says of itself, no entry says: what is made without the seed is none. */
function unmarked({ extensions }: Certificate): readonly Extension[] {
  return extensions.filter((extension) => !isMark(extension))
}

const [MARK] = markedExtensions([])

function isMark({ oid, value }: Extension): boolean {
  return oid === MARK?.oid && Buffer.compare(value, MARK.value) === 0
}

/** Whether a certificate says that it was made from a seed. */
export function isMarked({ extensions }: Certificate): boolean {
  return extensions.some(isMark)
}

const FIRST = ['subject', 'key', 'digest'] as const
const NEXT = ['cA', 'pathLenConstraint', 'notBefore', 'notAfter'] as const

function orderedFields(overrides: ProfileOverrides, names: readonly string[]): Readonly<Record<string, YamlValue>> {
  const fields: Record<string, YamlValue> = {}
  const take = (keys: readonly string[]) => {
    for (const key of keys) {
      const value = overrides[key as keyof ProfileOverrides]
      if (value !== undefined && !(key in fields)) fields[key] = value as YamlValue
    }
  }
  take(FIRST)
  if (names.length > 0) fields.names = names
  take(NEXT)
  take(Object.keys(overrides))
  return fields
}

/** What is no content of a profile. */
function afterwards(surroundings: Surroundings, holder: KeyHolder | undefined): Readonly<Record<string, YamlValue>> {
  const { certificate, defects, revocation, crlPeriod, exports } = surroundings.entry
  const isNumbered = isDrawn(certificate.serialOctets) || isSpoiledIn(surroundings.entry, 'serial-number')
  const isUnchecked = defects.length === 0 && needsNoChecks(surroundings, holder)
  return {
    ...(!isNumbered && { serialNumber: numberWords(certificate.serialNumber) }),
    ...(isUnchecked && { unchecked: true }),
    ...(defects.length > 0 && { defect: defects.map(({ id }) => id) }),
    ...(revocation !== undefined && { revoked: revocationWords(revocation) }),
    ...(crlPeriod !== undefined && { crl: crlWords(crlPeriod) }),
    ...(isList(exports) && exports.length > 0 && { exports: exports.flatMap(exportWords) }),
  }
}

/** 16 octets that begin with the bits 01: as they are drawn here, and again wherever the file is applied. */
function isDrawn(serialOctets: Uint8Array): boolean {
  return serialOctets.length === 16 && (serialOctets[0] ?? 0) >> 6 === 1
}

function numberWords(number: bigint): YamlValue {
  if (number >= 0n && number <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(number)
  return `${number < 0n ? '-' : ''}0x${(number < 0n ? -number : number).toString(16)}`
}

function revocationWords({ reason, revocationDate, invalidityDate }: StoredRevocation): YamlValue {
  const at = formatInstant(revocationDate)
  return { reason, at, ...(invalidityDate !== undefined && { invalidityDate: formatInstant(invalidityDate) }) }
}

/** Of `crl: true`. */
const USUAL_CRL_PERIOD = 7 * 86_400_000

function crlWords(period: number): YamlValue {
  return period === USUAL_CRL_PERIOD ? true : { validFor: formatWholeDuration(period) }
}

function exportWords({ formats, out, for: consumer }: FileExport): readonly YamlValue[] {
  if (out === '' && consumer === undefined) return formats
  const [format, ...others] = formats
  const words = { ...(out !== '' && { out }), ...(consumer !== undefined && { for: consumer }) }
  return [{ format: format !== undefined && others.length === 0 ? format : formats, ...words }]
}

function isList<T, U>(value: readonly T[] | U): value is readonly T[] {
  return Array.isArray(value)
}

/** Whether apply would refuse to make it: it was made unchecked, or elsewhere. */
function needsNoChecks({ entry, issuer, above }: Surroundings, holder: KeyHolder | undefined): boolean {
  const { certificate, crlPeriod, issuedAt } = entry
  const { subject, publicKey, extensions, signatureAlgorithm, decoded } = certificate
  if (issuer !== undefined && !isAuthority(issuer)) return true
  if (holder !== undefined && !isAuthority(holder.entry)) return true
  if (crlPeriod !== undefined && decoded.keyUsage?.includes('cRLSign') === false) return true
  const [notBefore, notAfter] = [certificate.notBefore.date, certificate.notAfter.date]
  const problems = checkIssuance({
    issuer: issuer && { certificate: issuer.certificate, chain: above },
    // Nobody signs: asked is for the key and the algorithm.
    signer: {
      publicKey: (issuer ?? entry).certificate.publicKey,
      algorithm: signatureAlgorithm.encoded,
      sign: () => new Uint8Array(0),
    },
    subject,
    publicKey,
    notBefore,
    notAfter,
    extensions,
    now: issuedAt ?? notBefore,
    random: (length) => new Uint8Array(length),
  })
  return problems.some(({ level }) => level === 'refused')
}

function isAuthority({ certificate }: StoredEntry): boolean {
  return certificate.decoded.basicConstraints?.cA === true
}

function unsaidOf({ entry, issuer }: Surroundings): readonly string[] {
  const { certificate, exports, defects } = entry
  const { publicKey, signatureAlgorithm, tbs, signature } = certificate
  const isOfOther =
    issuer === undefined &&
    defects.length === 0 &&
    checkSignature(signatureAlgorithm, publicKey, tbs, signature) !== 'valid'
  return [
    ...(isOfOther ? ['that another key signed it: it is made self-signed'] : []),
    ...(isList(exports) ? [] : [`what is exported of it: ${exports.files.join(', ')}`]),
  ]
}
