/**
 * Verification that gets what it lacks from the places that certificates name. The engine stays what it is, synchronous
 * and without a net; this is the loop around it:
 *
 * 1. verify without revocation: which paths are there, and which issuers are missing?
 * 2. fetch missing issuers (`--aia`) and verify again, as long as that leads on;
 * 3. verify with revocation; for certificates whose status is unknown fetch an OCSP response, then CRLs, and at last
 *    anew what came out of the cache and settled nothing;
 * 4. the verdict is the engine's, with all evidence in hand. What was not got is told as findings.
 */

import type { RevocationOptions } from '../path/revocation.ts'
import type { NotFetched } from '../path/revocation-evidence.ts'
import { type Attempt, type Verdict, type VerifyOptions, verifyCertificate } from '../path/verify.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import type { OcspResponse } from '../x509/ocsp.ts'
import { EXTENSION } from '../x509/oids.ts'
import { fetchIssuers, issuerUrls } from './aia.ts'
import { fetchCrls, namesCrls } from './crl-fetch.ts'
import type { EvidenceRecord } from './evidence.ts'
import { fetchOcspResponse, type OcspFetchOptions, ocspUrls } from './ocsp-fetch.ts'
import { EvidenceSource, type FetchOptions, type Freshness } from './source.ts'

/** As for `verifyCertificate`, and how to get what is missing. */
export interface VerifyOnlineOptions
  extends Omit<VerifyOptions, 'at' | 'untrusted' | 'revocation' | 'issuersNotFetched'> {
  /** The instant to verify for. `now` goes on while evidence is fetched: what was made meanwhile is not of the future. */
  readonly at: Date | 'now'
  readonly untrusted?: readonly Certificate[] | undefined
  /** Left out, revocation is not looked at and nothing is fetched for it. */
  readonly revocation?: OnlineRevocationOptions | undefined
  /** Whether to fetch missing issuers. Default false. */
  readonly aia?: boolean | undefined
  readonly fetch: FetchOptions
}

/** The evidence at hand, such as a stapled response, is tried before anything is fetched. */
export interface OnlineRevocationOptions extends Pick<RevocationOptions, 'scope' | 'softFail'>, OcspFetchOptions {
  readonly crls?: readonly CertificateList[] | undefined
  readonly ocspResponses?: readonly OcspResponse[] | undefined
  /** Where missing evidence comes from. Default `online`; `cached` asks nobody. */
  readonly from?: 'online' | 'cached' | 'hand' | undefined
}

export interface OnlineVerdict extends Verdict {
  /** Every place that was asked, in order. */
  readonly evidence: readonly EvidenceRecord[]
}

/**
 * Verifies one certificate with the help of the net.
 * @throws PkiError for options that contradict themselves; never for what a certificate says or a server does
 */
export async function verifyOnline(target: Certificate, options: VerifyOnlineOptions): Promise<OnlineVerdict> {
  return new OnlineVerification(target, options).run()
}

/** What is still to be tried for a certificate. */
type Step = 'ocsp' | 'crl' | 'anew'

/** A certificate whose status is unknown, in the path in which it is. */
interface OpenCertificate {
  readonly certificate: Certificate
  readonly issuer: Certificate
}

class OnlineVerification {
  readonly #target: Certificate
  readonly #options: VerifyOnlineOptions
  readonly #source: EvidenceSource
  readonly #untrusted: Certificate[]
  readonly #crls: CertificateList[]
  readonly #ocspResponses: OcspResponse[]
  readonly #steps = new Map<Certificate, Step[]>()

  constructor(target: Certificate, options: VerifyOnlineOptions) {
    this.#target = target
    this.#options = options
    this.#source = new EvidenceSource(options.fetch, () => this.#at)
    this.#untrusted = [...(options.untrusted ?? [])]
    this.#crls = [...(options.revocation?.crls ?? [])]
    this.#ocspResponses = [...(options.revocation?.ocspResponses ?? [])]
  }

