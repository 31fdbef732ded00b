/**
 * The client's side, and the examples of both articles in Node: an HttpClient with a certificate, a named client of a
 * factory, and what they meet with the right certificate, a wrong one, and none.
 */

import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get as httpsGet } from 'node:https'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { authenticationOf } from '../../src/authentication/authenticated.ts'
import { CLAIM_TYPE } from '../../src/authentication/claim-types.ts'
import {
  clientAgent,
  clientTls,
  fetchDispatcher,
  readCertificateFile,
  readCredentialFiles,
  readStoredCredential,
} from '../../src/authentication/client-tls.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { ClaimsPrincipal } from '../../src/authentication/principal.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { serverTls } from '../../src/authentication/server-tls.ts'
import { formatPem } from '../../src/der/pem.ts'
import { exportCredential } from '../../src/export/formats.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import { issuedEvent } from '../../src/store/issued-event.ts'
import { Store } from '../../src/store/store.ts'
import { rejectionOf } from '../thrown.ts'
import { AT, CLIENT, pemText, ROOT, SERVER_TRUST, SS_CLIENT, SUB } from './certificates.ts'
import { serve } from './https-server.ts'

const trusting = (credential: Credential) => ({ credential, serverTrust: SERVER_TRUST })

/** The server of the article on mutual TLS: `GET /api/protected` says whose certificate it was. */
async function articleServer(): Promise<number> {
  const { port } = await serve(
    certificateAuthentication({
      clock: () => AT,
      allowedCertificateTypes: 'Chained',
      chainTrustValidationMode: 'CustomRootTrust',
      customTrustStore: [ROOT.certificate, SUB.certificate],
      revocationMode: 'NoCheck',
      events: {
        onCertificateValidated(context) {
          const { subject, thumbprint } = context.clientCertificate
          context.principal = new ClaimsPrincipal(
            [
              { type: CLAIM_TYPE.nameIdentifier, value: subject },
              { type: CLAIM_TYPE.name, value: context.clientCertificate.nameInfo('SimpleName') },
              { type: CLAIM_TYPE.certificateThumbprint, value: thumbprint },
            ],
            { authenticationType: context.scheme },
          )
          context.success()
        },
      },
    }),
    requireCertificate(),
    (request, response) => {
      const result = authenticationOf(request)
      const principal = result?.outcome === 'success' ? result.principal : undefined
      const subject = principal?.findFirst(CLAIM_TYPE.nameIdentifier)?.value
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ message: 'Authenticated', subject }))
    },
  )
  return port
}

const AUTHENTICATED = { message: 'Authenticated', subject: 'DC=test, CN=Test Client' }

interface Reply {
  readonly status: number
  readonly text: string
}

/** `HttpClient.GetAsync` by way of `https`. */
function getAsync(port: number, agent: ReturnType<typeof clientAgent>): Promise<Reply> {
  const options = { host: '127.0.0.1', port, servername: 'localhost', path: '/api/protected', agent }
  return new Promise((resolve, reject) => {
    const request = httpsGet(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
  })
}

/** Undici's Agent, which Node carries inside and shows once `fetch` was called. */
async function undici(): Promise<{
  Agent: new (options: { connect: ConnectionOptions }) => RequestInit['dispatcher']
}> {
  await fetch('data:,').catch(() => undefined)
  const dispatcher = (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')]
  return { Agent: (dispatcher as object).constructor as never }
}

describe('HttpClient with a certificate', () => {
  test('the right certificate: the data', async () => {
    const agent = clientAgent(trusting(CLIENT))
    const port = await articleServer()
    const first = await getAsync(port, agent)
    expect([first.status, JSON.parse(first.text)]).toEqual([200, expect.objectContaining({ message: 'Authenticated' })])
    expect(JSON.parse(first.text).subject.split(', ').sort()).toEqual(AUTHENTICATED.subject.split(', ').sort())
    agent.destroy()
  })

  test('the wrong one: 403', async () => {
    const agent = clientAgent(trusting(SS_CLIENT))
    expect(await getAsync(await articleServer(), agent)).toEqual({ status: 403, text: '' })
    agent.destroy()
  })

  test('a named client of a factory, by fetch', async () => {
    const clients = new Map([['namedClient', fetchDispatcher(await undici(), trusting(CLIENT))]])
    const port = await articleServer()
    const get = async (name: string) => {
      const dispatcher = clients.get(name)
      const response = await fetch(`https://localhost:${port}/api/protected`, { ...(dispatcher && { dispatcher }) })
      if (!response.ok) throw new Error(`Status code: ${response.status}`)
      return response.json()
    }
    expect(await get('namedClient')).toMatchObject({ message: 'Authenticated' })
    // Without the dispatcher there is neither a certificate nor trust in the server.
    await expect(get('another')).rejects.toThrow('fetch failed')
  })

  test('the wrong certificate, by fetch: the status is in the error', async () => {
    const dispatcher = fetchDispatcher(await undici(), trusting(SS_CLIENT))
    const response = await fetch(`https://localhost:${await articleServer()}/`, { ...(dispatcher && { dispatcher }) })
    expect(response.status).toBe(403)
  })

  test('tls.connect presents certificate and intermediates', async () => {
    const port = await articleServer()
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ...clientTls(trusting(CLIENT)) })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    expect(socket.authorized).toBe(true)
    expect(clientTls(trusting(CLIENT)).cert).toBe(pemText(CLIENT) + pemText(SUB.credential))
    socket.destroy()
  })

  test('a server under another root is refused', async () => {
    const agent = clientAgent({ credential: CLIENT, serverTrust: [ROOT.certificate] })
    await expect(getAsync(await articleServer(), agent)).rejects.toMatchObject({
      code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/),
    })
  })
})

