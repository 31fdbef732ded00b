/**
 * Builds the one chain that X509Chain judges: OpenSSL's way with trusted certificates first. It takes no way back, so
 * what it finds may be worse than what there is; `path/build.ts` is the builder that tries everything.
 */

import { equalBytes } from '../../der/writer.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { IssuerPool } from '../trust-store.ts'
import { isSelfSigned, mayHaveIssued } from './issuer.ts'
import type { ChainPolicy } from './policy.ts'
import { asOpensslReads } from './reading.ts'

export interface BuiltChain {
  /** From the target upward, as OpenSSL reads them. */
  readonly certificates: readonly Certificate[]
  /** What the last certificate is: trusted, self-signed and not trusted, one without issuer, or one too many. */
  readonly end: 'trusted' | 'untrusted-root' | 'issuer-missing' | 'too-long'
}

/** What was at hand where an issuer is missing. */
export interface Candidates {
  /** Certificates of the issuer's name, none of which is taken. */
  readonly ofTheName: readonly Certificate[]
  /** The last certificate of the chain was given among the trusted ones. */
  readonly isGivenAsTrusted: boolean
}

/** OpenSSL's depth limit of 100 counts neither the target nor a trusted root. */
const MAX_LENGTH = 101

/**
 * The chain under a policy: without the extra store; with it, if that leads to no root; and then with what was
 * downloaded.
 */
export function buildChain(certificate: Certificate, policy: ChainPolicy): BuiltChain {
  const target = asOpensslReads(certificate)
  const { trusted, intermediates } = trustOf(policy)
  const at = instantOf(policy)
  const untrusted = [...intermediates, ...(policy.systemIntermediates ?? []).map(asOpensslReads)]
  let chain = buildOnce(target, trusted, untrusted, at)
  for (const further of [policy.extraStore, policy.downloadedIssuers]) {
    if (chain.end !== 'issuer-missing' || further === undefined || further.length === 0) continue
    untrusted.push(...further.map(asOpensslReads))
    chain = buildOnce(target, trusted, untrusted, at)
  }
  return chain
}

/**
 * The chain that comes of its own certificates, from the top down: what .NET builds when it goes over a chain once more.
 * Where several fit, the upper one is now met first, and so the chain may be another, mostly a shorter one.
 */
export function rebuildChain({ certificates }: BuiltChain, policy: ChainPolicy): BuiltChain {
  const [target, ...above] = certificates
  return buildOnce(target as Certificate, trustOf(policy).trusted, above.reverse(), instantOf(policy))
}

/** What could have gone on from the last certificate of a chain without issuer. */
export function candidatesAbove(top: Certificate, policy: ChainPolicy): Candidates {
  const { trusted, intermediates } = trustOf(policy)
  const { systemIntermediates = [], extraStore = [], downloadedIssuers = [] } = policy
  const untrusted = [
    ...intermediates,
    ...[...systemIntermediates, ...extraStore, ...downloadedIssuers].map(asOpensslReads),
  ]
  return {
    ofTheName: [...trusted.issuers(top.issuer), ...untrusted.filter(({ subject }) => subject.equals(top.issuer))],
    isGivenAsTrusted: intermediates.some((one) => isSame(one, top)),
  }
}

/** Certificates count in seconds. */
function instantOf({ verificationTime }: ChainPolicy): number {
  return Math.floor(verificationTime.getTime() / 1000) * 1000
}

interface Trust {
  readonly trusted: IssuerPool
  /** Members of the store that give no trust. */
  readonly intermediates: readonly Certificate[]
}

const trustOfStore = new WeakMap<readonly Certificate[], Trust>()
const NO_STORE: readonly Certificate[] = []

/** Only members whose subject is their issuer, octet by octet, are trusted. A store is sorted out once. */
function trustOf({ trustMode, customTrustStore, systemTrustStore }: ChainPolicy): Trust {
  const store = (trustMode === 'CustomRootTrust' ? customTrustStore : systemTrustStore) ?? NO_STORE
  const known = trustOfStore.get(store)
  if (known !== undefined) return known
  const isRoot = ({ subject, issuer }: Certificate) => equalBytes(subject.encoded, issuer.encoded)
  const trust = {
    trusted: new IssuerPool(store.filter(isRoot).map(asOpensslReads)),
    intermediates: store.filter((certificate) => !isRoot(certificate)).map(asOpensslReads),
  }
  trustOfStore.set(store, trust)
  return trust
}

function buildOnce(
  target: Certificate,
  trusted: IssuerPool,
  untrusted: readonly Certificate[],
  at: number,
): BuiltChain {
  const chain = [target]
  const unused = new Set(untrusted)
  // Above a trusted certificate only trusted ones count.
  let looksAtUntrusted = true
  for (let top = target; chain.length <= MAX_LENGTH; ) {
    const issuer = trustedIssuer(top, trusted, at)
    if (issuer !== undefined && isSelfSigned(top)) {
      if (isSame(top, issuer)) return { certificates: chain, end: 'trusted' }
    } else if (issuer !== undefined) {
      chain.push(issuer)
      if (isSelfSigned(issuer)) return { certificates: chain, end: 'trusted' }
      looksAtUntrusted = false
      top = issuer
      continue
    }
    const next = looksAtUntrusted && !isSelfSigned(top) ? untrustedIssuer(top, chain, unused, at) : undefined
    if (next === undefined) return { certificates: chain, end: isSelfSigned(top) ? 'untrusted-root' : 'issuer-missing' }
    unused.delete(next)
    chain.push(next)
    top = next
  }
  return { certificates: chain, end: 'too-long' }
}

function trustedIssuer(subject: Certificate, trusted: IssuerPool, at: number): Certificate | undefined {
  return bestOf(trusted.issuers(subject.issuer), at, (candidate) => mayHaveIssued(candidate, subject))
}

function untrustedIssuer(
  subject: Certificate,
  chain: readonly Certificate[],
  unused: ReadonlySet<Certificate>,
  at: number,
): Certificate | undefined {
  // A self-issued target may be its own issuer as far as this step can tell.
  const mayRepeat = subject.isSelfIssued && chain.length === 1
  return bestOf(
    unused,
    at,
    (candidate) => mayHaveIssued(candidate, subject) && (mayRepeat || !chain.some((one) => isSame(one, candidate))),
  )
}

/** The first that is valid now, else the first of those that were or will be valid last. */
function bestOf(
  candidates: Iterable<Certificate>,
  at: number,
  mayBe: (candidate: Certificate) => boolean,
): Certificate | undefined {
  let latest: Certificate | undefined
  for (const candidate of candidates) {
    if (!mayBe(candidate)) continue
    if (isTimely(candidate, at)) return candidate
    if (latest === undefined || candidate.notAfter.date > latest.notAfter.date) latest = candidate
  }
  return latest
}

/** The instant of notAfter itself is too late. */
function isTimely({ notBefore, notAfter }: Certificate, at: number): boolean {
  return notBefore.date.getTime() <= at && at < notAfter.date.getTime()
}

function isSame(a: Certificate, b: Certificate): boolean {
  return a === b || equalBytes(a.encoded, b.encoded)
}
