/** The flags of `pki verify --as`: whose judgement is asked for, and what its options are. */

import type { Command } from 'commander'
import type { CertificateTypes, CertificateValidationOptions } from '../../authentication/options.ts'
import { PkiError } from '../../errors.ts'
import type { ChainPolicy, RevocationFlag, RevocationMode, TrustMode } from '../../path/x509chain/policy.ts'
import { VERIFICATION_FLAGS, type VerificationFlag } from '../../path/x509chain/verification-flags.ts'
import { type FlagCondition, onlyBeside } from '../flag-condition.ts'
import { list, parseChoice, repeatable } from '../options.ts'
import type { VerifyFlags } from './verify-request.ts'

export interface PlatformFlags {
  readonly as?: string
  readonly allowedTypes?: string
  readonly trustMode?: string
  readonly additional?: readonly string[]
  readonly validateUse?: boolean
  readonly validateValidity?: boolean
  readonly revocationMode?: string
  readonly revocationFlag?: string
  readonly verificationFlag?: readonly string[]
}

const PLATFORMS = ['x509chain', 'aspnetcore'] as const
export type PlatformName = (typeof PLATFORMS)[number]

/** Declares the flags of {@link PlatformFlags}. */
export function addPlatformFlags(command: Command): void {
  command
    .optionsGroup('As .NET judges:')
    .option('--as <platform>', 'judge as .NET does: x509chain, or aspnetcore for its certificate authentication')
    .option('--trust-mode <mode>', 'with --as: system (SSL_CERT_FILE, SSL_CERT_DIR) or custom (--trust)')
    .option('--additional <file>', 'with --as: certificates that help to build the chain (repeatable)', repeatable)
    .option('--revocation-mode <mode>', 'with --as: no-check, online, offline (default: online)')
    .option('--revocation-flag <which>', 'with --as: end-certificate-only, exclude-root, entire-chain')
    .option('--verification-flag <name>', 'with --as x509chain: IgnoreNotTimeValid, … (repeatable)', list)
    .option('--allowed-types <kind>', 'with --as aspnetcore: chained, self-signed, all (default: chained)')
    .option('--no-validate-use', 'with --as aspnetcore: certificates need not be for clients')
    .option('--no-validate-validity', 'with --as aspnetcore: certificates may be out of date')
}

const TRUST_MODE: Readonly<Record<string, TrustMode>> = { system: 'System', custom: 'CustomRootTrust' }
const TYPES: Readonly<Record<string, CertificateTypes>> = {
  chained: 'Chained',
  'self-signed': 'SelfSigned',
  all: 'All',
}
const MODES: Readonly<Record<string, RevocationMode>> = { 'no-check': 'NoCheck', online: 'Online', offline: 'Offline' }
const FLAGS: Readonly<Record<string, RevocationFlag>> = {
  'end-certificate-only': 'EndCertificateOnly',
  'exclude-root': 'ExcludeRoot',
  'entire-chain': 'EntireChain',
}

/** Flags that mean something for platforms alone. */
export const PLATFORM_CONDITIONS: readonly FlagCondition[] = [
  {
    flags: ['--allowed-types', '--no-validate-use', '--no-validate-validity'],
    goesWith: '--as aspnetcore',
    holds: ({ as }) => as === 'aspnetcore',
  },
  { flags: ['--verification-flag'], goesWith: '--as x509chain', holds: ({ as }) => as === 'x509chain' },
  onlyBeside(['--trust-mode', '--additional', '--revocation-mode', '--revocation-flag'], {
    as: `--as ${PLATFORMS.join(' or ')}`,
  }),
  {
    flags: ['--revocation-flag'],
    goesWith: '--revocation-mode online or offline',
    holds: ({ revocationMode }) => revocationMode !== 'no-check',
  },
]

