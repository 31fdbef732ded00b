/** The options that say what a certificate contains: one set for `init`, `issue` and `sign`. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { type DigestName, KEY_ALGORITHM_NAMES, requireKeyAlgorithmName, type SigningScheme } from '../../keys/keys.ts'
import { parseDuration, parseMoment } from '../../profile/duration.ts'
import { type ProfileOverrides, requireOmittable } from '../../profile/override.ts'
import type { CertificateProfile, ExtensionName } from '../../profile/profile.ts'
import { parseRawExtension, parseTextExtension } from '../../x509/extension-text.ts'
import type { GeneralName } from '../../x509/general-name.ts'
import { guessGeneralName, parseGeneralNameText, parseSubtreeText } from '../../x509/general-name-text.ts'
import { parseNameText } from '../../x509/name-text.ts'
import { EXTENSION } from '../../x509/oids.ts'
import { parseKeyPurpose, parseKeyUsageName } from '../../x509/usage-text.ts'
import {
  checkFlag,
  list,
  parseChoice,
  parseCount,
  parseFlag,
  refuseTogether,
  repeatable,
  requireOid,
  requireUrl,
} from '../options.ts'

/** Values as they come from commander. */
export type ContentOptions = {
  readonly subject?: string
  readonly dns?: readonly string[]
  readonly ip?: readonly string[]
  readonly email?: readonly string[]
  readonly uri?: readonly string[]
  readonly upn?: readonly string[]
  readonly san?: readonly string[]
  readonly key?: string
  readonly digest?: string
  readonly pss?: boolean
  readonly days?: string
  readonly hours?: string
  readonly validFor?: string
  readonly notBefore?: string
  readonly notAfter?: string
  readonly ca?: boolean
  readonly pathLength?: string
  readonly permit?: readonly string[]
  readonly exclude?: readonly string[]
  readonly policy?: readonly string[]
  readonly keyUsage?: readonly string[]
  readonly extKeyUsage?: readonly string[]
  readonly extension?: readonly string[]
  readonly textExtension?: readonly string[]
  readonly omit?: readonly string[]
  readonly critical?: readonly string[]
  readonly notCritical?: readonly string[]
  readonly ski?: string
  readonly aki?: string
  readonly baseUrl?: string
  readonly serial?: string
}

const DIGESTS: readonly DigestName[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'md5']

/** Everything that an issuer decides; not the key, which a request brings along. */
export function addContentOptions(command: Command): void {
  addNameOptions(command)
  command
    .optionsGroup('Validity:')
    .option('--days <n>', 'valid for so many days')
    .option('--hours <n>', 'valid for so many hours')
    .option('--valid-for <duration>', 'valid for: 90d, 12h, 2w, 6mo, 10y')
    .option('--not-before <time>', 'begins: 2026-01-31, 2026-01-31T12:00:00Z, or a duration from now: -10m')
    .option('--not-after <time>', 'ends, in the same forms')
  addUsageOptions(command)
  addExtensionOptions(command)
  command
    .option('--ski <method>', 'subject key identifier: rfc7093, sha1 or none')
    .option('--aki <form>', 'authority key identifier: keyIdentifier, issuerAndSerial or none')
    .option('--base-url <url>', 'where CRL, OCSP and issuer certificate are served; puts pointers in')
  addSignatureOptions(command)
  command.option('--serial <number>', 'serial number, decimal or 0x…; otherwise 16 random octets')
}

/** What the maker of a request can ask for: the rest of {@link addContentOptions} is the issuer's to decide. */
export function addWishOptions(command: Command): void {
  addNameOptions(command)
  addUsageOptions(command)
  addExtensionOptions(command)
  addSignatureOptions(command)
}

function addNameOptions(command: Command): void {
  command
    .optionsGroup('Names:')
    .option('--subject <dn>', 'distinguished name, RFC 4514: "CN=alice,O=Example"; {name} is replaced')
    .option('--dns <name>', 'DNS name (repeatable, as all names)', repeatable)
    .option('--ip <address>', 'IP address', repeatable)
    .option('--email <address>', 'e-mail address', repeatable)
    .option('--uri <uri>', 'URI', repeatable)
    .option('--upn <name>', 'user principal name, for Windows logon', repeatable)
    .option('--san <name>', 'any name: dns:, ip:, email:, uri:, upn:, dirname:, rid:, othername:OID:hex', repeatable)
}

