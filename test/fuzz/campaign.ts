/**
 * A fuzzing campaign: mutated certificates, CRLs, requests and OCSP responses, read and judged.
 *
 * It holds three things to be true, and stops at the first input for which one is not: nothing but a `DerError` comes
 * out of a parser, no input takes longer than {@link LIMIT_MS}, and no certificate whose signed bytes were changed is
 * judged valid, by the engine or as .NET's X509Chain, wherever in the path it stands, unless it was signed anew.
 */

import { DerError } from '../../src/der/reader.ts'
import { equalBytes } from '../../src/der/writer.ts'
import { type VerifyOptions, verifyCertificate } from '../../src/path/verify.ts'
import { buildX509Chain } from '../../src/path/x509chain/chain.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { parseOcspResponse } from '../../src/x509/ocsp.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { parseRequest } from '../../src/x509/request.ts'
import { Random } from '../random.ts'
import { type Corpus, makeCorpus, type Subject } from './corpus.ts'
import { crowds, mutate } from './mutations.ts'

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
    const input = sealed(subject, mutate(subject.bytes, corpus.material, random), `seed ${seed}, run ${run}`)
    const elapsed = timed(() => {
      const outcome = feed(input, corpus)
      if (outcome !== 'refused') report.parsed++
      if (outcome === 'valid' || outcome === 'invalid') report.judged++
      if (outcome === 'valid') report.valid++
    })
    if (elapsed > LIMIT_MS) requireFast(input, corpus)
    requireInvalidForDotnet(input, corpus)
    report.slowestMs = Math.max(report.slowestMs, elapsed)
    if (run % 10_000 === 0) onProgress?.(run)
  }
  return report
}

/** Octets of a small crowd. A large one has {@link GROWTH} times as many. */
const CROWD = 32_000
const GROWTH = 4

/**
 * Feeds two crowds of each element, one of them four times as large, for which four times the time is fair, and
 * sixteen times is not. @returns how many pairs there were
 */
export function runCrowds(): number {
  const corpus = makeCorpus()
  let pairs = 0
  for (const subject of corpus.subjects) {
    const larger = crowds(subject.bytes, CROWD * GROWTH)
    for (const bytes of crowds(subject.bytes, CROWD)) {
      const input = sealed(subject, bytes, `crowd ${pairs++}`)
      if (timed(() => feed(input, corpus)) > LIMIT_MS) requireFast(input, corpus)
      const large = sealed(subject, larger.next().value as Uint8Array, input.name)
      const elapsed = timed(() => feed(large, corpus))
      if (elapsed > LIMIT_MS && leastTime(large, corpus) > 2 * GROWTH * leastTime(input, corpus)) {
        throw failure(input, `${GROWTH} times as much of it takes ${elapsed.toFixed(0)} ms, more than its share`)
      }
    }
  }
  return pairs
}

/** One input, and what it is known by. */
interface Input {
  readonly subject: Subject
  readonly bytes: Uint8Array
  readonly name: string
}

function sealed(subject: Subject, changed: Uint8Array, name: string): Input {
  return { subject, bytes: subject.seal === undefined ? changed : subject.seal(changed), name }
}

function failure({ subject, bytes, name }: Input, what: string): FuzzFailure {
  return new FuzzFailure(`${what} (${name}, ${subject.kind}): ${Buffer.from(bytes).toString('hex')}`)
}

type Outcome = 'refused' | 'parsed' | 'valid' | 'invalid'

function feed(input: Input, corpus: Corpus): Outcome {
  const { subject, bytes } = input
  try {
    switch (subject.kind) {
      case 'leaf':
      case 'intermediate':
      case 'root':
        return judgeWith(input, subject.kind, corpus)
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
    if (error instanceof FuzzFailure) throw error
    throw failure(input, `threw ${error instanceof Error ? error.stack : String(error)}`)
  }
}

function judgeWith(input: Input, kind: 'leaf' | 'intermediate' | 'root', corpus: Corpus): Outcome {
  const changed = parseCertificate(input.bytes)
  const valid = judge(corpus, { [kind]: changed })
  // A root is trusted as it stands; its signature says nothing about who may be trusted.
  const needsSignature = kind !== 'root' && input.subject.seal === undefined
  const original = parseCertificate(corpus.originals[kind])
  if (valid && needsSignature && !equalBytes(changed.tbs, original.tbs)) {
    throw failure(input, 'a changed certificate is valid')
  }
  return valid ? 'valid' : 'invalid'
}

interface ChangedChain {
  readonly leaf?: Certificate
  readonly intermediate?: Certificate
  readonly root?: Certificate
}

/** X509Chain reads what the engine does not, and takes some BER: it must neither throw nor be taken in. */
function requireInvalidForDotnet(input: Input, { chain, originals, at }: Corpus): void {
  const { kind, seal } = input.subject
  if (kind !== 'leaf' && kind !== 'intermediate' && kind !== 'root') return
  try {
    const changed = parseCertificate(input.bytes)
    const judged: ChangedChain = { [kind]: changed }
    const { leaf, intermediate, root } = { ...chain, ...judged }
    const { valid } = buildX509Chain(leaf, {
      verificationTime: at,
      trustMode: 'CustomRootTrust',
      customTrustStore: [root, intermediate],
      applicationPolicy: [KEY_PURPOSE.serverAuth],
      revocationMode: 'NoCheck',
    })
    if (!valid || kind === 'root' || seal !== undefined) return
    if (!equalBytes(changed.tbs, parseCertificate(originals[kind]).tbs)) {
      throw failure(input, 'a changed certificate is valid for X509Chain')
    }
  } catch (error) {
    if (error instanceof DerError) return
    if (error instanceof FuzzFailure) throw error
    throw failure(input, `X509Chain threw ${error instanceof Error ? error.stack : String(error)}`)
  }
}

function judge({ chain, at }: Corpus, changed: ChangedChain & Pick<VerifyOptions, 'revocation'>): boolean {
  const { leaf = chain.leaf, intermediate = chain.intermediate, root = chain.root, revocation } = changed
  return verifyCertificate(leaf, {
    trustAnchors: [root],
    untrusted: [intermediate],
    at,
    purpose: KEY_PURPOSE.serverAuth,
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
function leastTime(input: Input, corpus: Corpus): number {
  const again = (): number => timed(() => feed(input, corpus))
  return Math.min(again(), again(), again())
}

function requireFast(input: Input, corpus: Corpus): void {
  const fastest = leastTime(input, corpus)
  if (fastest > LIMIT_MS) throw failure(input, `took ${fastest.toFixed(0)} ms`)
}
