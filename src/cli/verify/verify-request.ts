/** The flags of `pki verify` and `pki lint` that say what is asked, read into the engine's terms. */

import type { Command } from 'commander'
import { isOid } from '../../der/writer.ts'
import { PkiError } from '../../errors.ts'
import { type Identity, referenceName } from '../../path/identity.ts'
import { RFC5280, RULE_SETS, type RuleSet } from '../../path/rule-set.ts'
import { ipAddressOctets } from '../../x509/ip-address.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import type { FlagCondition } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import {
  parseChoice,
  parseCount,
  parseFlag,
  parseFlagInstant,
  refuseTogether,
  repeatable,
  requireOid,
} from '../options.ts'
import { addFetchFlags, FETCH_CONDITIONS, type FetchFlags, type FetchRequest, fetchRequest } from './fetch-options.ts'

export interface RuleOption {
  readonly rules?: string
}

export interface VerifyFlags extends RuleOption, FetchFlags {
  readonly trust?: readonly string[]
  readonly untrusted?: readonly string[]
  readonly purpose?: string
  readonly host?: string
  readonly ip?: string
  readonly email?: string
  readonly uri?: string
  readonly at?: string
  readonly crl?: readonly string[]
  readonly ocspResponse?: readonly string[]
  readonly revocation?: string
  readonly revocationScope?: string
  readonly softFail?: boolean
  readonly maxDepth?: string
  readonly anchorConstraints?: boolean
  readonly policy?: readonly string[]
  readonly explicitPolicy?: boolean
  readonly inhibitPolicyMapping?: boolean
  readonly inhibitAnyPolicy?: boolean
}

/** Declares the flags of {@link VerifyFlags}, grouped as the help shows them. */
export function addVerifyFlags(command: Command): void {
  command
    .option('--trust <file|name>', 'trust anchors: files or names in the store (repeatable)', repeatable)
    .option('--untrusted <file>', 'certificates that may stand between (repeatable)', repeatable)
    .option('--purpose <name>', 'serverAuth, clientAuth, emailProtection, codeSigning, …, any, or an OID')
    .option('--host <name>', 'the host it must be for: a DNS name, or an IP address')
    .option('--ip <address>', 'the IP address it must be for')
    .option('--email <address>', 'the mailbox it must be for')
    .option('--uri <uri>', 'the URI it must be for')
    .option('--at <time>', 'the time to check at: 2030-01-31, 2030-01-31T12:00:00Z, -10d (default: now)')
  addRulesOption(command)
  command
    .optionsGroup('Revocation:')
    .option('--crl <file|folder>', 'CRLs (repeatable)', repeatable)
    .option('--ocsp-response <file>', 'OCSP responses, such as a stapled one (repeatable)', repeatable)
    .option('--revocation <how>', 'none; offline: by what is given; online (default: offline with --crl, else none)')
    .option('--revocation-scope <which>', 'end-entity, exclude-root, entire-chain (default: exclude-root)')
    .option('--soft-fail', 'a certificate whose revocation status is unknown passes')
  addFetchFlags(command)
  command
    .optionsGroup('Path and policies:')
    .option('--max-depth <n>', 'how many intermediates the path may have')
    .option('--no-anchor-constraints', 'take name and key of the trust anchors alone, not what they say (RFC 5937)')
    .option('--policy <oid>', 'an acceptable certificate policy (repeatable)', repeatable)
    .option('--explicit-policy', 'the path must be valid for an acceptable policy')
    .option('--inhibit-policy-mapping', 'policies are not mapped')
    .option('--inhibit-any-policy', 'anyPolicy stands for no policy')
}

/** Whether revocation is checked, or refused to be by `--revocation none`, which says so itself. */
const asksRevocation: FlagCondition['holds'] = ({ revocation, crl, ocspResponse }) =>
  (revocation ?? crl ?? ocspResponse) !== undefined

export const VERIFY_CONDITIONS: readonly FlagCondition[] = [
  {
    flags: ['--soft-fail', '--revocation-scope'],
    goesWith: '--revocation offline or online, --crl or --ocsp-response',
    holds: (options, args) => options.as !== undefined || asksRevocation(options, args),
  },
  ...FETCH_CONDITIONS,
]

export function addRulesOption(command: Command, preset: RuleSet = RFC5280): void {
  command.option('--rules <name>', `${Object.keys(RULE_SETS).join(', ')} (default: ${preset.name})`)
}

/** @throws PkiError `usage.option` */
export function ruleSetOf({ rules }: RuleOption, preset: RuleSet = RFC5280): RuleSet {
  if (rules === undefined) return preset
  return RULE_SETS[parseChoice(rules, Object.keys(RULE_SETS), '--rules')] ?? preset
}

const REVOCATION_SCOPES = ['end-entity', 'exclude-root', 'entire-chain'] as const

export interface RevocationRequest {
  readonly how: 'offline' | 'online'
  readonly scope: (typeof REVOCATION_SCOPES)[number]
  readonly softFail: boolean
}

