/** What is fetched for an X509Chain: with it, the chain is the one that .NET builds from the same servers. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchChainEvidence } from '../../src/online/chain-evidence.ts'
import { buildX509Chain, type X509ChainResult } from '../../src/path/x509chain/chain.ts'
import type { ChainCase } from '../interop/dotnet-chain/chain-case.ts'
import { EvidenceServer } from '../interop/dotnet-chain/evidence-server.ts'
import { revocationCases } from '../interop/dotnet-chain/revocation-cases.ts'

let server: EvidenceServer
let cases: ReadonlyMap<string, ChainCase>

beforeAll(async () => {
  server = await EvidenceServer.start()
  cases = new Map(revocationCases(server).map((one) => [one.id, one]))
})

afterAll(() => server.stop())

const now = () => new Date()

function told({ elements, valid }: X509ChainResult): string {
  return `${valid} ${elements.map(({ status }) => status.map(({ flag }) => flag).join('+') || '-').join(' | ')}`
}

async function fetchFor(id: string, more: Partial<ChainCase['policy']> = {}) {
  const found = cases.get(id)
  if (found === undefined) throw new Error(`no case ${id}`)
  const { certificate, policy } = found
  const bare = { ...policy, crls: [], ocspResponses: [], downloadedIssuers: [], ...more }
  const fetched = await fetchChainEvidence(certificate, bare, { fetch: { now } })
  const given = buildX509Chain(certificate, policy)
  return { given: told(given), fetched: told(buildX509Chain(certificate, fetched.policy)), evidence: fetched.evidence }
}

describe('fetched, and given', () => {
  const matrix = ['CRL', 'OCSP', 'both', 'responder'].flatMap((way) =>
    ['nobody', 'leaf', 'intermediate', 'leaf and intermediate'].map((who) => `${way}, ExcludeRoot, ${who} revoked`),
  )
  const single = [
    'leaf has nothing',
    'leaf has CRL out of date, OCSP good',
    'leaf has CRL clear, OCSP revoked',
    'leaf has CRL of a bad signature',
    'leaf has OCSP unknown',
    'root over, ExcludeRoot, leaf revoked',
    'leaf for another purpose, ExcludeRoot, leaf revoked',
  ]
  it.each([...matrix, ...single].map((id) => `revocation: ${id}`))('%s', async (id) => {
    const { given, fetched } = await fetchFor(id)
    expect(fetched).toBe(given)
  })

  it.each(['both intermediates', 'nothing is there', 'the lower one alone'])('download: %s', async (id) => {
    const { given, fetched } = await fetchFor(`download: ${id}`)
    expect(fetched).toBe(given)
  })
})

describe('who is asked', () => {
  const kinds = (records: readonly { readonly kind: string }[]) => records.map(({ kind }) => kind).sort()

  it('OCSP only where no CRL settles it', async () => {
    expect(kinds((await fetchFor('revocation: both, ExcludeRoot, nobody revoked')).evidence)).toEqual(['crl', 'crl'])
    const { evidence } = await fetchFor('revocation: leaf has CRL out of date, OCSP good')
    expect(kinds(evidence)).toEqual(['crl', 'crl', 'ocsp'])
  })

  it('nobody in the modes NoCheck and Offline, nor for a chain that is bad anyway', async () => {
    const id = 'revocation: CRL, ExcludeRoot, nobody revoked'
    expect((await fetchFor(id, { revocationMode: 'NoCheck' })).evidence).toEqual([])
    const offline = (await fetchFor(id, { revocationMode: 'Offline' })).evidence
    expect(offline.filter(({ origin }) => origin === 'network')).toEqual([])
    const bad = 'revocation: intermediate is no CA, ExcludeRoot, all clear'
    expect((await fetchFor(bad)).evidence).toEqual([])
  })
})
