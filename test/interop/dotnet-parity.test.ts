/**
 * Parity with .NET on Linux: thousands of chains, each judged by the real X509Chain and by ours, verdict by verdict and
 * flag by flag. `dotnet-chain/` holds the program and the cases; random ones come from the seeds below, or from
 * `PKI_PARITY_SEEDS=17,18`, and have their seed in their name.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHAIN_STATUS_FLAGS } from '../../src/path/x509chain/chain-status.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { authorityCases } from './dotnet-chain/authority-cases.ts'
import { type ChainCase, caseLine, handlerLine } from './dotnet-chain/chain-case.ts'
import { type Comparison, compareChain, compareHandler, type Words } from './dotnet-chain/comparison.ts'
import { defectCases } from './dotnet-chain/defect-cases.ts'
import { EvidenceServer } from './dotnet-chain/evidence-server.ts'
import { flagCases, unknownRevocationCases } from './dotnet-chain/flag-cases.ts'
import { graphCases } from './dotnet-chain/graph-cases.ts'
import { handlerCases } from './dotnet-chain/handler-cases.ts'
import { nameCases } from './dotnet-chain/name-cases.ts'
import { oddCases } from './dotnet-chain/odd-cases.ts'
import { randomCases } from './dotnet-chain/random-cases.ts'
import { revocationCases } from './dotnet-chain/revocation-cases.ts'
import { type Answer, ask, buildProgram, surroundings } from './dotnet-chain/run-dotnet.ts'
import { trustCases } from './dotnet-chain/trust-cases.ts'
import { usageCases } from './dotnet-chain/usage-cases.ts'

const SEEDS = (process.env.PKI_PARITY_SEEDS ?? '1,2,3').split(',').map(Number)
const CHAINS_OF_A_SEED = 200
const HEAPS_OF_A_SEED = 300

/** X509Chain stands on OpenSSL on Linux alone, and its rules on usage change with the next release. */
function missing(): string | undefined {
  if (process.platform !== 'linux') return 'X509Chain stands on OpenSSL on Linux alone'
  if (!hasProgram('dotnet')) return 'missing: dotnet'
  const version = run(program('dotnet'), ['--version']).stdout.trim()
  return version.startsWith('10.') ? undefined : `written for .NET 10, here is ${version}`
}

const why = missing()
const suite = why === undefined ? describe : describe.skip

suite(why === undefined ? 'parity with .NET' : `parity with .NET (${why})`, () => {
  let folder: string
  let server: EvidenceServer
  let cases: readonly ChainCase[]
  let answers: ReadonlyMap<string, Answer>
  let comparisons: readonly Comparison[]

  beforeAll(async () => {
    folder = folderOfSuite('dotnet-parity')
    server = await EvidenceServer.start()
    const system: Certificate[] = []
    cases = [
      ...trustCases(system),
      ...authorityCases(),
      ...usageCases(),
      ...nameCases(),
      ...flagCases(),
      ...unknownRevocationCases(),
      ...oddCases(),
      ...defectCases(),
      ...SEEDS.flatMap((seed) => randomCases(seed, CHAINS_OF_A_SEED)),
      ...SEEDS.flatMap((seed) => graphCases(seed, HEAPS_OF_A_SEED)),
      ...revocationCases(server),
    ]
    const handled = handlerCases()
    const lines = [...cases.map(caseLine), ...handled.map(handlerLine)]
    answers = await ask(buildProgram(folder), lines, surroundings(folder, system))
    const answerTo = ({ id }: { readonly id: string }) => {
      const answer = answers.get(id)
      if (answer === undefined) throw new Error(`no answer to ${id}`)
      return answer
    }
    comparisons = [
      ...cases.map((one) => compareChain(one, answerTo(one))),
      ...handled.map((one) => compareHandler(one, answerTo(one))),
    ]
    report(comparisons, answers)
  }, 400_000)

  afterAll(async () => {
    await server?.stop()
    if (folder !== undefined) removeFolder(folder)
  })

  test('there are many cases, each with a name of its own', () => {
    expect(new Set(comparisons.map(({ id }) => id)).size).toBe(comparisons.length)
    expect(comparisons.length).toBeGreaterThan(2000)
    expect(server.served).toBeGreaterThan(400)
  })

  test('.NET raised every flag that it raises on Linux', () => {
    const raised = new Set([...answers.values()].flatMap(({ status = [] }) => status))
    const never = ['Cyclic', 'NotTimeNested', 'InvalidExtension', 'InvalidPolicyConstraints', 'HasWeakSignature']
    const windows = ['HasNotDefinedNameConstraint', 'NoIssuanceChainPolicy']
    const lists = ['CtlNotTimeValid', 'CtlNotSignatureValid', 'CtlNotValidForUsage', 'ExplicitDistrust']
    const expected = CHAIN_STATUS_FLAGS.filter((flag) => ![...never, ...windows, ...lists].includes(flag))
    expect([...raised].sort()).toEqual(expected.sort())
  })

  test('every verdict is the same', () => {
    const different = comparisons.filter(({ ours, theirs }) => ours.verdict !== theirs.verdict)
    expect(different.map(inWords)).toEqual([])
  })

  test('every element has the same flags', () => {
    const different = comparisons.filter(({ ours, theirs }) => ours.flags !== theirs.flags || ours.path !== theirs.path)
    expect(different.map(inWords)).toEqual([])
  })
})

function inWords({ id, ours, theirs }: Comparison) {
  return { id, ours: inShort(ours), theirs: inShort(theirs) }
}

function inShort({ verdict, flags }: Words): string {
  return `${verdict} ${flags}`.trim()
}

function report(comparisons: readonly Comparison[], answers: ReadonlyMap<string, Answer>): void {
  const same = (key: keyof Words) => comparisons.filter(({ ours, theirs }) => ours[key] === theirs[key]).length
  const share = (count: number) => `${count} of ${comparisons.length}`
  const { runtime, openSsl } = answers.get('runtime') as { runtime?: string; openSsl?: string }
  console.info(
    `parity with .NET ${runtime} (OpenSSL ${openSsl}), seeds ${SEEDS.join()}: equal verdicts ${share(same('verdict'))}, equal flags ${share(same('flags'))}`,
  )
}