test('the dispatcher takes undici as its own types have it', () => {
  class Agent {
    readonly connect
    // As in undici: what a connection takes, and null where TLS has none.
    constructor({ connect }: { connect?: ConnectionOptions & { timeout?: number | null } } = {}) {
      this.connect = connect
    }
  }
  expect(fetchDispatcher({ Agent }, trusting(CLIENT)).connect).toEqual(clientTls(trusting(CLIENT)))
})

test('the trust of the system is asked for by name, and none is an error', () => {
  expect(clientTls({ credential: CLIENT, serverTrust: 'system' })).not.toHaveProperty('ca')
  for (const serverTrust of [[], undefined]) {
    expect(() => clientTls({ credential: CLIENT, serverTrust } as never)).toThrow(
      expect.objectContaining({ code: 'usage.option' }),
    )
  }
})

test('without a key there is no TLS', () => {
  const credential = { ...CLIENT, privateKey: undefined }
  for (const make of [() => clientTls(trusting(credential)), () => serverTls({ credential })]) {
    expect(make).toThrow(expect.objectContaining({ code: 'refused.key' }))
  }
})

test('a server that asks nobody, and one that names authorities', () => {
  expect(serverTls({ credential: CLIENT, clientCertificate: 'none', authorities: [ROOT.certificate] })).toMatchObject({
    requestCert: false,
  })
  expect(serverTls({ credential: CLIENT, authorities: [ROOT.certificate] })).toMatchObject({
    requestCert: true,
    rejectUnauthorized: false,
    ca: [pemText(ROOT.credential)],
  })
})

describe('credentials from files', () => {
  let folder: string
  const at = (name: string) => join(folder, name)
  const key = CLIENT.privateKey

  beforeAll(async () => {
    folder = join(inject('sharedFolder'), 'authentication-client')
    mkdirSync(folder)
    if (key === undefined) throw new Error('no key')
    writeFileSync(at('client.crt.pem'), pemText(CLIENT) + pemText(SUB.credential))
    writeFileSync(
      at('client.key.pem'),
      formatPrivateKey(key, { format: 'pkcs8', password: 'ClientPassword!', random: randomBytes }),
    )
    writeFileSync(at('open.key.pem'), formatPem('PRIVATE KEY', key.pkcs8))
    writeFileSync(at('root.crt'), ROOT.certificate.encoded)
    const [pfx] = await exportCredential(CLIENT, 'client', { format: 'pfx', password: '1234', random: randomBytes })
    if (pfx !== undefined) writeFileSync(at('client.pfx'), pfx.bytes)
  })

  test.each([
    ['certificate and encrypted key', ['client.crt.pem', 'client.key.pem'], 'ClientPassword!'],
    ['key first', ['open.key.pem', 'client.crt.pem'], undefined],
    ['PFX', ['client.pfx'], '1234'],
  ])('%s', async (_, names, password) => {
    const credential = await readCredentialFiles({ files: names.map(at), password })
    expect(credential.certificate.encoded).toEqual(CLIENT.certificate.encoded)
    expect(credential.chain[0]?.encoded).toEqual(SUB.certificate.encoded)
    expect(clientTls(trusting(credential)).key).toBe(clientTls(trusting(CLIENT)).key)
  })

  test.each([
    ['a missing file', ['nowhere.pem'], 'input.not-found'],
    ['no key', ['client.crt.pem'], 'refused.key'],
    ['a key without its certificate', ['open.key.pem', 'root.crt'], 'input.mismatch'],
    ['a key alone', ['open.key.pem'], 'input.mismatch'],
    ['a missing password', ['client.crt.pem', 'client.key.pem'], 'input.password'],
  ])('%s', async (_, names, code) => {
    await expect(readCredentialFiles({ files: names.map(at) })).rejects.toMatchObject({ code })
  })

  test('a missing password: says how it is passed here, and not on the command line', async () => {
    const { hint } = await rejectionOf(readCredentialFiles({ files: [at('client.pfx')] }))
    expect(hint).toMatch(/readCredentialFiles\(\{ files, password \}\)/)
    expect(hint).not.toMatch(/--/)
  })

  test('one file without a list around it', async () => {
    const files = at('client.pfx') as unknown as readonly string[]
    expect(await rejectionOf(readCredentialFiles({ files }))).toMatchObject({ code: 'usage.option' })
  })

  test('roots to trust', async () => {
    expect((await readCertificateFile(at('root.crt'))).map(({ encoded }) => Buffer.from(encoded))).toEqual([
      Buffer.from(ROOT.certificate.encoded),
    ])
  })

  test('out of the store', () => {
    const store = new Store(at('store'))
    const { certificate, chain } = CLIENT
    const put = (name: string, stored: { readonly pem: string } | 'none') =>
      store.put({ name, certificate, chain, key: stored }, issuedEvent({ name, certificate }, undefined, 'client'), {
        now: AT,
      })
    if (key === undefined) throw new Error('no key')
    put('client', { pem: formatPrivateKey(key, { format: 'pkcs8', password: 'secret', random: randomBytes }) })
    put('elsewhere', 'none')
    expect(clientTls(trusting(readStoredCredential(store, 'client', 'secret'))).cert).toBe(
      clientTls(trusting(CLIENT)).cert,
    )
    expect(() => readStoredCredential(store, 'client')).toThrow(expect.objectContaining({ code: 'input.password' }))
    expect(() => readStoredCredential(store, 'elsewhere')).toThrow(expect.objectContaining({ code: 'refused.key' }))
  })
})
