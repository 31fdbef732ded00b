import { it } from 'vitest'
import { randomBytes } from 'node:crypto'
import { makeRequest } from '../../src/issue/request.ts'
import { issueCertificate } from '../../src/issue/certificate.ts'
import { checkIssuance } from '../../src/issue/check.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { generateKey, createSigner } from '../../src/x509/keys.ts'
import { parseName } from '../../src/x509/name.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { issue, requestFor } from './authority.ts'
import { requestFromProfile } from '../../src/issue/from-profile.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
it('stress', async () => {
  const subject = parseName(parseNameText('CN=x'))
  for (const n of ['ec-p256','ec-p521','ec-brainpool-p512r1','ec-brainpool-p384r1','ec-secp256k1'] as const) {
    const key = generateKey(n)
    for (let i = 0; i < 150; i++) await makeRequest({ subject, key })
  }
}, 60000)
it('speed', () => {
  const root = issue({ profile: 'root', name: 'root' })
  const ca = issue({ profile: 'intermediate', name: 'ca', from: root })
  const key = generateKey('ec-p256')
  const real = createSigner(ca.privateKey!)
  const sig = real.sign(new Uint8Array(10))
  const fake = { ...real, sign: () => sig }
  const profile = BUILT_IN_PROFILES.client!
  const order = { profile, name: 'alice', issuerName: 'ca', issuer: ca, publicKey: key.publicKey, now: new Date('2026-11-21T12:00:00Z'), random: randomBytes }
  const time = (label: string, f: () => unknown, n = 20000) => { for (let i = 0; i < 3000; i++) f(); const t = process.hrtime.bigint(); for (let i = 0; i < n; i++) f(); console.log(label, (Number(process.hrtime.bigint() - t) / n / 1000).toFixed(2), 'us') }
  const req = requestFromProfile({ ...order, signer: fake })
  time('requestFromProfile', () => requestFromProfile({ ...order, signer: fake }))
  time('checkIssuance', () => checkIssuance(req))
  time('issueCertificate without signature', () => issueCertificate(req))
  const enc = issueCertificate(req).encoded
  time('parseCertificate', () => parseCertificate(enc))
  time('all', () => { const r = requestFromProfile({ ...order, signer: fake }); checkIssuance(r); issueCertificate(r) })
  time('sign', () => real.sign(enc), 3000)
  time('generateKey', () => generateKey('ec-p256'), 3000)
})
