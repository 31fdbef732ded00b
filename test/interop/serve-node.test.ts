/** Node's own TLS with `crl:` made of what `pki serve` hands out. */

import { readFileSync } from 'node:fs'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { connect, createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'

describe('node:tls with crl', () => {
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

  const pem = (...files: readonly string[]) => files.map((file) => readFileSync(file, 'utf8')).join('')
  const crl = async (name: string) => {
    const response = await fetch(`${at.url}/crl/${name}.crl`)
    return formatPem('X509 CRL', new Uint8Array(await response.arrayBuffer()))
  }

  /** What a server that has the CRLs of this moment says of alice; undefined for nothing. */
  async function objection(): Promise<string | undefined> {
    const listener = createServer({
      cert: pem(at.certificate('web'), at.certificate('ca1')),
      key: pem(at.key('web')),
      ca: pem(at.certificate('root')),
      crl: [await crl('root'), await crl('ca1')],
      requestCert: true,
      rejectUnauthorized: false,
    })
    onTestFinished(() => {
      listener.close()
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { port } = listener.address() as AddressInfo
    const said = new Promise<string | undefined>((resolve, reject) => {
      listener.on('tlsClientError', reject)
      listener.on('secureConnection', (socket) => {
        resolve(socket.authorized ? undefined : String(socket.authorizationError))
        socket.destroy()
      })
    })
    const client = connect({
      socket: connectTcp(port, '127.0.0.1'),
      servername: 'localhost',
      ca: pem(at.certificate('root')),
      cert: pem(at.certificate('alice'), at.certificate('ca1')),
      key: pem(at.key('alice')),
    })
    client.on('error', () => undefined) // the server hangs up
    return said
  }

  test('alice is taken, until she is revoked', async () => {
    expect(await objection()).toBeUndefined()
    await at.pki('revoke', 'alice')
    expect(await objection()).toBe('CERT_REVOKED')
  })
})
