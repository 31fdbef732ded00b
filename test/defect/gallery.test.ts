/** The files of the gallery, and what `expected.json` says of them. */

import { beforeAll, describe, expect, test } from 'vitest'
import { listDefects, requireDefect } from '../../src/defect/catalogue.ts'
import { type ExpectedJson, makeGallery } from '../../src/defect/gallery.ts'
import type { Measurements } from '../../src/defect/measurements.ts'
import { parsePem } from '../../src/der/pem.ts'
import type { Artifact } from '../../src/export/artifact.ts'
import { AT, MEANS } from './judge.ts'

const MEASURED: Measurements = {
  schema: 'pki.defects-measured/1',
  programs: { openssl: '3.0.19' },
  verdicts: { good: { openssl: { valid: true, said: '' } }, expired: { openssl: { valid: false, said: '10' } } },
}
const IDS = [
  'expired',
  'missing-intermediate',
  'unordered',
  'revoked',
  'missing-crl',
  'path-length-exceeded',
  'truncated',
]

describe('a gallery of a few', () => {
  let files: ReadonlyMap<string, Artifact>
  let expected: ExpectedJson
  const text = (name: string) => Buffer.from(files.get(name)?.bytes ?? []).toString('utf8')
  const certificates = (name: string) => parsePem(text(name)).filter(({ label }) => label === 'CERTIFICATE').length

  beforeAll(() => {
    files = new Map(makeGallery(IDS.map(requireDefect), MEANS, MEASURED).map((file) => [file.fileName, file]))
    expected = JSON.parse(text('expected.json')) as ExpectedJson
  })

  test('a folder for each and one for the good twin', () => {
    expect(Object.keys(expected.files)).toEqual(['good', ...IDS].map((id) => `${id}/leaf.pem`))
    for (const [leaf, { chain, trust, crl }] of Object.entries(expected.files)) {
      for (const file of [leaf, chain, trust, crl]) if (file !== null) expect(files.has(file)).toBe(true)
    }
  })

  test('the private key is for its owner alone', () => {
    const modes = [...files.values()].map(({ fileName, mode }) => [fileName.endsWith('.key'), mode])
    expect(new Set(modes.map(String))).toEqual(new Set([String([true, 0o600]), String([false, 0o644])]))
  })

  test('what a server sends lies in chain.pem, in its order', () => {
    expect(certificates('good/chain.pem')).toBe(1)
    expect(certificates('good/fullchain.pem')).toBe(2)
    expect(files.has('missing-intermediate/chain.pem')).toBe(false)
    expect(certificates('unordered/chain.pem')).toBe(2)
    expect(certificates('path-length-exceeded/chain.pem')).toBe(2)
  })

  test('a CRL of each authority, unless that is what is missing', () => {
    expect(parsePem(text('revoked/crl.pem')).map(({ label }) => label)).toEqual(['X509 CRL', 'X509 CRL'])
    expect(parsePem(text('missing-crl/crl.pem'))).toHaveLength(1)
    expect(parsePem(text('path-length-exceeded/crl.pem'))).toHaveLength(3)
  })

  test('expected.json has how to ask, what must be found, and what was measured', () => {
    expect(expected).toMatchObject({ at: '2026-06-15T12:00:00Z', programs: { openssl: '3.0.19' } })
    expect(AT.toISOString()).toBe('2026-06-15T12:00:00.000Z')
    const found = { valid: false, findings: ['validity.expired'] }
    expect(expected.files['expired/leaf.pem']).toEqual({
      defect: 'expired',
      group: 'validity',
      wrong: expect.any(String) as string,
      rule: 'RFC 5280 §6.1.3 (a)(2)',
      chain: 'expired/chain.pem',
      trust: 'expired/root.pem',
      crl: 'expired/crl.pem',
      asked: { purpose: 'serverAuth', host: 'www.defects.test', revocation: false, policies: [] },
      readable: true,
      rules: { rfc5280: found, 'rfc5280-strict': found, webpki: found },
      measured: { openssl: { valid: false, said: '10' } },
    })
    expect(expected.files['good/leaf.pem']).toMatchObject({ defect: null, rules: { webpki: { valid: true } } })
    expect(expected.files['truncated/leaf.pem']).toMatchObject({
      readable: false,
      rules: { rfc5280: { valid: false, findings: [] } },
    })
  })

  test('README.txt says what is wrong, and how to ask', () => {
    const readme = text('revoked/README.txt')
    expect(readme).toContain('it was revoked yesterday')
    expect(readme).toContain('revocation.revoked')
    expect(readme).toContain('--revocation offline --crl crl.pem --at 2026-06-15T12:00:00Z')
  })
})

test('every defect says what is wrong in one sentence, and which rule forbids it', () => {
  for (const { id, wrong, rule } of listDefects()) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(wrong).toMatch(/^[^A-Z].*[^.]$/)
    expect(rule).toMatch(/^(RFC \d+( §[\d.]+[^,]*)?|CA\/B BR §|X\.690 §)/)
  }
})
