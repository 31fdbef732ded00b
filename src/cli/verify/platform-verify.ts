/** `pki verify --as`: the certificates judged as .NET judges them. */

import {
  clientChainPolicy,
  FAILURE_WORDS,
  isSelfSigned,
  judgeClientCertificate,
} from '../../authentication/chain-policy.ts'
import { defaultPrincipal } from '../../authentication/claims.ts'
import { ClientCertificate } from '../../authentication/client-certificate.ts'
import { PkiError } from '../../errors.ts'
import type { EvidenceRecord } from '../../online/evidence.ts'
import { finding } from '../../path/findings.ts'
import type { Verdict } from '../../path/verify.ts'
import { buildX509Chain } from '../../path/x509chain/chain.ts'
import type { ChainPolicy, ChainSurroundings } from '../../path/x509chain/policy.ts'
import { chainVerdict, kindNotAllowed } from '../../path/x509chain/verdict.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { type CertificateVerdict, certificateVerdict } from './certificate-verdict.ts'
import type { PlatformRequest } from './platform-options.ts'
import { type AuthenticationReport, chainReport, claimReports, type PlatformReport } from './platform-report.ts'
import type { GivenEvidence } from './verify-evidence.ts'
import {
  type InputContext,
  readCrls,
  readOcspResponses,
  readTarget,
  readTrustAnchors,
  readUntrusted,
} from './verify-inputs.ts'
import type { VerifyFlags, VerifyRequest } from './verify-request.ts'

/** Everything that is given, read. */
interface Given {
  readonly request: VerifyRequest
  readonly platform: PlatformRequest
  readonly trust: Pick<ChainPolicy, 'trustMode' | 'customTrustStore' | 'systemTrustStore'>
  readonly additional: readonly Certificate[]
  readonly evidence: GivenEvidence
  readonly context: InputContext
}

/**
 * One verdict for each text.
 * @throws PkiError `usage.option`, `input.…`
 */
export async function verifyAsPlatform(
  texts: readonly string[],
  flags: VerifyFlags,
  request: VerifyRequest,
  platform: PlatformRequest,
  context: InputContext,
): Promise<readonly CertificateVerdict[]> {
  const [crls, ocspResponses] = [
    await readCrls(flags.crl ?? [], context),
    await readOcspResponses(flags.ocspResponse ?? [], context),
  ]
  const evidence = { crls: crls.items, ocspResponses: ocspResponses.items }
  const additional = await readUntrusted(platform.additional, context)
  const trust = await trustOf(flags, platform, context)
  const given: Given = { request, platform, trust, additional: additional.items, evidence, context }
  const verdicts: CertificateVerdict[] = []
  for (const source of texts) {
    const { certificate, issuers } = await readTarget(source, context)
    const judge = platform.platform === 'aspnetcore' ? asHandler : asChain
    verdicts.push(await judge(source, certificate, issuers, given))
  }
  return verdicts
}

/** Without `--trust`, what .NET would trust on this machine is only read where the environment says where it lies. */
async function trustOf(
  { trust }: VerifyFlags,
  { trustMode, platform, options }: PlatformRequest,
  context: InputContext,
): Promise<Given['trust']> {
  const mode = trustMode ?? (trust === undefined ? 'System' : 'CustomRootTrust')
  if (trust !== undefined) return { trustMode: mode, customTrustStore: await readTrustAnchors(trust, context) }
  if (mode === 'CustomRootTrust') return { trustMode: mode, customTrustStore: await readTrustAnchors([], context) }
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = context.io.env
  const places = [file, ...(folders ?? '').split(':')].filter((place) => place !== undefined && place !== '')
  // Nobody trusts a root on the way to a self-signed certificate.
  if (places.length === 0 && platform === 'aspnetcore' && options.allowedCertificateTypes === 'SelfSigned') return {}
  if (places.length === 0) {
    throw new PkiError('usage.option', 'no trust given', {
      hint: 'name the root: --trust root.crt; or, for --trust-mode system, a bundle in SSL_CERT_FILE',
    })
  }
  const { items } = await readUntrusted(places as readonly string[], context)
  return { trustMode: mode, systemTrustStore: items }
}

async function asChain(
  source: string,
  certificate: Certificate,
  issuers: readonly Certificate[],
  given: Given,
): Promise<CertificateVerdict> {
  const { request, platform, trust, additional, evidence } = given
  const asked: ChainPolicy = {
    verificationTime: request.at,
    ...trust,
    ...platform.policy,
    ...evidence,
    extraStore: [...issuers, ...additional],
    applicationPolicy: request.purpose === undefined ? [] : [request.purpose],
    certificatePolicy: request.policies.initialPolicySet ?? [],
  }
  const { policy, records } = await completed(certificate, asked, given)
  const chain = buildX509Chain(certificate, policy)
  const report = { name: 'x509chain', chain: chainReport(chain), authentication: null } as const
  return inWords(certificate, chainVerdict(chain), report, { source, records, given })
}

