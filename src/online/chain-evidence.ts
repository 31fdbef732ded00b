/**
 * What .NET's X509Chain would fetch for a certificate: missing issuers, and evidence on those elements of its chain
 * about which the policy asks. OCSP responders are asked only where no CRL settles it.
 */

import { buildX509Chain, type X509ChainResult } from '../path/x509chain/chain.ts'
import type { ChainPolicy } from '../path/x509chain/policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import type { OcspResponse } from '../x509/ocsp.ts'
import { fetchIssuers } from './aia.ts'
import { fetchCrls } from './crl-fetch.ts'
import type { EvidenceRecord } from './evidence.ts'
import { fetchOcspResponse } from './ocsp-fetch.ts'
import { EvidenceSource, type FetchOptions, type Freshness } from './source.ts'

export interface ChainEvidence {
  /** The policy with what was fetched, beside what it had. */
  readonly policy: ChainPolicy
  /** Every place that was asked, in order. */
  readonly evidence: readonly EvidenceRecord[]
}

export interface ChainFetchOptions {
  readonly fetch: FetchOptions
  /** Whether to fetch missing issuers, as .NET does unless told otherwise. Default true. */
  readonly issuers?: boolean | undefined
}

/**
 * Fetches until nothing is missing or nothing is left to ask. In `Offline` mode the cache alone answers.
 * @throws PkiError for a policy that .NET refuses, or an allowed host that is none
 */
export async function fetchChainEvidence(
  certificate: Certificate,
  policy: ChainPolicy,
  { fetch, issuers = true }: ChainFetchOptions,
): Promise<ChainEvidence> {
  const source = new EvidenceSource(fetch, () => policy.verificationTime)
  const isOnline = (policy.revocationMode ?? 'Online') === 'Online'
  let complete = policy
  if (issuers) complete = await withIssuers(certificate, complete, source)
  complete = await withRevocation(certificate, complete, source, isOnline ? 'usual' : 'cached')
  return { policy: complete, evidence: recordsFor(buildX509Chain(certificate, complete), source) }
}

async function withIssuers(
  certificate: Certificate,
  policy: ChainPolicy,
  source: EvidenceSource,
): Promise<ChainPolicy> {
  const asked = new Set<Certificate>()
  const downloaded = [...(policy.downloadedIssuers ?? [])]
  for (;;) {
    const current = { ...policy, downloadedIssuers: [...downloaded] }
    const chain = buildX509Chain(certificate, { ...current, revocationMode: 'NoCheck' })
    const top = chain.path.at(-1)
    const isIncomplete = chain.findings.some(({ code }) => code === 'path.issuer-not-found')
    if (top === undefined || !isIncomplete || asked.has(top) || source.exhausted) return current
    asked.add(top)
    downloaded.push(...(await fetchIssuers(top, source)))
  }
}

async function withRevocation(
  certificate: Certificate,
  policy: ChainPolicy,
  source: EvidenceSource,
  freshness: Freshness,
): Promise<ChainPolicy> {
  if (policy.revocationMode === 'NoCheck') return policy
  const given: readonly CertificateList[] = policy.crls ?? []
  const open = unknownIn(buildX509Chain(certificate, policy))
  const crls = await Promise.all(open.map(({ subject }) => fetchCrls(subject, source, freshness)))
  const withCrls = { ...policy, crls: [...given, ...crls.flat()] }

  const stillOpen = unknownIn(buildX509Chain(certificate, withCrls))
  const answers = await Promise.all(
    stillOpen.map(({ subject, issuer }) => fetchOcspResponse(subject, issuer, source, {}, freshness)),
  )
  const responses = answers.filter((one): one is OcspResponse => one !== undefined)
  return { ...withCrls, ocspResponses: [...(policy.ocspResponses ?? []), ...responses] }
}

interface OpenElement {
  readonly subject: Certificate
  readonly issuer: Certificate
}

/** .NET asks nobody about a chain that is bad for another reason than time. */
function unknownIn({ path, findings, revocation }: X509ChainResult): readonly OpenElement[] {
  const isOther = (code: string) => !code.startsWith('validity.') && !code.startsWith('revocation.')
  if (findings.some(({ code }) => isOther(code) && !/^(?:purpose|policy)\./.test(code))) return []
  return revocation.flatMap(({ certificate: index, state }) => {
    const subject = path[index]
    if (state !== 'unknown' || subject === undefined) return []
    return [{ subject, issuer: path[index + 1] ?? subject }]
  })
}

function recordsFor({ path, revocation }: X509ChainResult, source: EvidenceSource): readonly EvidenceRecord[] {
  const sources = new Set(revocation.flatMap((status) => status.sources))
  return source.records.map(({ certificates, ...record }) => ({
    ...record,
    used: sources.has(record.evidence) || certificates.some((one) => path.includes(one)),
  }))
}
