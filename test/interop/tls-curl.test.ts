/** curl against `pki serve tls`: a stapled OCSP response with `--cert-status`, and client certificates. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { needs, program, runBeside } from '../foreign-program.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy, servePki } from './pki-serve.ts'

needs('curl')('curl against pki serve tls', () => {
  let at: ServedHierarchy
  let server: PkiServer | undefined
  beforeAll(async () => {
    at = await servedHierarchy()
  })
  afterAll(async () => {
    await server?.stop()
    at?.remove()
  })

  const serve = async (...args: readonly string[]) => {
    await server?.stop()
    server = undefined
    server = await servePki(at.folder, 'tls', '--cert', 'web', '--port', '0', ...args)
  }
  const curl = (...args: readonly string[]) => {
    const url = `https://localhost:${server?.port}/`
    const resolve = ['--resolve', `localhost:${server?.port}:127.0.0.1`, '--noproxy', '*']
    const trust = ['--silent', '--show-error', '--cacert', at.certificate('root')]
    return runBeside(program('curl'), [...trust, ...resolve, '--max-time', '10', ...args, url])
  }
  const alice = () => ['--cert', at.certificate('alice'), '--key', at.key('alice')]

  test('--cert-status takes the stapled response, and nothing less', async () => {
    await serve('--staple')
    expect(await curl('--cert-status')).toMatchObject({ status: 0, stderr: '' })
    await serve()
    const { status, stderr } = await curl('--cert-status')
    // CURLE_SSL_INVALIDCERTSTATUS
    expect({ status, stderr }).toMatchObject({ status: 91, stderr: expect.stringContaining('No OCSP response') })
  })

  test('the response is signed by the responder of the CA, if it has one', async () => {
    await at.pki('issue', 'ocsp-responder', 'responder', '--from', 'ca1')
    await serve('--staple')
    expect(await curl('--cert-status')).toMatchObject({ status: 0, stderr: '' })
  })

  test('--fault unsigned and a revocation: refused', async () => {
    await serve('--staple', '--fault', 'unsigned')
    const unsigned = await curl('--cert-status')
    expect(unsigned).toMatchObject({ status: 91, stderr: expect.stringContaining('response verification failed') })
    await serve('--staple')
    expect((await curl('--cert-status')).status).toBe(0)
    await at.pki('revoke', 'web')
    expect((await curl('--cert-status')).stderr).toContain('SSL certificate revocation reason')
  })

  test('it says what it saw of the client, and what it thinks of it', async () => {
    await serve('--client-ca', 'root')
    const { stdout } = await curl(...alice(), '--cert', at.certificate('alice'))
    expect(JSON.parse(stdout)).toMatchObject({ clientCertificate: { subject: 'CN=alice' }, verdict: { valid: false } })
    await at.pki('export', 'alice', '--format', 'fullchain', '--out', `${at.folder}/alice-fullchain.pem`)
    const whole = await curl('--cert', `${at.folder}/alice-fullchain.pem`, '--key', at.key('alice'))
    expect(JSON.parse(whole.stdout)).toMatchObject({
      protocol: 'TLSv1.3',
      serverName: 'localhost',
      chain: [{ subject: 'CN=ca1' }, { subject: 'CN=root' }],
      objection: null,
      verdict: { valid: true },
    })
    expect(JSON.parse((await curl()).stdout)).toMatchObject({ clientCertificate: null, verdict: null })
  })

  test('--require-client-cert ends the handshake with whoever has none', async () => {
    await serve('--client-ca', 'root', '--require-client-cert')
    const chain = ['--cert', `${at.folder}/alice-fullchain.pem`, '--key', at.key('alice')]
    expect((await curl(...chain)).status).toBe(0)
    expect((await curl()).status).not.toBe(0)
    expect((await curl('--cert', at.certificate('web'), '--key', at.key('web'))).status).not.toBe(0)
  })
})