function addUsageOptions(command: Command): void {
  command
    .optionsGroup('What it may do:')
    .option('--ca', 'make it a certification authority')
    .option('--no-ca', 'make it none')
    .option('--path-length <n>', 'pathLenConstraint: how many CAs may stand below it; none for no limit')
    .option(
      '--permit <subtree>',
      'name constraint: dns:.test, ip:10.0.0.0/8, email:, uri:, dirname: (repeatable)',
      repeatable,
    )
    .option('--exclude <subtree>', 'the opposite (repeatable)', repeatable)
    .option('--policy <oid>', 'certificate policy (repeatable)', list)
    .option('--key-usage <usages>', 'keyCertSign,cRLSign,… replacing those of the profile; or none', list)
    .option(
      '--ext-key-usage <purposes>',
      'serverAuth,clientAuth,… or OIDs, replacing those of the profile; or none',
      list,
    )
}

function addExtensionOptions(command: Command): void {
  command
    .optionsGroup('Extensions:')
    .option(
      '--extension <oid=value>',
      'any extension, hex or base64 (hex:…, base64:… to be sure); critical,<oid>=… if critical (repeatable)',
      repeatable,
    )
    .option(
      '--text-extension <text>',
      "in PowerShell's form: 2.5.29.19={text}CA=1&pathlength=1 (repeatable)",
      repeatable,
    )
    .option('--omit <names>', 'leave extensions out, by name or OID', list)
    .option('--critical <names>', 'mark extensions critical', list)
    .option('--not-critical <names>', 'mark extensions not critical', list)
}

function addSignatureOptions(command: Command): void {
  command
    .optionsGroup('Signature:')
    .option('--digest <name>', `digest of the signature: ${DIGESTS.join(', ')}`)
    .option('--pss', 'sign with RSASSA-PSS')
}

/** Loaded by whoever finds it given: `deliberate-defects.ts`. */
export type DefectOption = { readonly defect?: readonly string[] }

export function addDefectOption(command: Command): void {
  command.option('--defect <ids>', 'make it wrong on purpose: expired,no-san; pki defects list shows all', list)
}

/** What kind of key is made, or which one is used. */
export function addKeyOptions(command: Command): void {
  command
    .optionsGroup('Key:')
    .option('--key <algorithm>', `kind of key: ${KEY_ALGORITHM_NAMES.join(', ')}`)
    .option('--key-file <file>', 'use this private key instead of making one')
    .option('--encrypt-key', 'encrypt the key file; asks for a password')
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
}

/**
 * What the flags change in a profile.
 * @throws PkiError `usage.*` for a value that cannot be read or flags that contradict each other
 */
export function overridesFrom(options: ContentOptions): ProfileOverrides {
  const keyUsage = withoutNone(options.keyUsage)
  const extKeyUsage = withoutNone(options.extKeyUsage)
  const omit = [
    ...(options.omit ?? []).map((name) => checkFlag(name, '--omit', requireOmittable)),
    ...(keyUsage?.length === 0 ? ['keyUsage'] : []),
    ...(extKeyUsage?.length === 0 ? ['extKeyUsage'] : []),
  ]
  return {
    key: options.key === undefined ? undefined : parseFlag(options.key, '--key', requireKeyAlgorithmName),
    digest: options.digest === undefined ? undefined : parseChoice(options.digest, DIGESTS, '--digest'),
    subject: subjectFrom(options),
    notBefore: checkFlag(options.notBefore, '--not-before', parseMoment),
    notAfter: notAfterFrom(options),
    cA: options.ca,
    pathLenConstraint: pathLengthFrom(options.pathLength),
    keyUsage:
      keyUsage?.length === 0 ? undefined : keyUsage?.map((name) => parseFlag(name, '--key-usage', parseKeyUsageName)),
    extKeyUsage:
      extKeyUsage?.length === 0
        ? undefined
        : extKeyUsage?.map((name) => parseFlag(name, '--ext-key-usage', parseKeyPurpose)),
    certificatePolicies: options.policy?.map((policy) => requireOid(policy, '--policy')),
    permit: options.permit?.map((text) => checkFlag(text, '--permit', parseSubtreeText)),
    exclude: options.exclude?.map((text) => checkFlag(text, '--exclude', parseSubtreeText)),
    baseUrl: options.baseUrl === undefined ? undefined : requireUrl(options.baseUrl, '--base-url'),
    subjectKeyIdentifier: options.ski === undefined ? undefined : parseChoice(options.ski, SKI_METHODS, '--ski'),
    authorityKeyIdentifier: options.aki === undefined ? undefined : parseChoice(options.aki, AKI_FORMS, '--aki'),
    critical: options.critical?.map((name) => parseFlag(name, '--critical', extensionName)),
    notCritical: options.notCritical?.map((name) => parseFlag(name, '--not-critical', extensionName)),
    extensions: extensionsFrom(options),
    omit: omit.length === 0 ? undefined : omit,
  }
}

