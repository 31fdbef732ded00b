/**
 * Options of programs in JavaScript, which no compiler has read. A name that is misspelt would otherwise be an option
 * that was left out, and one that was left out may let people in.
 */

import { PkiError } from '../errors.ts'
import { REVOCATION_FLAGS, REVOCATION_MODES, TRUST_MODES } from '../path/x509chain/policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateAuthenticationOptions } from './authentication-options.ts'
import type { CertificateAuthenticationEvents } from './events.ts'
import { CERTIFICATE_TYPES } from './options.ts'

/** Every name, so that the compiler misses one that is missing here. */
type Names<T> = Readonly<Record<keyof Required<T>, true>>

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
  requireEvents(options.events ?? {})
}

/** Callbacks may be methods of a class, which has other members too: only what looks like an event must be one. */
function requireEvents(events: object): void {
  for (let level = events; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    const unknown = Object.getOwnPropertyNames(level).find((name) => isLikeEvent(name) && !(name in EVENTS))
    if (unknown !== undefined) throw notKnown(unknown, EVENTS, 'the events')
  }
}

function isLikeEvent(name: string): boolean {
  return /^[oO][nN][A-Z]/.test(name) || inOtherCase(name, EVENTS) !== undefined
}

/**
 * @param names what there is; their values play no part
 * @throws PkiError `usage.option` for what is not an object, and for an own property of another name
 */
export function requireKnown(options: object, names: Readonly<Record<string, unknown>>, what: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new PkiError('usage.option', `the options of ${what} are no object`)
  }
  const unknown = Object.keys(options).find((name) => !(name in names))
  if (unknown !== undefined) throw notKnown(unknown, names, what)
}

function notKnown(name: string, names: Readonly<Record<string, unknown>>, what: string): PkiError {
  const meant = inOtherCase(name, names)
  return new PkiError('usage.option', `${what}: there is no ${name}`, {
    hint: meant === undefined ? `there are ${Object.keys(names).join(', ')}` : `it is called ${meant}`,
  })
}

function inOtherCase(name: string, names: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(names).find((one) => one.toLowerCase() === name.toLowerCase())
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