/** Everything that is asked, certificates and CRLs aside. */
export interface VerifyRequest {
  readonly rules: RuleSet
  readonly at: Date
  /** No instant was asked for: `at` is the present, as far as it has gone. */
  readonly isPresent: boolean
  /** An OID; undefined if any purpose will do. */
  readonly purpose: string | undefined
  readonly identity: Identity | undefined
  readonly maxDepth: number | undefined
  readonly anchorConstraints: boolean
  readonly revocation: RevocationRequest | undefined
  readonly fetch: FetchRequest
  readonly policies: {
    readonly initialPolicySet: readonly string[] | undefined
    readonly explicitPolicy: boolean
    readonly inhibitPolicyMapping: boolean
    readonly inhibitAnyPolicy: boolean
  }
  /** The same in words, for people to see what the verdict is about. */
  readonly words: readonly string[]
}

/** @throws PkiError `usage.option`, `usage.time`, `usage.general-name` */
export function verifyRequest(flags: VerifyFlags, io: Io): VerifyRequest {
  const purpose = purposeOf(flags.purpose)
  const identity = identityOf(flags)
  const revocation = revocationOf(flags)
  for (const policy of flags.policy ?? []) requireOid(policy, '--policy')
  return {
    rules: ruleSetOf(flags),
    at: flags.at === undefined ? io.now() : parseFlagInstant(flags.at, '--at', io.now()),
    isPresent: flags.at === undefined,
    purpose,
    identity,
    maxDepth: flags.maxDepth === undefined ? undefined : parseCount(flags.maxDepth, '--max-depth'),
    anchorConstraints: flags.anchorConstraints !== false,
    revocation,
    fetch: fetchRequest(flags, io),
    policies: {
      initialPolicySet: flags.policy,
      explicitPolicy: flags.explicitPolicy === true,
      inhibitPolicyMapping: flags.inhibitPolicyMapping === true,
      inhibitAnyPolicy: flags.inhibitAnyPolicy === true,
    },
    words: [
      ...(purpose === undefined ? [] : [`purpose ${flags.purpose}`]),
      ...(identity === undefined ? [] : [`${identity.type === 'dns' ? 'host' : identity.type} ${identity.value}`]),
      revocation === undefined ? 'revocation not checked' : `revocation ${revocation.how}, ${revocation.scope}`,
    ],
  }
}

function purposeOf(text: string | undefined): string | undefined {
  if (text === undefined || text.toLowerCase() === 'any') return undefined
  if (isOid(text)) return text
  const names = Object.keys(KEY_PURPOSE) as (keyof typeof KEY_PURPOSE)[]
  const name = names.find((known) => known.toLowerCase() === text.toLowerCase())
  if (name !== undefined) return KEY_PURPOSE[name]
  throw new PkiError('usage.option', `--purpose: unknown purpose: ${text}`, {
    hint: 'use serverAuth, clientAuth, emailProtection, codeSigning, timeStamping, OCSPSigning, any, or an OID',
  })
}

function identityOf({ host, ip, email, uri }: VerifyFlags): Identity | undefined {
  refuseTogether({ '--host': host, '--ip': ip, '--email': email, '--uri': uri })
  if (host !== undefined) {
    // As in a URL, a host may be an address, one of IPv6 in brackets.
    const value = host.replace(/^\[(.*)\]$/, '$1')
    return requireIdentity({ type: ipAddressOctets(value) === undefined ? 'dns' : 'ip', value }, '--host')
  }
  if (ip !== undefined) return requireIdentity({ type: 'ip', value: ip }, '--ip')
  if (email !== undefined) return requireIdentity({ type: 'email', value: email }, '--email')
  return uri === undefined ? undefined : requireIdentity({ type: 'uri', value: uri }, '--uri')
}

/** What is no name is refused before any file is read. */
function requireIdentity(identity: Identity, flag: string): Identity {
  parseFlag(identity.value, flag, () => referenceName(identity))
  return identity
}

function revocationOf(flags: VerifyFlags): VerifyRequest['revocation'] {
  const choices = ['none', 'offline', 'online'] as const
  const given = flags.revocation === undefined ? undefined : parseChoice(flags.revocation, choices, '--revocation')
  const how = given ?? (flags.crl === undefined && flags.ocspResponse === undefined ? undefined : 'offline')
  if (how === 'none') {
    const { crl, ocspResponse, revocationScope, softFail } = flags
    for (const [flag, value] of Object.entries({
      '--crl': crl,
      '--ocsp-response': ocspResponse,
      '--revocation-scope': revocationScope,
      '--soft-fail': softFail,
    })) {
      refuseTogether({ '--revocation none': true, [flag]: value })
    }
  }
  if (how === 'none' || how === undefined) return undefined
  const scope = parseChoice(flags.revocationScope ?? 'exclude-root', REVOCATION_SCOPES, '--revocation-scope')
  return { how, scope, softFail: flags.softFail === true }
}
