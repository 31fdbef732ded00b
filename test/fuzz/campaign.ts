/**
 * A fuzzing campaign: mutated certificates, CRLs, requests and OCSP responses, read and judged.
 *
 * It holds three things to be true, and stops at the first input for which one is not: nothing but a `DerError` comes
 * out of a parser, no input takes longer than {@link LIMIT_MS}, and no certificate whose signed bytes were changed is
 * judged valid, wherever in the path it stands.
 */

import { DerError } from '../../src/der/reader.ts'
import { equalBytes } from '../../src/der/writer.ts'
import { type VerifyOptions, verifyCertificate } from '../../src/path/verify.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { parseOcspResponse } from '../../src/x509/ocsp.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { type Corpus, makeCorpus, type Subject } from './corpus.ts'
import { mutate } from './mutations.ts'
import { Random } from './random.ts'

/** How much processor time one input may take. */
export const LIMIT_MS = 50

export interface CampaignOptions {
  readonly seed: number
  readonly runs: number
  /** Called now and then with the number of inputs done. */
  readonly onProgress?: (done: number) => void
}

export interface CampaignReport {
  readonly runs: number
  /** Inputs that were read without complaint: a campaign in which none is tests nothing behind the reader. */
  readonly parsed: number
  readonly judged: number
  /** What was signed after the change may be valid, and so may a change outside the signed bytes. */
  readonly valid: number
  readonly slowestMs: number
}

/** An input on which the program did not keep its word. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure'
}

/** Runs a campaign. @throws FuzzFailure with everything needed to see it again */
export function runCampaign({ seed, runs, onProgress }: CampaignOptions): CampaignReport {
  const random = new Random(seed)
  const corpus = makeCorpus()
  const report = { runs, parsed: 0, judged: 0, valid: 0, slowestMs: 0 }
  for (let run = 0; run < runs; run++) {
    const subject = random.pick(corpus.subjects)
    const changed = mutate(subject.bytes, corpus.material, random)
    const bytes = subject.seal === undefined ? changed : subject.seal(changed)
    const describe = (what: string) =>
      new FuzzFailure(`${what} (seed ${seed}, run ${run}, ${subject.kind}): ${Buffer.from(bytes).toString('hex')}`)

    const elapsed = timed(() => {
      const outcome = feed(subject, bytes, corpus, describe)
      if (outcome !== 'refused') report.parsed++
      if (outcome === 'valid' || outcome === 'invalid') report.judged++
      if (outcome === 'valid') report.valid++
    })
    if (elapsed > LIMIT_MS) confirmSlow(() => feed(subject, bytes, corpus, describe), describe)
    report.slowestMs = Math.max(report.slowestMs, elapsed)
    if (run % 10_000 === 0) onProgress?.(run)
  }
  return report
}

type Outcome = 'refused' | 'parsed' | 'valid' | 'invalid'

function feed(
  { kind, seal }: Subject,
  bytes: Uint8Array,
  corpus: Corpus,
  fail: (what: string) => FuzzFailure,
): Outcome {
  try {
    switch (kind) {
      case 'leaf':
      case 'intermediate':
      case 'root':
        return judgeWith(kind, parseCertificate(bytes), seal !== undefined, corpus, fail)
      case 'crl':
        return judge(corpus, { revocation: { crls: [parseCrl(bytes)] } }) ? 'valid' : 'invalid'
      case 'ocspResponse':
        return judge(corpus, { revocation: { crls: [], ocspResponses: [parseOcspResponse(bytes)] } })
          ? 'valid'
          : 'invalid'
      case 'request':
        parseRequest(bytes)
        return 'parsed'
    }
  } catch (error) {
    if (error instanceof DerError) return 'refused'
    throw error instanceof FuzzFailure ? error : fail(`threw ${error instanceof Error ? error.stack : String(error)}`)
  }
}

function judgeWith(
  kind: 'leaf' | 'intermediate' | 'root',
  changed: Certificate,
  isSigned: boolean,
  corpus: Corpus,
  fail: (what: string) => FuzzFailure,
): Outcome {
  const valid = judge(corpus, { [kind]: changed })
  // A root is trusted as it stands; its signature says nothing about who may be trusted.
  const needsSignature = kind !== 'root' && !isSigned
  const original = parseCertificate(corpus.originals[kind])
  if (valid && needsSignature && !equalBytes(changed.tbs, original.tbs)) throw fail('a changed certificate is valid')
  return valid ? 'valid' : 'invalid'
}

function judge(
  { chain, at }: Corpus,
  changed: { leaf?: Certificate; intermediate?: Certificate; root?: Certificate } & Pick<VerifyOptions, 'revocation'>,
): boolean {
  const { leaf = chain.leaf, intermediate = chain.intermediate, root = chain.root, revocation } = changed
  return verifyCertificate(leaf, {
    trustAnchors: [root],
    untrusted: [intermediate],
    at,
    purpose: '1.3.6.1.5.5.7.3.1',
    identity: { type: 'dns', value: 'a.test' },
    revocation: revocation && { ...revocation, scope: 'end-entity' },
  }).valid
}

/** Milliseconds of processor time: what else the machine does meanwhile is not the input's doing. */
function timed(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Nor is a pause of the garbage collector: what is slow itself stays slow when asked again. */
function confirmSlow(work: () => void, fail: (what: string) => FuzzFailure): void {
  const fastest = Math.min(timed(work), timed(work), timed(work))
  if (fastest > LIMIT_MS) throw fail(`took ${fastest.toFixed(0)} ms`)
}
