/**
 * Who is allowed: the requirement of the article on mutual TLS, thumbprints or patterns of subjects, and with it
 * SPIFFE IDs and pins of public keys. One match is enough.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import { PkiError } from '../errors.ts'
import { CLAIM_TYPE } from './claim-types.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { type Names, requireKnown } from './known-options.ts'
import type { ClaimsPrincipal } from './principal.ts'
import type { AuthenticateResult } from './result.ts'
import { compilePatterns, requireLinearPattern, type SubjectMatcher } from './subject-pattern.ts'

/**
 * What is left out does not ask for anything; an empty list allows nobody by it. With nothing at all, whoever has
 * authenticated is allowed.
 */
export interface CertificateRequirement {
  /** SHA-1 (40 hexadecimal digits) or SHA-256 (64) of certificates, in either case; colons and spaces are passed over. */
  readonly allowedThumbprints?: readonly string[] | undefined
  /**
   * Patterns in RE2 syntax, found anywhere in the subject as .NET writes it: `CN=a, O=b`. Note that `.` matches `, `
   * too, so that `^CN=.*\.example$` is also found in `CN=x, O=y.example`; whom that matters to writes `[^,]*`.
   */
  readonly allowedSubjectPatterns?: readonly string[] | undefined
  /** `spiffe://domain/path`, or `spiffe://domain/path/*` for everything below. */
  readonly allowedSpiffeIds?: readonly string[] | undefined
  /** SHA-256 of SubjectPublicKeyInfo: base64 as in RFC 7469, with or without `sha256/`, or 64 hexadecimal digits. */
  readonly allowedPublicKeys?: readonly string[] | undefined
}

/** The example of the article: the services of a Kubernetes cluster, and named ones. */
export const SERVICE_ACCOUNTS: CertificateRequirement = {
  allowedSubjectPatterns: ['^CN=.*\\.svc\\.cluster\\.local$', '^CN=service-[a-z]+$'],
}

/** What a policy says. Both refusals are answered 403; `onChallenge` is asked only where nobody has authenticated. */
export type Decision = 'allowed' | 'not-authenticated' | 'not-allowed'

const REQUIREMENTS: Names<CertificateRequirement> = {
  allowedThumbprints: true,
  allowedSubjectPatterns: true,
  allowedSpiffeIds: true,
  allowedPublicKeys: true,
}

/** A requirement, made ready. */
export class CertificatePolicy {
  /** Settled when the patterns are compiled; rejects with a PkiError for one that cannot be, and then nobody is allowed. */
  readonly ready: Promise<void>
  readonly #thumbprints: readonly Buffer[]
  readonly #publicKeys: readonly Buffer[]
  readonly #spiffeIds: readonly string[]
  /** Undefined until the patterns are compiled. */
  #matchesSubject: SubjectMatcher | undefined
  readonly #isOpen: boolean

  /** @throws PkiError `usage.option` for a requirement that there is not, and for what is no thumbprint, pin, SPIFFE ID or pattern that runs in linear time */
  constructor(requirement: CertificateRequirement = {}) {
    requireKnown(requirement, REQUIREMENTS, 'the requirement')
    const { allowedThumbprints, allowedSubjectPatterns, allowedSpiffeIds, allowedPublicKeys } = requirement
    const lists = [allowedThumbprints, allowedSubjectPatterns, allowedSpiffeIds, allowedPublicKeys]
    if (!lists.every((list) => list === undefined || Array.isArray(list))) {
      throw new PkiError('usage.option', 'a requirement takes lists')
    }
    this.#isOpen = lists.every((list) => list === undefined)
    this.#thumbprints = (allowedThumbprints ?? []).map(thumbprint)
    this.#publicKeys = (allowedPublicKeys ?? []).map(publicKeyPin)
    this.#spiffeIds = (allowedSpiffeIds ?? []).map(requireSpiffeId)
    const patterns = allowedSubjectPatterns ?? []
    for (const pattern of patterns) requireLinearPattern(pattern)
    if (patterns.length === 0) this.#matchesSubject = () => false
    this.ready = this.#compile(patterns)
    // Whoever does not wait for it learns it from the first request, which it fails.
    this.ready.catch(() => undefined)
  }

