/** Node's own `https`: mutual TLS with PEM files on one side and a PFX on the other. */

import { readFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { PeerCertificate, SecureContextOptions, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Hierarchy, hierarchy, KEYS, PASSWORD } from './hierarchy.ts'

/** Node takes no curves but those of TLS 1.3 by default, and no certificates for which it has no signature scheme. */
const TLS_KEYS = KEYS.filter((key) => key !== 'ec-secp256k1' && !key.startsWith('ec-brainpool'))

describe.each(TLS_KEYS)('node https, %s', (key) => {
  let at: Hierarchy
  let foreign: Hierarchy
  let server: Server
  const read = (from: Hierarchy, file: string) => readFileSync(from(file))

  beforeAll(async () => {
    at = await hierarchy(key)
    foreign = await hierarchy(key === 'ec-p256' ? 'ec-p384' : 'ec-p256')
    server = createServer(
      {
        cert: read(at, 'server-fullchain.pem'),
        key: read(at, 'server.key'),
        ca: read(at, 'root.crt'),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (incoming, response) => {
        const peer: PeerCertificate = (incoming.socket as TLSSocket).getPeerCertificate()
        response.end(peer.subject.CN)
      },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })

  /** The name the server knows the client by. @throws the error of the connection */
  function get(identity: SecureContextOptions, host = 'localhost'): Promise<string> {
    const { port } = server.address() as AddressInfo
    const options = { host: '127.0.0.1', servername: host, port, agent: false, timeout: 10_000 } as const
    return new Promise((resolve, reject) => {
      const outgoing = request({ ca: read(at, 'root.crt'), ...options, ...identity }, (response) => {
        let body = ''
        response.on('data', (chunk) => (body += String(chunk))).on('end', () => resolve(body))
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')))
      outgoing.on('error', reject).end()
    })
  }

  test('the right client, from PEM files', async () => {
    const identity = { cert: read(at, 'client-fullchain.pem'), key: read(at, 'client.key') }
    await expect(get(identity)).resolves.toBe('client')
  })

  test.each(['modern', 'legacy'])('the right client, from a PFX of profile %s', async (profile) => {
    await expect(get({ pfx: read(at, `client.${profile}.pfx`), passphrase: PASSWORD })).resolves.toBe('client')
  })

  test('a server that loads the PFX', async () => {
    server.setSecureContext({ pfx: read(at, 'server.modern.pfx'), passphrase: PASSWORD, ca: read(at, 'root.crt') })
    await expect(get({ pfx: read(at, 'client.modern.pfx'), passphrase: PASSWORD })).resolves.toBe('client')
  })

  // TLS 1.3 tells the client by an alert, or, where the server was quicker, by closing the connection.
  const REFUSED = /alert|ECONNRESET|EPIPE|socket hang up/

  test.each<[string, () => SecureContextOptions]>([
    ['no certificate', () => ({})],
    ['a foreign one', () => ({ pfx: read(foreign, 'client.modern.pfx'), passphrase: PASSWORD })],
    ['one for servers only', () => ({ pfx: read(at, 'server.modern.pfx'), passphrase: PASSWORD })],
  ])('a client with %s is refused', async (_name, identity) => {
    await expect(get(identity())).rejects.toThrow(REFUSED)
  })

  test('a client refuses the server under another root, and under another name', async () => {
    const identity = { pfx: read(at, 'client.modern.pfx'), passphrase: PASSWORD }
    await expect(get({ ...identity, ca: read(foreign, 'root.crt') })).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO/),
    })
    await expect(get(identity, 'other.test')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })
})
