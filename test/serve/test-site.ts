/** A site over a store of its own, asked without sockets; its clock stands still until it is set. */

import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import type { Credential } from '../../src/keys/credential.ts'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import type { PrivateKey } from '../../src/keys/keys.ts'
import { type Fault, parseFault } from '../../src/serve/fault.ts'
import type { HttpAnswer } from '../../src/serve/http-answer.ts'
import { RevocationSite, type SiteOptions } from '../../src/serve/revocation-site.ts'
import { issuedEvent } from '../../src/store/issued-event.ts'
import { recordRevocation, undoRevocation } from '../../src/store/record-revocation.ts'
import type { Store } from '../../src/store/store.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import type { CrlReason } from '../../src/x509/crl-extension.ts'
import { type CertIdDigest, encodeCertId, encodeOcspRequest } from '../../src/x509/ocsp-request-encoding.ts'
import { NOW } from '../issue/authority.ts'
import { ALONE, type TestStore, testStore } from '../store/test-store.ts'

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface TestSite extends TestStore {
  readonly site: RevocationSite
  /** What the server has complained about. */
  readonly problems: readonly string[]
  ask(target: string, asking?: Asking): Promise<HttpAnswer>
  /** Asks by POST. */
  askOcsp(request: Uint8Array, target?: string): Promise<HttpAnswer>
  setNow(now: Date): void
  revoke(certificate: Certificate, reason?: CrlReason, revocationDate?: Date): void
  undo(certificate: Certificate): void
  /** Takes the private key of a name away. */
  removeKey(name: string): void
  /** Writes the private key of a name anew, encrypted. */
  encryptKey(name: string, key: PrivateKey, password: string): void
}

export interface TestSiteOptions extends Partial<Omit<SiteOptions, 'faults'>> {
  readonly faults?: readonly string[]
}

export const CRL_LIFETIME = 24 * 3600 * 1000
export const OCSP_LIFETIME = 3600 * 1000

export function testSite({ faults = [], ...options }: TestSiteOptions = {}): TestSite {
  const made = testStore()
  const { store } = made
  const problems: string[] = []
  let now = NOW
  const site = new RevocationSite({
    store,
    keyPassword: undefined,
    now: () => now,
    isBorrowedTime: false,
    allowTimeHeader: false,
    faults: faults.map((text): Fault => parseFault(text)),
    crlLifetime: CRL_LIFETIME,
    ocspLifetime: OCSP_LIFETIME,
    processes: ALONE,
    random: randomBytes,
    log: { problem: (message) => problems.push(message), access: () => undefined },
    ...options,
  })
  const ask: TestSite['ask'] = (target, { method = 'GET', headers = {}, body = new Uint8Array(0) } = {}) =>
    site.answer({ method, target, headers, body, signal: new AbortController().signal })
  return {
    ...made,
    site,
    problems,
    ask,
    askOcsp: (body, target = '/ocsp/ca1') =>
      ask(target, { method: 'POST', headers: { 'content-type': 'application/ocsp-request' }, body }),
    setNow: (date) => {
      now = date
    },
    revoke: (certificate, reason = 'keyCompromise', revocationDate = now) => {
      const order = { reason, revocationDate, invalidityDate: undefined }
      recordRevocation(store, made.revocable('revoked', certificate), order, { now, processes: ALONE })
    },
    undo: (certificate) => {
      undoRevocation(store, made.revocable('revoked', certificate), { now, processes: ALONE })
    },
    removeKey: (name) => rmSync(store.keyPath(name)),
    encryptKey: (name, key, password) =>
      writeFileSync(store.keyPath(name), formatPrivateKey(key, { format: 'pkcs8', password, random: randomBytes })),
  }
}

/** A request about one certificate. */
export function requestFor(
  certificate: Certificate,
  issuer: Certificate,
  { nonce, digest }: { readonly nonce?: Uint8Array; readonly digest?: CertIdDigest } = {},
): Uint8Array {
  return encodeOcspRequest({ certIds: [encodeCertId(certificate, issuer, digest)], nonce })
}

/** Puts a credential into the store, as `pki issue` does. */
export function putCredential(store: Store, name: string, credential: Credential, profile: string): void {
  const { certificate, chain, privateKey } = credential
  const [above] = chain
  const issuer = above && { name: 'issuer', certificate: above }
  const key = { pem: formatPrivateKey(privateKey as PrivateKey, { format: 'pkcs8' }) }
  store.put({ name, certificate, chain, key }, issuedEvent({ name, certificate }, issuer, profile), { now: NOW })
}

export function later(milliseconds: number): Date {
  return new Date(NOW.getTime() + milliseconds)
}