  async #compile(patterns: readonly string[]): Promise<void> {
    this.#matchesSubject ??= await compilePatterns(patterns)
  }

  /**
   * Whether what came of authentication is enough. A promise only as long as patterns are being compiled; it rejects
   * with PkiError `usage.option` for a pattern that the engine does not take.
   */
  decide(result: AuthenticateResult | undefined): Decision | Promise<Decision> {
    return this.#matchesSubject === undefined ? this.ready.then(() => this.#decide(result)) : this.#decide(result)
  }

  #decide(result: AuthenticateResult | undefined): Decision {
    if (result?.outcome !== 'success' || !result.principal.isAuthenticated) return 'not-authenticated'
    if (this.#isOpen) return 'allowed'
    const { principal, certificate } = result
    // The article's handler decides nothing about a principal that carries no thumbprint.
    const claimed = thumbprintIn(principal)
    if (claimed === undefined) return 'not-allowed'
    const subject = subjectIn(principal)
    const isAllowed =
      this.#hasThumbprint(claimed, certificate) ||
      isAmong(this.#publicKeys, sha256(certificate.certificate.publicKey.encoded)) ||
      this.#hasSpiffeId(certificate) ||
      (subject !== undefined && this.#matchesSubject?.(subject) === true)
    return isAllowed ? 'allowed' : 'not-allowed'
  }

  #hasThumbprint(claimed: string, { sha256: digest }: ClientCertificate): boolean {
    const bySha1 = HEXADECIMAL.test(claimed) && isAmong(this.#thumbprints, Buffer.from(claimed, 'hex'))
    return isAmong(this.#thumbprints, Buffer.from(digest, 'hex')) || bySha1
  }

  /** A certificate with more than one URI is no SVID (X.509-SVID §2). */
  #hasSpiffeId({ certificate }: ClientCertificate): boolean {
    const names = certificate.decoded.subjectAltName ?? []
    const uris = names.filter(({ type }) => type === 'uniformResourceIdentifier')
    const [id] = uris
    if (id === undefined || uris.length > 1 || typeof id.value !== 'string' || !isSpiffeId(id.value)) return false
    const { value } = id
    return this.#spiffeIds.some((allowed) =>
      allowed.endsWith('/*') ? value.startsWith(allowed.slice(0, -1)) : value === allowed,
    )
  }
}

const HEXADECIMAL = /^(?:[0-9a-f]{2})+$/i

/** The article's own claim, or that of the default principal. */
function thumbprintIn(principal: ClaimsPrincipal): string | undefined {
  const claim = principal.findFirst(CLAIM_TYPE.certificateThumbprint) ?? principal.findFirst(CLAIM_TYPE.thumbprint)
  return claim?.value || undefined
}

function subjectIn(principal: ClaimsPrincipal): string | undefined {
  const claim = principal.findFirst(CLAIM_TYPE.nameIdentifier) ?? principal.findFirst(CLAIM_TYPE.x500DistinguishedName)
  return claim?.value
}

/** Looks at every entry to the end, so that time does not tell how much of one is right. */
function isAmong(allowed: readonly Buffer[], value: Buffer): boolean {
  let found = false
  for (const one of allowed) if (one.length === value.length && timingSafeEqual(one, value)) found = true
  return found
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function thumbprint(text: string): Buffer {
  const digits = String(text).replace(/[\s:]/g, '')
  if (HEXADECIMAL.test(digits) && (digits.length === 40 || digits.length === 64)) return Buffer.from(digits, 'hex')
  throw new PkiError('usage.option', `${text} is no thumbprint: expected 40 or 64 hexadecimal digits`)
}

function publicKeyPin(text: string): Buffer {
  const pin = String(text).replace(/^sha256\//, '')
  const bytes = Buffer.from(pin, HEXADECIMAL.test(pin) && pin.length === 64 ? 'hex' : 'base64')
  const isExact = bytes.length === 32 && [bytes.toString('base64'), bytes.toString('hex')].includes(normalized(pin))
  if (isExact) return bytes
  throw new PkiError('usage.option', `${text} is no pin of a public key: expected SHA-256 in base64`)
}

function normalized(pin: string): string {
  return pin.length === 64 ? pin.toLowerCase() : pin
}

/** SPIFFE-ID §2: a trust domain of lower-case letters, digits, `.-_`; segments of `[A-Za-z0-9._-]`, none `.` or `..`. */
const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*$/

function isSpiffeId(text: string): boolean {
  return text.length <= 2048 && SPIFFE_ID.test(text)
}

function requireSpiffeId(text: string): string {
  if (isSpiffeId(String(text).replace(/\/\*$/, ''))) return text
  throw new PkiError('usage.option', `${text} is no SPIFFE ID`, {
    hint: 'write spiffe://trust-domain/path, or spiffe://trust-domain/path/* for everything below',
  })
}