const SKI_METHODS: readonly NonNullable<CertificateProfile['subjectKeyIdentifier']>[] = ['rfc7093', 'sha1', 'none']
const AKI_FORMS: readonly NonNullable<CertificateProfile['authorityKeyIdentifier']>[] = [
  'keyIdentifier',
  'issuerAndSerial',
  'none',
]

/**
 * The alternative names that the flags ask for, in the order of the flags' kinds.
 * @throws PkiError `usage.general-name`
 */
export function namesFrom(options: ContentOptions): readonly GeneralName[] {
  const { dns = [], ip = [], email = [], uri = [], upn = [], san = [] } = options
  const kinds = Object.entries({ dns, ip, email, uri, upn })
  const named = kinds.flatMap(([kind, values]) =>
    values.map((value) => parseFlag(`${kind}:${value}`, `--${kind}`, parseGeneralNameText)),
  )
  return [...named, ...san.map((text) => parseFlag(text, '--san', guessGeneralName))]
}

/** @throws PkiError `usage.option` for what is no number; a negative one is taken, and is a deliberate defect */
export function serialNumberFrom({ serial }: ContentOptions): bigint | undefined {
  if (serial === undefined) return undefined
  if (/^-?(0x[0-9a-f]+|\d+)$/i.test(serial)) return serial.startsWith('-') ? -BigInt(serial.slice(1)) : BigInt(serial)
  throw new PkiError('usage.option', `--serial: not a number: ${serial}`, { hint: 'write 4711 or 0x1267' })
}

/** How the issuer signs, where that was said. */
export function schemeFrom({ pss }: ContentOptions): SigningScheme | undefined {
  return pss === true ? { pss } : undefined
}

/** With `{name}` in it, it is a name only when that is known. */
function subjectFrom({ subject }: ContentOptions): string | undefined {
  return subject?.includes('{name}') === true ? subject : checkFlag(subject, '--subject', parseNameText)
}

function notAfterFrom({ days, hours, validFor, notAfter }: ContentOptions): string | undefined {
  refuseTogether({ '--days': days, '--hours': hours, '--valid-for': validFor, '--not-after': notAfter })
  if (days !== undefined) return `${parseCount(days, '--days')}d`
  if (hours !== undefined) return `${parseCount(hours, '--hours')}h`
  if (validFor !== undefined) return checkFlag(validFor, '--valid-for', parseDuration)
  return checkFlag(notAfter, '--not-after', parseMoment)
}

function pathLengthFrom(text: string | undefined): number | 'none' | undefined {
  return text === undefined || text === 'none' ? text : parseCount(text, '--path-length')
}

/** `none` alone means an empty list; among others it means nothing. */
function withoutNone(items: readonly string[] | undefined): readonly string[] | undefined {
  if (items === undefined) return undefined
  if (items.length > 1 && items.includes('none')) {
    throw new PkiError('usage.option', `none stands alone: ${items.join(',')}`)
  }
  return items.filter((item) => item !== 'none')
}

function extensionName(text: string): ExtensionName {
  const entries = Object.entries(EXTENSION) as [ExtensionName, string][]
  const found = entries.find(([name, oid]) => oid === text || name.toLowerCase() === text.toLowerCase())
  if (found !== undefined) return found[0]
  throw new PkiError('usage.extension', `unknown extension: ${text}`)
}

function extensionsFrom({ extension = [], textExtension = [] }: ContentOptions): readonly string[] | undefined {
  const all = [
    ...extension.map((text) => parseFlag(text, '--extension', extensionText)),
    ...textExtension.map((text) => checkFlag(text, '--text-extension', parseTextExtension)),
  ]
  return all.length === 0 ? undefined : all
}

/** Any bytes in PowerShell's form, which is the one that profiles know. */
function extensionText(text: string): string {
  const { oid, critical, value } = parseRawExtension(text)
  return `${oid}=${critical ? '{critical}' : ''}{hex}${Buffer.from(value).toString('hex')}`
}
