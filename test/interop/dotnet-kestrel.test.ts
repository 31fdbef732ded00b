/**
 * Kestrel with certificate authentication and `RevocationMode.Online`: the exported `server.pfx`, our client with the
 * exported `client.pfx`, and `pki serve` for what .NET asks about revocation. Beside it our own server with the same
 * options, which has to answer the same.
 */

import { copyFileSync, mkdirSync } from 'node:fs'
import { createServer, type Server as HttpsServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientAgent, readCertificateFile, readCredentialFiles } from '../../src/authentication/client-tls.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { serverTls } from '../../src/authentication/server-tls.ts'
import { inARow } from '../authentication/https-server.ts'
import { needs, program, run, runWell } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'
import { freePort, type Server, startServer } from './server-program.ts'

const PASSWORD = 'changeit'

/** Client certificates by what is the matter with them, and the status of what needs authentication. */
const CLIENTS = [
  ['client', 200],
  ['revoked', 403],
  ['expired', 403],
  ['not-yet-valid', 403],
  ['for-servers', 403],
  ['of-another-authority', 403],
  ['below-a-revoked-authority', 403],
  ['without-evidence', 403],
] as const

needs('dotnet')('Kestrel with RevocationMode.Online', () => {
  let at: ServedHierarchy
  let evidence: PkiServer | undefined
  let folder: string
  let kestrel: Server | undefined
  let ours: HttpsServer | undefined
  let ports: readonly (readonly [name: string, port: number])[]

  beforeAll(async () => {
    folder = folderOfSuite('kestrel')
    at = await servedHierarchy()
    evidence = await at.serve()
    await makeClients(at)
    for (const name of ['web', ...CLIENTS.map(([client]) => client)]) {
      await at.pki('export', name, '--format', 'pfx', '--out', './')
    }
    copyFileSync(join(at.folder, 'web.pfx'), join(at.folder, 'server.pfx'))
    for (const name of ['root', 'ca1']) await at.pki('export', name, '--format', 'crt', '--out', './')
    const port = await freePort()
    const dll = buildServer(folder)
    // Everything that .NET fetches it keeps below its home folder.
    const env = { HOME: join(folder, 'home') }
    mkdirSync(env.HOME)
    const options = { env, cwd: folder }
    kestrel = await startServer(program('dotnet'), [dll, at.folder, PASSWORD, String(port)], port, options)
    ours = await startOurs(at)
    ports = [
      ['Kestrel', port],
      ['Node', (ours.address() as AddressInfo).port],
    ]
  }, 300_000)

  afterAll(async () => {
    ours?.close()
    ours?.closeAllConnections()
    await kestrel?.stop()
    await evidence?.stop()
    at?.remove()
    removeFolder(folder)
  })

  async function ask(port: number, client: string | undefined, path: string) {
    const serverTrust = await readCertificateFile(join(at.folder, 'root.crt'))
    const files = [join(at.folder, `${client}.pfx`)]
    const credential = client === undefined ? undefined : await readCredentialFiles({ files, password: PASSWORD })
    const agent =
      credential === undefined
        ? { ca: serverTrust.map(({ encoded }) => pem(encoded)) }
        : { agent: clientAgent({ credential, serverTrust }, { keepAlive: false }) }
    return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const options = { host: '127.0.0.1', servername: 'localhost', port, path, timeout: 30_000, ...agent }
      request(options, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
      })
        .on('error', reject)
        .end()
    })
  }

  test('the right one: 200, and its name', async () => {
    for (const [name, port] of ports) {
      const { status, body } = await ask(port, 'client', '/api/protected')
      expect({ name, status, answer: JSON.parse(body) }).toEqual({
        name,
        status: 200,
        answer: { message: 'Authenticated', subject: 'client' },
      })
    }
  }, 60_000)

  test.each(CLIENTS)(
    '%s: %i',
    async (client, status) => {
      for (const [name, port] of ports) {
        expect({ name, status: (await ask(port, client, '/api/protected')).status }).toEqual({ name, status })
        expect({ name, ...(await ask(port, client, '/')) }).toEqual({ name, status: 200, body: 'public' })
      }
    },
    60_000,
  )

  test('nobody: 403, and what is public is public', async () => {
    for (const [name, port] of ports) {
      expect({ name, status: (await ask(port, undefined, '/api/protected')).status }).toEqual({ name, status: 403 })
      expect({ name, ...(await ask(port, undefined, '/')) }).toEqual({ name, status: 200, body: 'public' })
    }
  }, 60_000)
})

