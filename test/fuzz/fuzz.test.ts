/** A short campaign on every run; `npm run fuzz -- --runs 1000000` is the long one. */

import { describe, expect, it } from 'vitest'
import { verifyCertificate } from '../../src/path/verify.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { parseOcspResponse } from '../../src/x509/ocsp.ts'
import { checkRequestSignature, parseRequest } from '../../src/x509/request.ts'
import { runCampaign, runCrowds } from './campaign.ts'
import { makeCorpus } from './corpus.ts'

const SEED = Number(process.env.PKI_FUZZ_SEED ?? 20260601)

describe('the corpus is good before it is broken', () => {
  const { chain, originals, at } = makeCorpus()
  const options = { trustAnchors: [chain.root], untrusted: [chain.intermediate], at }

  it('the path is valid', () => {
    const identity = { type: 'dns', value: 'a.test' } as const
    expect(verifyCertificate(chain.leaf, { ...options, identity })).toMatchObject({ valid: true })
  })

  it('the CRL and the OCSP response clear the leaf', () => {
    for (const evidence of [
      { crls: [parseCrl(originals.crl)] },
      { crls: [], ocspResponses: [parseOcspResponse(originals.ocspResponse)] },
    ]) {
      const revocation = { ...evidence, scope: 'end-entity' } as const
      expect(verifyCertificate(chain.leaf, { ...options, revocation })).toMatchObject({ valid: true })
    }
  })

  it('the request is signed by its key', () => {
    expect(checkRequestSignature(parseRequest(originals.request))).toBe('valid')
  })
})

it(`20,000 mutated inputs, seed ${SEED}: no crash, no hang, no changed certificate is valid`, {
  timeout: 120_000,
}, () => {
  const report = runCampaign({ seed: SEED, runs: 20_000 })
  // Enough inputs must get past the reader for the campaign to mean anything.
  expect(report.parsed).toBeGreaterThan(2_000)
  expect(report.judged).toBeGreaterThan(1_000)
})

it('thousands of any one element are no more than their share of work', { timeout: 120_000 }, () => {
  expect(runCrowds()).toBeGreaterThan(400)
})
