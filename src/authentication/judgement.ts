/** The judgement of a certificate with what it lacks fetched: issuers and evidence on revocation, as .NET does it. */

import { fetchChainEvidence } from '../online/chain-evidence.ts'
import type { FetchOptions } from '../online/source.ts'
import type { ChainSurroundings } from '../path/x509chain/policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type ClientCertificateJudgement, clientChainPolicy, judgeClientCertificate } from './chain-policy.ts'
import type { CertificateValidationOptions } from './options.ts'

/**
 * Judges by what is at hand; if that leaves an issuer missing or a status unknown, fetches and judges again.
 * @throws PkiError as `judgeClientCertificate`
 */
export async function judgeOnline(
  certificate: Certificate,
  options: CertificateValidationOptions,
  surroundings: ChainSurroundings,
  fetch: FetchOptions,
): Promise<ClientCertificateJudgement> {
  const judged = judgeClientCertificate(certificate, options, surroundings)
  const flags = 'chain' in judged ? (judged.chain?.status ?? []).map(({ flag }) => flag) : []
  if (!flags.some((flag) => flag === 'PartialChain' || flag === 'RevocationStatusUnknown')) return judged
  const policy = clientChainPolicy(certificate, options, surroundings)
  const { downloadedIssuers, crls, ocspResponses } = (await fetchChainEvidence(certificate, policy, { fetch })).policy
  return judgeClientCertificate(certificate, options, { ...surroundings, downloadedIssuers, crls, ocspResponses })
}
