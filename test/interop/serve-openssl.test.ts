/** OpenSSL as a relying party of `pki serve`: `ocsp` by POST, by GET with curl, and `verify` that fetches CRLs. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs, program, runBeside } from '../foreign-program.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'

needs('openssl')('openssl against pki serve', () => {
  let at: ServedHierarchy
  let server: PkiServer
  beforeAll(async () => {
    at = await servedHierarchy()
    server = await at.serve()
  })
  afterAll(async () => {
    await server?.stop()
    at?.remove()
  })

  const openssl = (...args: readonly string[]) => runBeside(program('openssl'), args)
  const ask = (name: string, { issuer = 'ca1', path = '/ocsp/ca1' } = {}, ...more: readonly string[]) => {
    const who = ['-issuer', at.certificate(issuer), '-cert', at.certificate(name)]
    return openssl('ocsp', ...who, '-url', at.url + path, '-CAfile', at.certificate('root'), ...more)
  }

  describe('openssl ocsp', () => {
    test.each([
      ['with a nonce', []],
      ['without one', ['-no_nonce']],
      ['with CertIDs of SHA-256', ['-sha256']],
    ])('good, then revoked, %s', async (_, flags) => {
      const name = `client${flags.join('')}`
      await at.pki('issue', 'client', name, '--from', 'ca1')
      // -sha256 holds for the certificates behind it.
      const who = [...flags, '-issuer', at.certificate('ca1'), '-cert', at.certificate(name)]
      const asking = ['ocsp', ...who, '-url', `${at.url}/ocsp/ca1`, '-CAfile', at.certificate('root')]
      const good = await openssl(...asking)
      expect(good.output).toContain('Response verify OK')
      expect(good.output).toContain(`${name}.crt: good`)
      expect(good.output).not.toMatch(/no nonce in response/i)
      await at.pki('revoke', name, '--reason', 'keyCompromise')
      expect((await openssl(...asking)).output).toMatch(/: revoked[\s\S]*Reason: keyCompromise/)
    })

    test('of the root about ca1', async () => {
      const { output } = await ask('ca1', { issuer: 'root', path: '/ocsp/root' })
      expect(output).toContain('Response verify OK')
      expect(output).toContain('ca1.crt: good')
    })

    test('the wrong issuer: unauthorized', async () => {
      const { output } = await ask('web', { issuer: 'root', path: '/ocsp/ca1' })
      expect(output).toContain('unauthorized (6)')
    })

    test('a responder of the CA signs in its place', async () => {
      await at.pki('issue', 'ocsp-responder', 'responder', '--from', 'ca1')
      const { output } = await ask('web', {}, '-resp_text')
      expect(output).toContain('Response verify OK')
      expect(output).toMatch(/Subject: CN\s?=\s?responder/)
      expect(output).toContain('web.crt: good')
    })
  })

  needs('curl')('curl carries the request of openssl ocsp', () => {
    test.each(['GET', 'POST'])('%s', async (method) => {
      const [request, response] = [join(at.folder, `${method}.request`), join(at.folder, `${method}.response`)]
      const who = ['-issuer', at.certificate('ca1'), '-cert', at.certificate('web')]
      await openssl('ocsp', ...who, '-no_nonce', '-reqout', request)
      const type = ['--header', 'Content-Type: application/ocsp-request']
      const body = method === 'GET' ? [] : ['--data-binary', `@${request}`, ...type]
      const encoded = encodeURIComponent(readFileSync(request).toString('base64'))
      const path = method === 'GET' ? `/${encoded}` : ''
      const common = ['--silent', '--show-error', '--fail', '--noproxy', '*', '--output', response]
      const fetched = await runBeside(program('curl'), [...common, ...body, `${at.url}/ocsp/ca1${path}`])
      expect(fetched).toMatchObject({ status: 0, output: '' })
      const { output } = await openssl('ocsp', ...who, '-respin', response, '-CAfile', at.certificate('root'))
      expect(output).toContain('Response verify OK')
      expect(output).toContain('web.crt: good')
    })
  })

  describe('openssl verify -crl_check_all -crl_download', () => {
    /** It wants a CRL of the root too, which says nowhere where that is. */
    async function verify(name: string) {
      const rootCrl = join(at.folder, 'root.crl')
      await at.pki('crl', 'root', '--out', rootCrl, '--force')
      const trust = ['-CAfile', at.certificate('root'), '-CRLfile', rootCrl, '-untrusted', at.certificate('ca1')]
      return openssl('verify', '-crl_check_all', '-crl_check', '-crl_download', ...trust, at.certificate(name))
    }

    test('valid, and revoked after pki revoke', async () => {
      await at.pki('issue', 'client', 'bob', '--from', 'ca1', '--base-url', at.url)
      expect(await verify('bob')).toMatchObject({ status: 0 })
      await at.pki('revoke', 'bob')
      const { status, output } = await verify('bob')
      expect(status).not.toBe(0)
      expect(output).toContain('certificate revoked')
    })

    // Where nobody listens at all, OpenSSL 3.0 tries again for minutes.
    test.each([
      ['http500', 'unable to get certificate CRL'],
      ['garbage', 'unable to get certificate CRL'],
      ['stale', 'CRL has expired'],
      ['unsigned', 'CRL signature failure'],
    ])('with --fault %s: %s', async (fault, words) => {
      await server.stop()
      server = await at.serve('--fault', `/crl/ca1.crl:${fault}`)
      const { status, output } = await verify('web')
      expect(status).not.toBe(0)
      expect(output).toContain(words)
    })
  })
})