async function makeClients({ pki, url }: ServedHierarchy): Promise<void> {
  const issue = (profile: string, name: string, ...args: readonly string[]) =>
    pki('issue', profile, name, '--base-url', url, ...args)
  await issue('client', 'client', '--from', 'ca1')
  await issue('client', 'revoked', '--from', 'ca1')
  await issue('client', 'expired', '--from', 'ca1', '--not-before', '-10d', '--not-after', '-1d', '--unchecked')
  await issue('client', 'not-yet-valid', '--from', 'ca1', '--not-before', '1d', '--not-after', '10d')
  await issue('server', 'for-servers', '--from', 'ca1', '--dns', 'localhost')
  await pki('init', 'root', '--name', 'other')
  await issue('client', 'of-another-authority', '--from', 'other')
  await issue('intermediate', 'ca2', '--from', 'root')
  await issue('client', 'below-a-revoked-authority', '--from', 'ca2')
  await pki('issue', 'client', 'without-evidence', '--from', 'ca1')
  await pki('revoke', 'revoked', '--reason', 'keyCompromise')
  await pki('revoke', 'ca2', '--reason', 'cACompromise')
}

/** With the real handler where its package can be had. */
function buildServer(folder: string): string {
  const here = import.meta.dirname
  for (const file of ['Kestrel.csproj', 'Program.cs']) {
    copyFileSync(join(here, 'dotnet-kestrel', file), join(folder, file))
  }
  copyFileSync(join(here, 'dotnet', 'CertificateAuthentication.cs'), join(folder, 'CertificateAuthentication.cs'))
  const isReal = hasHandler(folder)
  console.info(`the handler is ${isReal ? 'ASP.NET Core’s own' : 'a stand-in: its package is not to be had'}`)
  const out = join(folder, 'out')
  const build = ['build', 'Kestrel.csproj', '--configuration', 'Release', '--output', out, `-p:RealHandler=${isReal}`]
  runWell(program('dotnet'), build, { cwd: folder, env: DOTNET_ENV, timeout: 180_000 })
  return join(out, 'Kestrel.dll')
}

const DOTNET_ENV = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1' }

/** Whether the package of the handler is restored; without a network that may not even come to an end. */
function hasHandler(folder: string): boolean {
  const restore = ['restore', 'Kestrel.csproj', '-p:RealHandler=true']
  try {
    return run(program('dotnet'), restore, { cwd: folder, env: DOTNET_ENV, timeout: 45_000 }).status === 0
  } catch (error) {
    if (String(error).includes('ETIMEDOUT')) return false
    throw error
  }
}

/** The same in Node: `fetch` asks the same `pki serve`. */
async function startOurs(at: ServedHierarchy): Promise<HttpsServer> {
  const credential = await readCredentialFiles({ files: [join(at.folder, 'server.pfx')], password: PASSWORD })
  const authorities = await Promise.all(
    ['root.crt', 'ca1.crt'].map((name) => readCertificateFile(join(at.folder, name))),
  )
  const authenticate = certificateAuthentication({
    chainTrustValidationMode: 'CustomRootTrust',
    customTrustStore: authorities.flat(),
    revocationMode: 'Online',
    fetch: {},
  })
  const authorize = requireCertificate()
  const application = inARow([
    authenticate,
    (incoming, response, next) => (incoming.url === '/' ? response.end('public') : next()),
    authorize,
    (incoming, response) => {
      const { principal } = incoming as { principal?: { name?: string } }
      response.end(JSON.stringify({ message: 'Authenticated', subject: principal?.name }))
    },
  ])
  const server = createServer(serverTls({ credential }), application)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`
}
