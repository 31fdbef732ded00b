/** nginx configured as a mutual-TLS reverse proxy, curl as its client, and behind it a server that says who came. */

import { readFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parsePem } from '../../src/der/pem.ts'
import type { KeyAlgorithmName } from '../../src/keys/keys.ts'
import { needs, program, runBeside } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { type Hierarchy, hierarchy, KEYS, PASSWORD } from './hierarchy.ts'
import { startNginx } from './nginx-program.ts'
import { freePort, type Server } from './server-program.ts'

/** TLS has no signature schemes for secp256k1, and those for brainpool curves (RFC 8734) are off by default. */
const TLS_KEYS = KEYS.filter((key) => key !== 'ec-secp256k1' && !key.startsWith('ec-brainpool'))

needs('nginx', 'curl')('nginx and curl', () => {
  let backend: HttpServer
  let backendPort: number

  beforeAll(async () => {
    backend = createServer((request, response) => {
      const header = (name: string) => String(request.headers[name] ?? '')
      response.end(
        JSON.stringify({
          verify: header('x-client-verify'),
          subject: header('x-client-s-dn'),
          certificate: decodeURIComponent(header('x-client-cert')),
        }),
      )
    })
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
    backendPort = (backend.address() as AddressInfo).port
  })
  afterAll(() => {
    backend.close()
    backend.closeAllConnections()
  })

  describe.each(TLS_KEYS)('%s', (key) => {
    let at: Hierarchy
    let other: Hierarchy
    let folder: string
    let nginx: Server

    beforeAll(async () => {
      at = await hierarchy(key)
      other = await hierarchy(foreignTo(key))
      folder = folderOfSuite('nginx')
      const port = await freePort()
      const values = {
        port: String(port),
        'backend-port': String(backendPort),
        'server-chain': at('mtls/server-chain.pem'),
        'server-key': at('mtls/server.key.pem'),
        'ca-chain': at('mtls/ca-chain.pem'),
      }
      nginx = await startNginx(folder, 'nginx.conf', values, port)
    }, 60_000)

    afterAll(async () => {
      await nginx?.stop()
      removeFolder(folder)
    })

    /** Asks for /, trusting only our root, and returns the status nginx answers with; 0 for no answer. */
    async function get(...identity: readonly string[]) {
      const url = `https://localhost:${nginx.port}/`
      const resolve = `localhost:${nginx.port}:127.0.0.1`
      const common = ['--silent', '--show-error', '--max-time', '10', '--noproxy', '*', '--resolve', resolve]
      const format = ['--write-out', '\n%{http_code}', '--cacert', at('mtls/root-ca.crt')]
      const { stdout, stderr } = await runBeside(program('curl'), [...common, ...format, ...identity, url])
      const end = stdout.lastIndexOf('\n')
      return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end), stderr }
    }
    const pem = (from: Hierarchy, certificate: string, privateKey: string) => [
      ...['--cert', from(certificate)],
      ...['--key', from(privateKey)],
    ]

    test('the right client certificate: 200, and the application knows who came', async () => {
      const { status, body, stderr } = await get(...pem(at, 'mtls/client.crt.pem', 'mtls/client.key.pem'))
      expect({ status, stderr }).toEqual({ status: 200, stderr: '' })
      const { verify, subject, certificate } = JSON.parse(body) as Record<string, string>
      expect({ verify, subject }).toEqual({ verify: 'SUCCESS', subject: 'CN=client' })
      expect(parsePem(certificate as string)[0]?.bytes).toEqual(new Uint8Array(readFileSync(at('client.der'))))
    })

    test('the same without its intermediate, which nginx has in ssl_client_certificate', async () => {
      expect((await get(...pem(at, 'client.crt', 'client.key'))).status).toBe(200)
    })

    test('the same from the PFX', async () => {
      const pfx = ['--cert-type', 'P12', '--cert', `${at('client.modern.pfx')}:${PASSWORD}`]
      expect((await get(...pfx)).status).toBe(200)
    })

    // nginx answers 400 to what it calls 495 (bad certificate) and 496 (none) inside.
    test.each([
      ['no certificate', () => [], /No required SSL certificate was sent/],
      [
        'a certificate from a foreign authority',
        () => pem(other, 'client-fullchain.pem', 'client.key'),
        /The SSL certificate error/,
      ],
      [
        'a certificate for servers only',
        () => pem(at, 'server-fullchain.pem', 'server.key'),
        /The SSL certificate error/,
      ],
    ])('%s: 400', async (_name, identity, words) => {
      const { status, body } = await get(...identity())
      expect(status).toBe(400)
      expect(body).toMatch(words)
    })

    test('a client below two intermediates is within ssl_verify_depth 2', async () => {
      expect((await get(...pem(at, 'deep-fullchain.pem', 'deep.key'))).status).toBe(200)
    })

    test('curl refuses the server under another root', async () => {
      const { status, stderr } = await get(...pem(at, 'client.crt', 'client.key'), '--cacert', other('root.crt'))
      expect(status).toBe(0)
      expect(stderr).toContain('curl: (60)')
    })
  })
})

/** Another algorithm that TLS takes, whose hierarchy is a foreign one. */
function foreignTo(key: KeyAlgorithmName): KeyAlgorithmName {
  return key === 'ec-p256' ? 'ec-p384' : 'ec-p256'
}