/** What the engine is asked that .NET does not look at, or is told otherwise. */
const NOT_ASKED: Readonly<Partial<Record<keyof VerifyFlags, string>>> = {
  rules: '--rules',
  host: '--host',
  ip: '--ip',
  email: '--email',
  uri: '--uri',
  maxDepth: '--max-depth',
  revocation: '--revocation (use --revocation-mode)',
  revocationScope: '--revocation-scope (use --revocation-flag)',
  softFail: '--soft-fail',
  explicitPolicy: '--explicit-policy',
  inhibitPolicyMapping: '--inhibit-policy-mapping',
  inhibitAnyPolicy: '--inhibit-any-policy',
}

/** What was asked of a platform, trust and times aside. */
export interface PlatformRequest {
  readonly platform: PlatformName
  /** Undefined: custom if anything is trusted with `--trust`, else system. */
  readonly trustMode: TrustMode | undefined
  readonly additional: readonly string[]
  /** Of X509Chain. */
  readonly policy: Pick<ChainPolicy, 'revocationMode' | 'revocationFlag' | 'verificationFlags'>
  /** Of the handler. */
  readonly options: CertificateValidationOptions
  /** Both in words. */
  readonly words: readonly string[]
}

/**
 * The request, or undefined if no platform was named.
 * @throws PkiError `usage.option` for flags that do not go with it
 */
export function platformRequest(flags: PlatformFlags & VerifyFlags): PlatformRequest | undefined {
  const platform = flags.as === undefined ? undefined : parseChoice(flags.as, PLATFORMS, '--as')
  if (platform === undefined) return undefined
  refuseForeign(flags, platform)
  const revocationMode = member(flags.revocationMode, MODES, '--revocation-mode') ?? 'Online'
  const revocationFlag = member(flags.revocationFlag, FLAGS, '--revocation-flag') ?? 'ExcludeRoot'
  const allowedCertificateTypes = member(flags.allowedTypes, TYPES, '--allowed-types') ?? 'Chained'
  const trustMode = member(flags.trustMode, TRUST_MODE, '--trust-mode')
  const asked = revocationMode === 'NoCheck' ? NOT_CHECKED : `revocation ${revocationMode}, ${revocationFlag}`
  return {
    platform,
    trustMode,
    additional: [...(flags.additional ?? []), ...(flags.untrusted ?? [])],
    policy: { revocationMode, revocationFlag, verificationFlags: verificationFlags(flags.verificationFlag ?? []) },
    options: {
      allowedCertificateTypes,
      revocationMode,
      revocationFlag,
      validateCertificateUse: flags.validateUse,
      validateValidityPeriod: flags.validateValidity,
    },
    words: platform === 'aspnetcore' ? handlerWords(allowedCertificateTypes, asked) : [asked],
  }
}

const NOT_CHECKED = 'revocation not checked'

/** The handler never asks whether a self-signed certificate is revoked, whatever the mode. */
function handlerWords(types: CertificateTypes, asked: string): readonly string[] {
  const ofWhom = types === 'SelfSigned' ? NOT_CHECKED : asked
  return [`allowed ${types}`, types === 'All' && asked !== NOT_CHECKED ? `${asked} (of chained ones)` : ofWhom]
}

function refuseForeign(flags: PlatformFlags & VerifyFlags, platform: PlatformName): void {
  const notAsked = platform === 'aspnetcore' ? { ...NOT_ASKED, purpose: '--purpose', policy: '--policy' } : NOT_ASKED
  for (const [key, flag] of Object.entries(notAsked)) {
    if (flags[key as keyof VerifyFlags] === undefined) continue
    throw new PkiError('usage.option', `${flag} does not go with --as ${platform}: .NET does not ask it`)
  }
  if (flags.anchorConstraints === false) {
    throw new PkiError('usage.option', `--no-anchor-constraints does not go with --as ${platform}`)
  }
}

function member<T>(text: string | undefined, members: Readonly<Record<string, T>>, flag: string): T | undefined {
  return text === undefined ? undefined : members[parseChoice(text, Object.keys(members), flag)]
}

function verificationFlags(names: readonly string[]): readonly VerificationFlag[] {
  const all = names.some((name) => name === 'AllFlags')
  return all ? VERIFICATION_FLAGS : names.map((name) => parseChoice(name, VERIFICATION_FLAGS, '--verification-flag'))
}