/** What a client sends beside its certificate is not given to the handler, and so it plays no part here. */
async function asHandler(
  source: string,
  certificate: Certificate,
  issuers: readonly Certificate[],
  given: Given,
): Promise<CertificateVerdict> {
  const { request, platform, trust, additional, evidence } = given
  const { trustMode, customTrustStore, systemTrustStore } = trust
  const options = {
    ...platform.options,
    chainTrustValidationMode: trustMode,
    customTrustStore,
    additionalChainCertificates: additional,
  }
  const world: ChainSurroundings = { verificationTime: request.at, systemTrustStore, ...evidence }
  const { policy, records } = await completed(certificate, clientChainPolicy(certificate, options, world), given)
  const { crls, ocspResponses, downloadedIssuers } = policy
  const judged = judgeClientCertificate(certificate, options, { ...world, crls, ocspResponses, downloadedIssuers })
  const chain = judged.outcome === 'no-result' ? undefined : judged.chain
  const failure = judged.outcome === 'fail' ? judged.failure : undefined
  const report: PlatformReport = {
    name: 'aspnetcore',
    chain: chain === undefined ? null : chainReport(chain),
    authentication: authentication(certificate, failure && FAILURE_WORDS[failure], chain?.threw),
  }
  const kind = isSelfSigned(certificate) ? 'self-signed' : 'chained'
  const verdict = chain === undefined ? kindNotAllowed(certificate, kind) : withSentAlong(chainVerdict(chain), issuers)
  return inWords(certificate, verdict, report, { source, records, given })
}

/** Says so where the issuer that is missing came along with the certificate. */
function withSentAlong(verdict: Verdict, issuers: readonly Certificate[]): Verdict {
  const missing = verdict.findings.find(({ code }) => code === 'path.issuer-not-found')
  const top = verdict.path.at(-1)
  const issuer = top && issuers.find(({ subject }) => subject.equals(top.issuer))
  if (missing === undefined || issuer === undefined) return verdict
  const candidate = formatName(issuer.subject)
  const because = finding('path.candidate-refused', missing.certificate, { candidate, because: 'sent-along' })
  return { ...verdict, findings: [...verdict.findings, because] }
}

function authentication(
  certificate: Certificate,
  failure: string | undefined,
  threw: string | undefined,
): AuthenticationReport {
  if (threw !== undefined) return { outcome: 'Fail', failure: threw, httpStatus: 500, claims: [] }
  if (failure !== undefined) return { outcome: 'Fail', failure, httpStatus: 403, claims: [] }
  const claims = claimReports(defaultPrincipal(new ClientCertificate(certificate)))
  return { outcome: 'Success', failure: null, httpStatus: 200, claims }
}

interface Completed {
  readonly policy: ChainPolicy
  readonly records: readonly EvidenceRecord[]
}

/** With what the net has, where .NET would ask it; the code for that is loaded only then. */
async function completed(
  certificate: Certificate,
  policy: ChainPolicy,
  { request, context }: Given,
): Promise<Completed> {
  const { fetch } = request
  const mayAsk = policy.revocationMode === 'Online' || fetch.aia
  if (!mayAsk && (policy.revocationMode === 'NoCheck' || fetch.cacheFolder === undefined))
    return { policy, records: [] }
  const [{ fetchChainEvidence }, { EvidenceCache }] = await Promise.all([
    import('../../online/chain-evidence.ts'),
    import('../../online/cache.ts'),
  ])
  const { allowedHosts, cacheFolder, timeout, usesCache, aia } = fetch
  const cache = usesCache ? new EvidenceCache(cacheFolder) : undefined
  const options = { allowedHosts, timeout, cache, now: context.io.now }
  const fetched = await fetchChainEvidence(certificate, policy, { fetch: options, issuers: aia })
  return { policy: fetched.policy, records: fetched.evidence }
}

/** What a verdict is about: where the certificate came from, what was fetched for it, and what was asked. */
interface Occasion {
  readonly source: string
  readonly records: readonly EvidenceRecord[]
  readonly given: Given
}

function inWords(
  certificate: Certificate,
  verdict: ReturnType<typeof chainVerdict>,
  platform: PlatformReport,
  { source, records: evidence, given }: Occasion,
): CertificateVerdict {
  const {
    request,
    platform: { words },
    trust,
  } = given
  const asked = [`trust ${trust.trustMode ?? 'System'}`, ...request.words.filter(isNotRevocation), ...words]
  return { ...certificateVerdict(certificate, verdict, { source, at: request.at, asked, evidence }), platform }
}

/** How revocation is checked the platform's own flags say. */
function isNotRevocation(word: string): boolean {
  return !word.startsWith('revocation ')
}
