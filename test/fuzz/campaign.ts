/**
 * A fuzzing campaign: mutated certificates, CRLs, requests and OCSP responses, read and judged.
 *
 * It holds three things to be true, and stops at the first input for which one is not: nothing but a `DerError` comes
 * out of a parser, no input takes more work than {@link LIMIT_BLOCKS}, and no certificate whose signed bytes were
 * changed is judged valid, by the engine or as .NET's X509Chain, wherever in the path it stands, unless it was signed
 * anew.
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
import { executedBlocks } from './executed-blocks.ts'
import { crowds, mutate } from './mutations.ts'

/** How many blocks of code one input may execute: a thousand times what the corpus takes as it is, some 2,500. */
const LIMIT_BLOCKS = 3_000_000

/** Milliseconds of processor time after which the blocks of an input are counted. */
const SUSPICIOUS_MS = 10

/** Milliseconds of processor time for what executes no blocks: long enough for any machine. */
const HANG_MS = 1000

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
    if (elapsed > SUSPICIOUS_MS) requireBounded(input, corpus)
    report.slowestMs = Math.max(report.slowestMs, elapsed)
    if (run % 10_000 === 0) onProgress?.(run)
  }
  return report
}

/** Octets of a small crowd. A large one has {@link GROWTH} times as many. */
const CROWD = 32_000
const GROWTH = 4

/**
 * Feeds two crowds of each element, one of them four times as large, for which four times the work is fair, and sixteen
 * times is not. @returns how many pairs there were
 */
export function runCrowds(): number {
  const corpus = makeCorpus()
  // What is done once and kept, as tables are, would be counted with whichever crowd came first.
  for (const subject of corpus.subjects) feed(sealed(subject, subject.bytes, 'as it was'), corpus)
  let pairs = 0
  for (const subject of corpus.subjects) {
    const larger = crowds(subject.bytes, CROWD * GROWTH)
    for (const bytes of crowds(subject.bytes, CROWD)) {
      const input = sealed(subject, bytes, `crowd ${pairs++}`)
      const large = sealed(subject, larger.next().value as Uint8Array, input.name)
      const once = requireBounded(input, corpus)
      const growth = requireBounded(large, corpus) / once
      if (growth > 1.5 * GROWTH) throw failure(input, `${GROWTH} times as much is ${growth.toFixed(1)} times the work`)
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

/** Octets of a failing input that are printed; of a crowd, which is larger, its number tells the rest. */
const SHOWN = 16_384

function failure({ subject, bytes, name }: Input, what: string): FuzzFailure {
  const hex = Buffer.from(bytes.subarray(0, SHOWN)).toString('hex')
  const rest = bytes.length > SHOWN ? `… (${bytes.length} octets)` : ''
  return new FuzzFailure(`${what} (${name}, ${subject.kind}): ${hex}${rest}`)
}

type Outcome = 'refused' | 'parsed' | 'valid' | 'invalid'

function feed(input: Input, corpus: Corpus): Outcome {
  try {
    return read(input, corpus)()
  } catch (error) {
    if (error instanceof FuzzFailure) throw error
    throw failure(input, `threw ${error instanceof Error ? error.stack : String(error)}`)
  }
}

/** What is to be done with an input once it is read; a parser may refuse it, nothing behind the parser may. */
function read(input: Input, corpus: Corpus): () => Outcome {
  const { subject, bytes } = input
  try {
    switch (subject.kind) {
      case 'leaf':
      case 'intermediate':
      case 'root': {
        const changed = { [subject.kind]: parseCertificate(bytes) }
        return () => judgeChain(input, changed, corpus)
      }
      case 'crl': {
        const crls = [parseCrl(bytes)]
        return () => outcome(judge(corpus, { revocation: { crls } }))
      }
      case 'ocspResponse': {
        const ocspResponses = [parseOcspResponse(bytes)]
        return () => outcome(judge(corpus, { revocation: { crls: [], ocspResponses } }))
      }
      case 'request':
        parseRequest(bytes)
        return () => 'parsed'
    }
  } catch (error) {
    if (error instanceof DerError) return () => 'refused'
    throw error
  }
}

function outcome(valid: boolean): Outcome {
  return valid ? 'valid' : 'invalid'
}

interface ChangedChain {
  readonly leaf?: Certificate
  readonly intermediate?: Certificate
  readonly root?: Certificate
}

/** X509Chain reads what the engine does not, and takes some BER: it must not be taken in either. */
function judgeChain(input: Input, changed: ChangedChain, corpus: Corpus): Outcome {
  const { kind, seal } = input.subject
  const valid = judge(corpus, changed)
  const validForDotnet = judgeAsDotnet(corpus, changed)
  // A root is trusted as it stands; its signature says nothing about who may be trusted.
  const mayDiffer = kind === 'root' || seal !== undefined
  if ((valid || validForDotnet) && !mayDiffer && !sameSignedBytes(changed, corpus)) {
    throw failure(input, `a changed certificate is valid${valid ? '' : ' for X509Chain'}`)
  }
  return outcome(valid)
}

function sameSignedBytes({ leaf, intermediate }: ChangedChain, { chain }: Corpus): boolean {
  return (
    (leaf === undefined || equalBytes(leaf.tbs, chain.leaf.tbs)) &&
    (intermediate === undefined || equalBytes(intermediate.tbs, chain.intermediate.tbs))
  )
}

function judgeAsDotnet({ chain, at }: Corpus, changed: ChangedChain): boolean {
  const { leaf, intermediate, root } = { ...chain, ...changed }
  return buildX509Chain(leaf, {
    verificationTime: at,
    trustMode: 'CustomRootTrust',
    customTrustStore: [root, intermediate],
    applicationPolicy: [KEY_PURPOSE.serverAuth],
    revocationMode: 'NoCheck',
  }).valid
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

/** @returns how many blocks it takes */
function requireBounded(input: Input, corpus: Corpus): number {
  let blocks = 0
  const elapsed = timed(() => {
    blocks = executedBlocks(() => feed(input, corpus))
  })
  if (blocks > LIMIT_BLOCKS) throw failure(input, `executed ${blocks} blocks`)
  if (elapsed > HANG_MS) throw failure(input, `took ${elapsed.toFixed(0)} ms`)
  return blocks
}
