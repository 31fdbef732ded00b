/** nginx with `ssl_crl` made of our CRLs, and with `ssl_stapling` that fetches from `pki serve`. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { needs, program, runBeside } from '../foreign-program.ts'
import { startNginx } from './nginx-program.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'
import { freePort, type Server } from './server-program.ts'

needs(
  'nginx',
  'curl',
  'openssl',
)('nginx and pki serve', () => {
  let at: ServedHierarchy
  let server: PkiServer
  let nginx: Server | undefined
  beforeAll(async () => {
    at = await servedHierarchy()
    server = await at.serve()
    for (const name of ['web', 'alice']) await at.pki('export', name, '--format', 'fullchain', '--out', fullchain(name))
    await at.pki('export', 'web', '--format', 'ca-bundle', '--out', join(at.folder, 'ca-chain.pem'))
  })
  afterAll(async () => {
    await nginx?.stop()
    await server?.stop()
    at?.remove()
  })
  const fullchain = (name: string) => join(at.folder, `${name}-fullchain.pem`)

  /** Starts nginx with the CRLs that `pki serve` hands out at this moment. */
  async function restartNginx(): Promise<number> {
    await nginx?.stop()
    const crls = await Promise.all(
      ['root', 'ca1'].map(async (name) => {
        const response = await fetch(`${at.url}/crl/${name}.crl`)
        return formatPem('X509 CRL', new Uint8Array(await response.arrayBuffer()))
      }),
    )
    const files = { 'crls.pem': crls.join('') }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(at.folder, name), content)
    const port = await freePort()
    const values = {
      port: String(port),
      'server-chain': fullchain('web'),
      'server-key': at.key('web'),
      'ca-chain': join(at.folder, 'ca-chain.pem'),
      crls: join(at.folder, 'crls.pem'),
    }
    nginx = await startNginx(at.folder, 'nginx-revocation.conf', values, port)
    return port
  }

  /** What nginx thinks of alice. */
  async function verdictOnAlice(port: number): Promise<string> {
    const resolve = ['--resolve', `localhost:${port}:127.0.0.1`, '--noproxy', '*', '--silent', '--show-error']
    const identity = ['--cert', fullchain('alice'), '--key', at.key('alice'), '--cacert', at.certificate('root')]
    const { output } = await runBeside(program('curl'), [...resolve, ...identity, `https://localhost:${port}/`])
    return output
  }

  test('ssl_crl: alice gets in, and no longer when she is revoked', async () => {
    expect(await verdictOnAlice(await restartNginx())).toBe('SUCCESS')
    await at.pki('revoke', 'alice')
    expect(await verdictOnAlice(await restartNginx())).toMatch(/SSL certificate error|FAILED:certificate revoked/)
  })

  test('ssl_stapling: nginx fetches the response, and openssl s_client -status takes it', async () => {
    const port = await restartNginx()
    const handshake = () => {
      const trust = ['-CAfile', at.certificate('root'), '-servername', 'localhost']
      return runBeside(program('openssl'), ['s_client', '-connect', `127.0.0.1:${port}`, '-status', ...trust])
    }
    let output = ''
    for (let attempt = 0; attempt < 20 && !output.includes('OCSP Response Status: successful'); attempt++) {
      ;({ output } = await handshake())
      await sleep(100)
    }
    expect(output).toContain('OCSP Response Status: successful')
    expect(output).toContain('Cert Status: good')
    expect(output).toContain('Verify return code: 0 (ok)')
    expect(server.said()).toBe('')
  })
})
