/** What certificate authentication is told, checked when it is told: names, and values. */

import { PkiError } from '../errors.ts'
import { REVOCATION_FLAGS, REVOCATION_MODES, TRUST_MODES } from '../path/x509chain/policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateAuthenticationOptions } from './authentication-options.ts'
import type { CertificateAuthenticationEvents } from './events.ts'
import { inOtherCase, type Names, notKnown, requireKind, requireKnown, requireMethods } from './known-options.ts'
import { CERTIFICATE_TYPES } from './options.ts'

const OPTIONS: Names<CertificateAuthenticationOptions> = {
  allowedCertificateTypes: true,
  chainTrustValidationMode: true,
  customTrustStore: true,
  additionalChainCertificates: true,
  validateCertificateUse: true,
  validateValidityPeriod: true,
  revocationFlag: true,
  revocationMode: true,
  linuxQuirks: true,
  claimsIssuer: true,
  clock: true,
  scheme: true,
  events: true,
  cache: true,
  surroundings: true,
  fetch: true,
  log: true,
}

const EVENTS: Names<CertificateAuthenticationEvents<unknown>> = {
  onCertificateValidated: true,
  onAuthenticationFailed: true,
  onChallenge: true,
}

/** @throws PkiError `usage.option` for names and values that there are not */
export function requireAuthenticationOptions(options: CertificateAuthenticationOptions<never, never>): void {
  requireKnown(options, OPTIONS, 'certificate authentication')
  for (const name of ['validateCertificateUse', 'validateValidityPeriod', 'linuxQuirks'] as const) {
    requireKind(options[name], name, 'boolean')
  }
  for (const name of ['scheme', 'claimsIssuer'] as const) requireKind(options[name], name, 'string')
  for (const name of ['clock', 'log'] as const) requireKind(options[name], name, 'function')
  requireKind(options.surroundings, 'surroundings', 'object', 'function')
  requireKind(options.fetch, 'fetch', 'object')
  requireMember(options.allowedCertificateTypes, CERTIFICATE_TYPES, 'allowedCertificateTypes')
  requireMember(options.chainTrustValidationMode, TRUST_MODES, 'chainTrustValidationMode')
  requireMember(options.revocationMode, REVOCATION_MODES, 'revocationMode')
  requireMember(options.revocationFlag, REVOCATION_FLAGS, 'revocationFlag')
  requireCertificates(options.customTrustStore, 'customTrustStore')
  requireCertificates(options.additionalChainCertificates, 'additionalChainCertificates')
  if (options.chainTrustValidationMode === 'CustomRootTrust' && options.customTrustStore === undefined) {
    throw new PkiError('usage.option', 'CustomRootTrust needs a customTrustStore: without one nobody is trusted', {
      hint: "pass the authorities: customTrustStore: await readCertificateFile('root.crt')",
    })
  }
  requireMethods(options.cache, 'cache', 'get', 'put')
  requireEvents(options)
}

/** Callbacks may be methods of a class, which has other members too: only what looks like an event must be one. */
function requireEvents({ events = {} }: CertificateAuthenticationOptions<never, never>): void {
  requireKind(events, 'events', 'object')
  for (const name of Object.keys(EVENTS) as readonly (keyof typeof events)[])
    requireKind(events[name], name, 'function')
  for (let level: object = events; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    const unknown = Object.getOwnPropertyNames(level).find((name) => isLikeEvent(name) && !(name in EVENTS))
    if (unknown !== undefined) throw notKnown(unknown, EVENTS, 'the events')
  }
}

function isLikeEvent(name: string): boolean {
  return /^[oO][nN][A-Z]/.test(name) || inOtherCase(name, EVENTS) !== undefined
}

function requireMember(value: string | undefined, members: readonly string[], name: string): void {
  if (value === undefined || members.includes(value)) return
  throw new PkiError('usage.option', `${name} cannot be ${JSON.stringify(value)}: ${members.join(', ')}`)
}

function requireCertificates(value: readonly Certificate[] | undefined, name: string): void {
  const isCertificate = (one: unknown) => (one as Partial<Certificate> | null)?.encoded instanceof Uint8Array
  if (value === undefined || (Array.isArray(value) && value.every(isCertificate))) return
  throw new PkiError('usage.option', `${name} takes a list of certificates`, {
    hint: `read them from a file: ${name}: await readCertificateFile('ca.pem')`,
  })
}