  get #at(): Date {
    const { at, fetch } = this.#options
    return at === 'now' ? fetch.now() : at
  }

  get #usual(): Freshness {
    return this.#options.revocation?.from === 'cached' ? 'cached' : 'usual'
  }

  async run(): Promise<OnlineVerdict> {
    const { aia, revocation } = this.#options
    if (aia === true) await this.#fetchMissingIssuers()
    if (revocation !== undefined && revocation.from !== 'hand') await this.#fetchEvidence()
    const verdict = this.#verify()
    return { ...verdict, evidence: this.#recordsFor(verdict) }
  }

  /** Ends: each certificate is asked about once, and only {@link EvidenceSource} many new ones can come. */
  async #fetchMissingIssuers(): Promise<void> {
    const asked = new Set<Certificate>()
    for (;;) {
      const verdict = this.#verifyWith(undefined)
      const tops = verdict.valid ? [] : withoutIssuer(verdict.attempts).filter((top) => !asked.has(top))
      if (tops.length === 0 || this.#source.exhausted) return
      for (const top of tops) asked.add(top)
      const found = await Promise.all(tops.map((top) => this.#fetchIssuersOf(top)))
      this.#untrusted.push(...found.flat())
    }
  }

  #fetchIssuersOf(certificate: Certificate): Promise<readonly Certificate[]> {
    if (issuerUrls(certificate).length === 0) this.#source.nothingNamed('issuer', certificate)
    return fetchIssuers(certificate, this.#source)
  }

  /** Takes one step for every open certificate of one path at a time, until nothing is open or nothing is left to try. */
  async #fetchEvidence(): Promise<void> {
    let verdict = this.#verify()
    for (;;) {
      const open = this.#openCertificates(verdict)
      if (open.length === 0) return
      const atHand = this.#crls.length + this.#ocspResponses.length
      await Promise.all(open.map((one) => this.#takeStep(one)))
      if (this.#crls.length + this.#ocspResponses.length > atHand) verdict = this.#verify()
    }
  }

  /** Those of the first path that has any for which something is left to try. */
  #openCertificates({ valid, attempts }: Verdict): readonly OpenCertificate[] {
    // Of a valid path the status may be unknown too: tolerated, or an anchor's.
    const paths = valid ? attempts.filter((attempt) => attempt.valid) : attempts
    for (const attempt of paths) {
      const open = unknownIn(attempt).filter(({ certificate }) => this.#stepsFor(certificate).length > 0)
      if (open.length > 0) return open
    }
    return []
  }

  #stepsFor(certificate: Certificate): Step[] {
    let steps = this.#steps.get(certificate)
    if (steps === undefined) {
      steps = []
      if (ocspUrls(certificate).length > 0) steps.push('ocsp')
      if (namesCrls(certificate)) steps.push('crl')
      if (steps.length === 0) this.#source.nothingNamed('crl', certificate)
      if (steps.length > 0 && this.#usual === 'usual') steps.push('anew')
      this.#steps.set(certificate, steps)
    }
    return steps
  }

  async #takeStep(open: OpenCertificate): Promise<void> {
    switch (this.#steps.get(open.certificate)?.shift()) {
      case 'ocsp':
        return this.#fetchOcsp(open, this.#usual)
      case 'crl':
        return this.#fetchCrls(open.certificate, this.#usual)
      case 'anew':
        return this.#fetchAnew(open)
      case undefined:
        return
    }
  }

  async #fetchOcsp({ certificate, issuer }: OpenCertificate, freshness: Freshness): Promise<void> {
    const options = this.#options.revocation ?? {}
    const response = await fetchOcspResponse(certificate, issuer, this.#source, options, freshness)
    if (response === undefined) return
    this.#ocspResponses.push(response)
    // RFC 6960 §4.2.2.2.1: a responder without nocheck may be revoked itself, and says where to ask.
    const responders = (response.basic?.certificates ?? []).filter((one) => !hasNoCheck(one) && namesCrls(one))
    await Promise.all(responders.map((responder) => this.#fetchCrls(responder, freshness)))
  }

  async #fetchCrls(certificate: Certificate, freshness: Freshness): Promise<void> {
    this.#crls.push(...(await fetchCrls(certificate, this.#source, freshness)))
  }

  /** What came out of the cache may be forged, or from before the CA had a new key. */
  async #fetchAnew(open: OpenCertificate): Promise<void> {
    const { certificate } = open
    const cached = this.#source.records.filter(
      (one) => one.certificate === certificate && one.origin === 'cache' && one.failure === undefined,
    )
    if (cached.some(({ kind }) => kind === 'ocsp')) await this.#fetchOcsp(open, 'anew')
    if (cached.some(({ kind }) => kind === 'crl')) await this.#fetchCrls(certificate, 'anew')
  }

  #verify(): Verdict {
    const { revocation } = this.#options
    return this.#verifyWith(revocation && { ...revocation, crls: this.#crls, ocspResponses: this.#ocspResponses })
  }

  #verifyWith(revocation: RevocationOptions | undefined): Verdict {
    const { failures } = this.#source
    const about = (isIssuer: boolean): readonly NotFetched[] =>
      failures.filter(({ kind }) => (kind === 'issuer') === isIssuer).map(({ kind: _, ...failure }) => failure)
    return verifyCertificate(this.#target, {
      ...this.#options,
      at: this.#at,
      untrusted: this.#untrusted,
      revocation: revocation && { ...revocation, notFetched: about(false) },
      issuersNotFetched: about(true),
    })
  }

  #recordsFor({ path, statuses }: Verdict): readonly EvidenceRecord[] {
    const sources = new Set(statuses.flatMap((status) => status.sources))
    return this.#source.records.map(({ certificates, ...record }) => ({
      ...record,
      used: sources.has(record.evidence) || certificates.some((one) => path.includes(one)),
    }))
  }
}

/** The certificates above which a path breaks off. One that is self-issued claims to have no issuer. */
function withoutIssuer(attempts: readonly Attempt[]): readonly Certificate[] {
  const tops = attempts.filter(({ anchored }) => !anchored).flatMap(({ path }) => path.slice(-1))
  return [...new Set(tops)].filter(({ isSelfIssued }) => !isSelfIssued)
}

/** What a revoked CA says of those below it counts for nothing: they are not asked about. */
function unknownIn({ path, statuses }: Attempt): readonly OpenCertificate[] {
  const revoked = statuses.findIndex(({ state }) => state === 'revoked')
  const asked = revoked === -1 ? statuses : statuses.slice(0, revoked)
  return asked.flatMap(({ certificate: index, state }) => {
    const certificate = path[index]
    if (state !== 'unknown' || certificate === undefined) return []
    return [{ certificate, issuer: path[index + 1] ?? certificate }]
  })
}

function hasNoCheck({ extensions }: Certificate): boolean {
  return extensions.some(({ oid }) => oid === EXTENSION.ocspNoCheck)
}
