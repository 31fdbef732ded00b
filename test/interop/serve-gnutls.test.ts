/** GnuTLS as a relying party of `pki serve`: `ocsptool --ask`. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { needs, program, runBeside } from '../foreign-program.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'

needs('ocsptool')('ocsptool against pki serve', () => {
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

  const ask = (name: string, ...more: readonly string[]) => {
    const who = ['--load-cert', at.certificate(name), '--load-issuer', at.certificate('ca1')]
    return runBeside(program('ocsptool'), [`--ask=${at.url}/ocsp/ca1`, ...who, ...more])
  }

  // With --load-signer the signature is checked against exactly that certificate.
  test.each([[], ['--nonce']].map((flags) => [flags] as const))('good, then revoked %j', async (flags) => {
    const name = `alice${flags.length}`
    await at.pki('issue', 'client', name, '--from', 'ca1', '--base-url', at.url)
    const signer = ['--load-signer', at.certificate('ca1')]
    const good = await ask(name, ...signer, ...flags)
    expect(good.output).toContain('Certificate Status: good')
    expect(good.output).toMatch(/Verifying OCSP Response: Success/)
    await at.pki('revoke', name, '--reason', 'superseded')
    const revoked = await ask(name, ...signer, ...flags)
    expect(revoked.output).toContain('Certificate Status: revoked')
    expect(revoked.output).toMatch(/Verifying OCSP Response: Success/)
  })

  test('a response of somebody else is not taken', async () => {
    const { output } = await ask('web', '--load-signer', at.certificate('root'))
    expect(output).toMatch(/Verifying OCSP Response: Failure/)
  })
})
