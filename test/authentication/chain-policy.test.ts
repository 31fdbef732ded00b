/** Steps 4 to 7 of the handler: the table of ASP.NET Core's own tests at chain level, by its numbers. */

import { describe, expect, it } from 'vitest'
import {
  type ClientCertificateJudgement,
  clientChainPolicy,
  isSelfSigned,
  judgeClientCertificate,
} from '../../src/authentication/chain-policy.ts'
import { PkiError } from '../../src/errors.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { handlerCases } from '../interop/dotnet-chain/handler-cases.ts'
import { AT, leaf, root } from '../path/build-certificate.ts'

const cases = new Map(handlerCases().map((one) => [one.id.replace('handler: ', ''), one]))

function judge(id: string): ClientCertificateJudgement {
  const found = cases.get(id)
  if (found === undefined) throw new Error(`no case ${id}`)
  return judgeClientCertificate(found.certificate, found.options, { verificationTime: found.verificationTime })
}

describe('the table', () => {
  const selfSigned = 'self-signed-not-allowed'
  const invalid = 'invalid-client-certificate'
  it.each<[string, string | undefined]>([
    ['3, self-signed for clients', undefined],
    ['4, self-signed for anything', undefined],
    ['5, self-signed for clients, chained allowed', selfSigned],
    ['6, self-signed for anything, chained allowed', selfSigned],
    ['7, self-signed for servers', invalid],
    ['8, self-signed for servers, use not validated', undefined],
    ['9, self-signed for servers, chained allowed', selfSigned],
    ['10, expired', invalid],
    ['11, expired, validity not validated', undefined],
    ['12, not yet valid', invalid],
    ['13, not yet valid, validity not validated', undefined],
    ['17, untrusted', invalid],
    ['19, the intermediate alone is in the store', invalid],
    ['20, both are in the store', undefined],
    ['21, the intermediate is additional', undefined],
    ['22, the intermediate is missing', invalid],
    ['chained, Online, nothing to ask', invalid],
    ['self-signed, Online', undefined],
    ['chained, SelfSigned allowed', 'chained-not-allowed'],
    ['chained, All allowed', undefined],
    ['the chain of the article', undefined],
    ['an intermediate for servers', invalid],
    ['an intermediate for servers, use not validated', undefined],
    ['its own name and a foreign signature', invalid],
    ['leaf and root expired, validity not validated', undefined],
    ['custom trust without a store', invalid],
    ['the root is additional alone', invalid],
  ])('%s', (id, failure) => {
    const judged = judge(id)
    expect(judged.outcome).toBe(failure === undefined ? 'success' : 'fail')
    expect(judged.outcome === 'fail' ? judged.failure : undefined).toBe(failure)
  })

  it('16, no certificate', () => {
    expect(judgeClientCertificate(undefined, {}, { verificationTime: AT })).toEqual({ outcome: 'no-result' })
  })

  it('System and a custom store contradict each other, except for self-signed certificates', () => {
    expect(() => judge('System and a custom store')).toThrow(expect.objectContaining({ name: PkiError.name }))
    expect(judge('System and a custom store, self-signed').outcome).toBe('success')
  })

  it('no chain is built for a kind that is not allowed', () => {
    expect(judge('5, self-signed for clients, chained allowed')).toEqual({ outcome: 'fail', failure: selfSigned })
  })
})

describe('the policy', () => {
  const surroundings = { verificationTime: AT, systemTrustStore: [] }

  it('of a chained certificate has the defaults of the handler', () => {
    const certificate = leaf(root())
    expect(clientChainPolicy(certificate, {}, surroundings)).toEqual({
      ...surroundings,
      applicationPolicy: [KEY_PURPOSE.clientAuth],
      trustMode: 'System',
      customTrustStore: [],
      extraStore: [],
      revocationMode: 'Online',
      revocationFlag: 'ExcludeRoot',
      verificationFlags: [],
    })
  })

  it('of a self-signed one asks neither for trust nor about revocation', () => {
    const { certificate } = root()
    const options = {
      chainTrustValidationMode: 'CustomRootTrust',
      validateCertificateUse: false,
      validateValidityPeriod: false,
    } as const
    expect(clientChainPolicy(certificate, options, surroundings)).toEqual({
      ...surroundings,
      applicationPolicy: [],
      trustMode: 'System',
      extraStore: [certificate],
      revocationMode: 'NoCheck',
      revocationFlag: 'EntireChain',
      verificationFlags: ['AllowUnknownCertificateAuthority', 'IgnoreEndRevocationUnknown', 'IgnoreNotTimeValid'],
    })
  })

  it('self-signed is told by the octets of the names', () => {
    expect(isSelfSigned(root().certificate)).toBe(true)
    expect(isSelfSigned(leaf(root({ subject: 'CN=same' }), { subject: 'CN=same' }))).toBe(true)
    expect(isSelfSigned(leaf(root({ subject: 'CN=same' }), { subject: 'CN=Same' }))).toBe(false)
  })
})
