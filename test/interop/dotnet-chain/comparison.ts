/** Our answers beside .NET's, in words that compare. */

import { judgeClientCertificate } from '../../../src/authentication/chain-policy.ts'
import { PkiError } from '../../../src/errors.ts'
import { buildX509Chain, type X509ChainResult } from '../../../src/path/x509chain/chain.ts'
import { fingerprint } from '../../../src/x509/certificate.ts'
import type { ChainCase, HandlerCase } from './chain-case.ts'
import type { Answer } from './run-dotnet.ts'

export interface Comparison {
  readonly id: string
  readonly ours: Words
  readonly theirs: Words
}

/** An answer in words. */
export interface Words {
  /** `valid`, `invalid`, `threw`, or the handler's failure. */
  readonly verdict: string
  /** The flags of every element from the target up, sorted, and those of the chain in their order. */
  readonly flags: string
  /** Which certificates stand in the chain. */
  readonly path: string
}

export function compareChain({ id, certificate, policy }: ChainCase, answer: Answer): Comparison {
  const ours = attempt(() => {
    const chain = buildX509Chain(certificate, policy)
    return wordsOf(chain.valid ? 'valid' : 'invalid', chain)
  })
  return { id, ours, theirs: theirWords(answer, answer.valid === true ? 'valid' : 'invalid') }
}

export function compareHandler(
  { id, certificate, options, verificationTime }: HandlerCase,
  answer: Answer,
): Comparison {
  const ours = attempt(() => {
    const judged = judgeClientCertificate(certificate, options, { verificationTime })
    const verdict = judged.outcome === 'fail' ? judged.failure : judged.outcome
    return wordsOf(verdict, judged.outcome === 'no-result' ? undefined : judged.chain)
  })
  return { id, ours, theirs: theirWords(answer, answer.failure ?? 'success') }
}

const THREW: Words = { verdict: 'threw', flags: '', path: '' }

/** .NET throws for a policy that contradicts itself, and so do we. */
function attempt(answer: () => Words): Words {
  try {
    return answer()
  } catch (error) {
    if (error instanceof PkiError) return THREW
    throw error
  }
}

function wordsOf(verdict: string, chain: X509ChainResult | undefined): Words {
  if (chain?.threw !== undefined) return THREW
  const { elements = [], status = [] } = chain ?? {}
  return {
    verdict,
    flags: flagsInWords(
      elements.map((element) => element.status.map(({ flag }) => flag)),
      status.map(({ flag }) => flag),
    ),
    path: elements.map(({ certificate }) => fingerprint(certificate)).join(' '),
  }
}

function theirWords({ threw, elements = [], status = [] }: Answer, verdict: string): Words {
  if (threw !== undefined) return THREW
  return {
    verdict,
    flags: flagsInWords(
      elements.map((element) => element.status),
      status,
    ),
    path: elements.map(({ thumbprint }) => thumbprint).join(' '),
  }
}

function flagsInWords(elements: readonly (readonly string[])[], status: readonly string[]): string {
  const each = elements.map((flags) => [...flags].sort().join('+') || '-')
  return `${each.join(' | ')} (${[...status].sort().join('+') || '-'})`
}
