/** How `pki verify` comes by evidence: from what it was given alone, or with the help of the net, loaded only then. */

import type { EvidenceRecord } from '../../online/evidence.ts'
import { RevocationEvidence } from '../../path/revocation-evidence.ts'
import { type Verdict, type VerifyOptions, verifyCertificate } from '../../path/verify.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { CertificateList } from '../../x509/crl.ts'
import type { OcspResponse } from '../../x509/ocsp.ts'
import type { Io } from '../io.ts'
import { checkFlag } from '../options.ts'
import type { RevocationRequest, VerifyRequest } from './verify-request.ts'

/** What was given with `--crl` and `--ocsp-response`. */
export interface GivenEvidence {
  readonly crls: readonly CertificateList[]
  readonly ocspResponses: readonly OcspResponse[]
}

/** The engine's options but for revocation. */
export interface JudgeOptions extends Omit<VerifyOptions, 'untrusted' | 'revocation'> {
  readonly untrusted: readonly Certificate[]
}

/** Verifies one certificate. */
export type Judge = (
  target: Certificate,
  options: JudgeOptions,
) => Promise<Verdict & { readonly evidence?: readonly EvidenceRecord[] }>

/** RFC 9654 §2.1: a client that can choose sends 32 octets. */
const NONCE_LENGTH = 32

/**
 * The way to verify that was asked for. Several certificates share what is fetched.
 * @throws PkiError `usage.general-name`
 */
export async function judgeWith(request: VerifyRequest, given: GivenEvidence, io: Io): Promise<Judge> {
  const { aia, cacheFolder } = request.fetch
  const needsNet = aia || request.revocation?.how === 'online'
  if (needsNet || (request.revocation !== undefined && cacheFolder !== undefined))
    return onlineJudge(request, given, io)
  const evidence = new RevocationEvidence(given.crls, given.ocspResponses)
  const revocation = request.revocation && { ...request.revocation, crls: evidence }
  return async (target, options) => verifyCertificate(target, { ...options, revocation })
}

async function onlineJudge(request: VerifyRequest, given: GivenEvidence, io: Io): Promise<Judge> {
  const [{ verifyOnline }, { parseAllowedHost }, { EvidenceCache }] = await Promise.all([
    import('../../online/verify-online.ts'),
    import('../../online/destination.ts'),
    import('../../online/cache.ts'),
  ])
  const { fetch, revocation, at, isPresent } = request
  const { aia, allowedHosts, cacheFolder, timeout, usesCache, sendsNonce } = fetch
  for (const host of allowedHosts) checkFlag(host, '--allow-hosts', parseAllowedHost)
  const cache = usesCache ? new EvidenceCache(cacheFolder) : undefined
  const nonce = sendsNonce ? () => io.random(NONCE_LENGTH) : undefined
  return (target, options) =>
    verifyOnline(target, {
      ...options,
      at: isPresent ? 'now' : at,
      aia,
      revocation: revocation && { ...revocation, ...given, nonce, from: whereFrom(revocation, cacheFolder) },
      fetch: { allowedHosts, timeout, cache, now: io.now },
    })
}

function whereFrom({ how }: RevocationRequest, cacheFolder: string | undefined): 'online' | 'cached' | 'hand' {
  if (how === 'online') return 'online'
  return cacheFolder === undefined ? 'hand' : 'cached'
}
