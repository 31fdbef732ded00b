/**
 * Thousands of random hierarchies, judged by this engine, by OpenSSL and by GnuTLS. The programs need not agree; but
 * every disagreement is explained by a rule of `known-differences.ts`, or is a bug of somebody's.
 *
 * `PKI_DIFFERENTIAL_RUNS=20000 PKI_DIFFERENTIAL_SEED=7 npx vitest run test/differential` is the long run: so many
 * hierarchies. A failure leaves its certificates in a folder and prints the command that judges them.
 */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RFC5280, RFC5280_STRICT, type RuleSet } from '../../src/path/rule-set.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { type Comparison, compare } from './compare.ts'
import { CERTTOOL_EXAMPLES, OPENSSL_EXAMPLES } from './examples.ts'
import { type Audience, buildHierarchy, type HierarchySpec, hierarchySpec } from './hierarchy.ts'
import {
  certtoolArguments,
  type Judge,
  judgeByCerttool,
  judgeByOpenssl,
  opensslArguments,
  ourVerdict,
  type Program,
  pemFiles,
} from './judges.ts'
import { KNOWN_DIFFERENCES, WRITTEN_FOR } from './known-differences.ts'

const { PKI_DIFFERENTIAL_RUNS: runs, PKI_DIFFERENTIAL_SEED: seed } = process.env
const SEED = Number(seed ?? 20260601)

interface Suite {
  readonly who: Program
  readonly judge: Judge
  readonly rules: RuleSet
  readonly audience: Audience
  /** Hierarchies in the standard run. */
  readonly hierarchies: number
  /** One hierarchy for each known difference. */
  readonly examples: Readonly<Record<string, HierarchySpec>>
  readonly command: (hierarchy: ReturnType<typeof buildHierarchy>) => string
}

const SUITES: readonly Suite[] = [
  {
    who: 'openssl',
    judge: judgeByOpenssl,
    rules: RFC5280_STRICT,
    // One process judges all leaves of a hierarchy, so they may be many.
    audience: { leaves: 12, toTheSecond: true, crossCertificates: true, policies: true },
    hierarchies: 400,
    examples: OPENSSL_EXAMPLES,
    command: (hierarchy) => `openssl ${opensslArguments(hierarchy).join(' ')}`,
  },
  {
    who: 'certtool',
    judge: judgeByCerttool,
    rules: RFC5280,
    // It knows no instant but now, takes one chain and not a pool, and has no policies.
    audience: { leaves: 3, toTheSecond: false, crossCertificates: false, policies: false },
    hierarchies: 200,
    examples: CERTTOOL_EXAMPLES,
    command: (hierarchy) => `cat leaf-N.pem untrusted.pem | certtool ${certtoolArguments(hierarchy).join(' ')}`,
  },
]

for (const suite of SUITES) {
  const { who, hierarchies, audience, examples } = suite
  const title = hasProgram(who) ? who : `${who} (missing)`
  describe.skipIf(!hasProgram(who))(title, () => {
    const count = Number(runs ?? hierarchies)
    const timeout = 60_000 + count * audience.leaves * 200
    const name = `${count} hierarchies of ${audience.leaves} leaves, seed ${SEED}`
    it(`${name}: every disagreement is explained`, { timeout }, () => {
      const tally = new Tally()
      const property = fc.property(hierarchySpec(audience), (spec) => {
        const unexplained = judgements(suite, spec).flatMap((judgement) => tally.add(judgement))
        if (unexplained.length > 0) throw new Error(unexplained.join('\n'))
      })
      const outcome = fc.check(property, { seed: SEED, numRuns: count })
      console.info(`${who}: ${name}: ${tally}`)
      if (outcome.failed) throw new Error(reproduction(suite, outcome))
      // A run in which hardly anything is accepted, or rejected, by both would show little.
      expect(tally.bothValid).toBeGreaterThan(tally.cases / 5)
      expect(tally.bothInvalid).toBeGreaterThan(tally.cases / 5)
    })

    const rules = KNOWN_DIFFERENCES[who].map(({ id }) => id)
    it('every known difference has its example', () => {
      expect(Object.keys(examples).sort()).toEqual([...rules].sort())
    })

    // Another version may have been mended, or broken.
    it.skipIf(hasProgram(who) && !WRITTEN_FOR[who].test(version(who))).each(rules)(
      '%s: the example shows that the rule is not stale',
      (id) => {
        const [judgement] = judgements(suite, examples[id] as HierarchySpec)
        expect(judgement?.comparison).toEqual({ agree: false, explainedBy: [id], unexplained: [] })
      },
    )
  })
}

function version(who: Program): string {
  return run(program(who), who === 'openssl' ? ['version'] : ['--version']).stdout
}

interface Judgement {
  readonly valid: boolean
  readonly comparison: Comparison
  /** What cannot be explained, for a person. */
  readonly unexplained: readonly string[]
}

/** What came of all cases. */
class Tally {
  cases = 0
  bothValid = 0
  bothInvalid = 0
  #explained = 0
  readonly #used = new Map<string, number>()

  add({ valid, comparison, unexplained }: Judgement): readonly string[] {
    this.cases++
    if (!comparison.agree) this.#explained++
    else if (valid) this.bothValid++
    else this.bothInvalid++
    for (const id of comparison.explainedBy) this.#used.set(id, (this.#used.get(id) ?? 0) + 1)
    return unexplained
  }

  toString(): string {
    const { cases, bothValid, bothInvalid } = this
    const rules = [...this.#used].map(([id, times]) => `${id} ${times}`).join(', ')
    return `${cases} cases, ${bothValid} valid and ${bothInvalid} invalid for both, ${this.#explained} explained (${rules})`
  }
}

/** Judges every leaf of a hierarchy. */
function judgements({ who, judge, rules }: Suite, spec: HierarchySpec): readonly Judgement[] {
  const hierarchy = buildHierarchy(spec)
  const verdicts = judge(hierarchy)
  return hierarchy.leaves.map((target, index) => {
    const one = { target, hierarchy }
    const theirs = verdicts[index]
    if (theirs === undefined) throw new Error(`no verdict on leaf ${index}`)
    const ours = ourVerdict(one, rules)
    const comparison = compare(who, { one, ours, theirs })
    const what = `leaf-${index}.pem: we ${ours.valid ? 'accept' : 'reject'} it, ${who} does not`
    return {
      valid: ours.valid,
      comparison,
      unexplained: comparison.unexplained.length === 0 ? [] : [`${what}; unexplained: ${comparison.unexplained}`],
    }
  })
}

type Failure = Pick<fc.RunDetails<[HierarchySpec]>, 'counterexample' | 'counterexamplePath' | 'errorInstance'>

/** Everything that is needed to see a failure again. */
function reproduction(suite: Suite, { counterexample, counterexamplePath, errorInstance }: Failure) {
  if (counterexample === null) return `the run did not end: ${String(errorInstance)}`
  const [spec] = counterexample
  const hierarchy = buildHierarchy(spec)
  const folder = mkdtempSync(join(tmpdir(), 'devpki-differential-failure-'))
  for (const [name, text] of Object.entries(pemFiles(hierarchy))) writeFileSync(join(folder, name), text)
  return [
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    `seed ${SEED}, path ${counterexamplePath}`,
    `cd ${folder} && ${suite.command(hierarchy)}`,
    fc.stringify(spec),
  ].join('\n')
}
