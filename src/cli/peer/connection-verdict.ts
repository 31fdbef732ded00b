/** What the engine thinks of what a TLS server presented in a handshake: its chain, and the response it stapled. */

import { DerError } from '../../der/reader.ts'
import { PkiError } from '../../errors.ts'
import type { Identity } from '../../path/identity.ts'
import { RevocationEvidence } from '../../path/revocation-evidence.ts'
import { TrustStore } from '../../path/trust-store.ts'
import { type MalformedInput, verifyCertificate } from '../../path/verify.ts'
import type { HandshakeStep, Side } from '../../serve/handshake-recorder.ts'
import { type Certificate, parseCertificate } from '../../x509/certificate.ts'
import { ipAddressOctets } from '../../x509/ip-address.ts'
import { type OcspResponse, parseOcspResponse } from '../../x509/ocsp.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import { type CertificateVerdict, certificateVerdict } from '../verify/certificate-verdict.ts'

/** What one side presented: those of its certificates that can be read, and those that cannot. */
export interface PresentedChain {
  readonly certificates: readonly Certificate[]
  readonly malformed: readonly MalformedInput[]
}

/**
 * The certificates that a side sent, its own first.
 * @throws PkiError `input.malformed` if its own cannot be read
 */
export function presentedBy(side: Side, steps: readonly HandshakeStep[]): PresentedChain {
  const certificates: Certificate[] = []
  const malformed: MalformedInput[] = []
  const encodings = steps.find(({ from, name }) => from === side && name === 'Certificate')?.certificates ?? []
  for (const [i, encoded] of encodings.entries()) {
    const source = `certificate ${i + 1} of the ${side}`
    try {
      certificates.push(parseCertificate(encoded))
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      if (i === 0) throw malformedOwn(source, error)
      malformed.push({ source, error })
    }
  }
  return { certificates, malformed }
}

function malformedOwn(source: string, cause: DerError): PkiError {
  return new PkiError('input.malformed', `${source}: ${cause.message} (at octet ${cause.offset})`, {
    context: { offset: cause.offset },
    cause,
  })
}

/** The stapled response, or what is wrong with its encoding. */
export function readStapled(stapled: Uint8Array | undefined): OcspResponse | DerError | undefined {
  if (stapled === undefined) return undefined
  try {
    return parseOcspResponse(stapled)
  } catch (error) {
    if (error instanceof DerError) return error
    throw error
  }
}

/** The identity that a server at this address must have. */
function identityAt(host: string): Identity {
  return { type: ipAddressOctets(host) === undefined ? 'dns' : 'ip', value: host }
}

export interface JudgingOptions {
  readonly source: string
  readonly host: string
  readonly trustAnchors: readonly Certificate[]
  /** Counts as evidence about the server's own certificate; without it revocation is not looked at. */
  readonly stapled: OcspResponse | undefined
  readonly at: Date
}

/** The verdict on a server. @throws PkiError `usage.general-name` if the host is no name to verify for */
export function judgeServer({ certificates, malformed }: PresentedChain, options: JudgingOptions): CertificateVerdict {
  const { source, host, stapled, at } = options
  const [target, ...untrusted] = certificates as readonly [Certificate, ...Certificate[]]
  const identity = identityAt(host)
  const revocation = stapled && { crls: new RevocationEvidence([], [stapled]), scope: 'end-entity' as const }
  const verdict = verifyCertificate(target, {
    trustAnchors: new TrustStore(options.trustAnchors),
    untrusted,
    malformed,
    at,
    purpose: KEY_PURPOSE.serverAuth,
    identity,
    revocation,
  })
  const asked = [
    'purpose serverAuth',
    `${identity.type === 'dns' ? 'host' : 'ip'} ${host}`,
    stapled === undefined ? 'revocation not checked' : 'revocation by the stapled response, end-entity',
  ]
  return certificateVerdict(target, verdict, { source, at, asked })
}
