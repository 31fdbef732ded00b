/**
 * Every template of `pki snippet`, used: the program is started with what the command wrote, a client with the right
 * certificate is let in, one without is not. The store lies in a folder whose name has spaces and quotes.
 */

import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readCertificateFile } from '../../src/authentication/client-tls.ts'
import { clientCertificateOf } from '../../src/authentication/connection.ts'
import { certificateForwarding } from '../../src/authentication/forwarding.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { needs, program, run, runBeside, runWell } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { pki } from './pki.ts'
import { freePort, type Server, startServer } from './server-program.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const ODD_NAME = process.platform === 'win32' ? "it's my PKI" : 'it\'s "my" PKI'

let top: string
/** What the user works in; `pki/` is below it. */
let folder: string
let backend: HttpServer
let backendUrl: string
let started: Server | undefined

beforeAll(async () => {
  top = folderOfSuite('consumers')
  folder = join(top, ODD_NAME)
  mkdirSync(folder)
  await pki(folder, 'init', 'root')
  await pki(folder, 'issue', 'intermediate', 'ca1', '--from', 'root')
  await pki(folder, 'issue', 'server', '--from', 'ca1', '--dns', 'localhost', '--ip', '127.0.0.1')
  await pki(folder, 'issue', 'client', '--from', 'ca1')
  await pki(folder, 'init', 'root', '--name', 'other')
  await pki(folder, 'issue', 'client', 'stranger', '--from', 'other')
  await pki(folder, 'export', 'client', '--format', 'fullchain,key', '--out', './')
  await pki(folder, 'export', 'stranger', '--format', 'fullchain,key', '--out', './')
  await pki(folder, 'export', 'root', '--format', 'crt', '--out', './')
  await pki(folder, 'export', 'ca1', '--format', 'crt', '--out', './')
  backend = await startBackend()
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
}, 60_000)

afterEach(async () => {
  await started?.stop()
  started = undefined
})

afterAll(() => {
  backend?.close()
  backend?.closeAllConnections()
  removeFolder(top)
})

/** The application behind a proxy: it lets in whom the proxy says is there, over what the proxy says was https. */
async function startBackend(): Promise<HttpServer> {
  const forward = certificateForwarding({ trustedProxies: ['loopback'] })
  const authenticate = certificateAuthentication<IncomingMessage, ServerResponse>({
    clock: () => new Date(),
    chainTrustValidationMode: 'CustomRootTrust',
    customTrustStore: [...(await readCertificateFile(at('root.crt'))), ...(await readCertificateFile(at('ca1.crt')))],
    revocationMode: 'NoCheck',
  })
  const authorize = requireCertificate()
  const server = createServer((incoming, response) => {
    const fail = (error: unknown) => {
      if (error === undefined) return false
      response.writeHead(500).end(String(error))
      return true
    }
    forward(incoming, response, (first) => {
      if (fail(first)) return
      authenticate(incoming, response, (second) => {
        if (fail(second)) return
        authorize(incoming, response, (third) => {
          if (!fail(third)) response.end(JSON.stringify({ subject: clientCertificateOf(incoming)?.subject }))
        })
      })
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

function at(file: string): string {
  return join(folder, file)
}

/** Has the snippet written to `file`, and returns its path. */
async function snippet(name: string, file: string, ...args: readonly string[]): Promise<string> {
  const trust = ['--client-ca', 'root', '--backend', backendUrl]
  await pki(folder, 'snippet', name, ...trust, ...args, '--out', file, '--force')
  return at(file)
}

interface Answer {
  readonly status: number
  readonly body: string
}

/** GET /, as `who`; status 0 if there is no answer, which with TLS 1.3 is how a refused certificate ends. */
function get(port: number, who: 'client' | 'stranger' | undefined, headers: Record<string, string> = {}) {
  const identity =
    who === undefined ? {} : { cert: readFileSync(at(`${who}.fullchain.pem`)), key: readFileSync(at(`${who}.key`)) }
  // Caddy compares the host with the name that TLS was asked for.
  const all = { Host: `localhost:${port}`, ...headers }
  const options = { host: '127.0.0.1', port, headers: all, servername: 'localhost', agent: false, timeout: 10_000 }
  return new Promise<Answer>((done) => {
    request({ ...options, ...identity, ca: readFileSync(at('root.crt')) }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += String(chunk)))
      response.on('end', () => done({ status: response.statusCode ?? -1, body }))
    })
      .on('error', (error) => done({ status: 0, body: error.message }))
      .end()
  })
}

/** The right client is let in and known by name, the wrong one and nobody are not. */
async function expectMutualTls(port: number, refused: readonly number[]) {
  const answer = await get(port, 'client')
  expect(answer).toMatchObject({ status: 200 })
  expect(JSON.parse(answer.body)).toMatchObject({ subject: expect.stringMatching(/^(CN=)?client$/) })
  for (const who of ['stranger', undefined] as const) {
    expect(refused, `as ${who ?? 'nobody'}`).toContain((await get(port, who)).status)
  }
}

/** Whoever the header says the client is, it is who the certificate says. */
async function expectForgeryIgnored(port: number) {
  const stranger = readFileSync(at('stranger.fullchain.pem'), 'utf8')
  const forged = { 'X-Client-Cert': encodeURIComponent(stranger), 'X-Forwarded-Proto': 'http' }
  const { status, body } = await get(port, 'client', forged)
  expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: { subject: 'CN=client' } })
}

test('the files of a snippet: keys for their owner only', async () => {
  const port = await freePort()
  await snippet('nginx', 'nginx.conf', '--port', String(port))
  expect(statSync(at('pki/exports/server.key')).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
  const bundle = await readCertificateFile(at('pki/exports/root.client-ca.pem'))
  expect(bundle.map(({ subject }) => formatName(subject))).toEqual([
    expect.stringContaining('root'),
    expect.stringContaining('ca1'),
  ])
})

needs('nginx')('nginx', () => {
  async function start(name: string): Promise<number> {
    const port = await freePort()
    await snippet(name, 'nginx.conf', '--port', String(port))
    const work = at(`${name}-work`)
    mkdirSync(work)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${kind};`)
    const http = ['access_log off;', ...temporary, 'include ../nginx.conf;']
    const config = ['daemon off; error_log stderr; pid nginx.pid; events {}', `http { ${http.join('\n')} }`]
    writeFileSync(join(work, 'main.conf'), config.join('\n'))
    const args = ['-p', work, '-c', join(work, 'main.conf'), '-e', 'stderr']
    expect(run(program('nginx'), [...args, '-t'])).toMatchObject({ status: 0 })
    started = await startServer(program('nginx'), args, port)
    return port
  }

  test('corrected: the application knows who came', async () => {
    const port = await start('nginx')
    await expectMutualTls(port, [400])
    await expectForgeryIgnored(port)
  })

  test('as in the article: nginx takes it, and lets in nobody without a certificate', async () => {
    const port = await start('nginx-article')
    for (const who of ['stranger', undefined] as const) expect(await get(port, who)).toMatchObject({ status: 400 })
    // The header has line breaks in it, and the request looks like plain HTTP: what the corrected one is for.
    expect((await get(port, 'client')).status).not.toBe(200)
  })
})

needs('haproxy')('HAProxy', () => {
  test('the application knows who came', async () => {
    const port = await freePort()
    const config = await snippet('haproxy', 'haproxy.cfg', '--port', String(port))
    expect(run(program('haproxy'), ['-c', '-f', config])).toMatchObject({ status: 0 })
    started = await startServer(program('haproxy'), ['-db', '-f', config], port)
    await expectMutualTls(port, [0])
    await expectForgeryIgnored(port)
  })
})

needs('apache2')('Apache', () => {
  test('the application knows who came', async () => {
    const port = await freePort()
    await snippet('apache', 'mtls.conf', '--port', String(port))
    // Where a program's quoting is not what is tried, its folder has a plain name.
    const work = join(top, 'apache')
    mkdirSync(work)
    cpSync(at('mtls.conf'), join(work, 'mtls.conf'))
    const modules = ['mpm_event', 'authz_core', 'ssl', 'headers', 'proxy', 'proxy_http', 'socache_shmcb']
    const base = [
      `ServerRoot ${work}`,
      ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      ...['PidFile apache.pid', 'ErrorLog error.log', 'ServerName localhost', `DefaultRuntimeDir ${work}`],
      // Started by root, it gives its rights away, to somebody whom every Debian has.
      ...(process.getuid?.() === 0 ? ['User "#65534"', 'Group "#65534"'] : []),
      'Include mtls.conf',
    ]
    writeFileSync(join(work, 'main.conf'), `${base.join('\n')}\n`)
    const args = ['-d', work, '-f', join(work, 'main.conf')]
    const check = run(program('apache2'), [...args, '-t'])
    expect(check, check.output).toMatchObject({ status: 0 })
    started = await startServer(program('apache2'), [...args, '-DFOREGROUND'], port)
    await expectMutualTls(port, [0])
    await expectForgeryIgnored(port)
  })
})

needs('caddy')('Caddy', () => {
  test('the application knows who came', async () => {
    const port = await freePort()
    const config = await snippet('caddy', 'Caddyfile', '--port', String(port))
    const args = ['--config', config, '--adapter', 'caddyfile']
    const home = { HOME: top, XDG_CONFIG_HOME: top, XDG_DATA_HOME: top }
    const check = run(program('caddy'), ['validate', ...args], { env: home })
    expect(check, check.output).toMatchObject({ status: 0 })
    // Its administration listens on a port of its own.
    const admin = `127.0.0.1:${await freePort()}`
    const command = ['-u', 'CADDY_ADMIN', ...Object.entries(home).map(([name, value]) => `${name}=${value}`)]
    const env = [...command, `CADDY_ADMIN=${admin}`, program('caddy'), 'run', ...args]
    started = await startServer('/usr/bin/env', env, port)
    await expectMutualTls(port, [0])
    await expectForgeryIgnored(port)
  })
})

describe('Node.js', () => {
  async function startNode(name: string): Promise<number> {
    const port = await freePort()
    const file = await snippet(name, `${name}.mjs`, '--port', String(port))
    started = await startServer(process.execPath, [file], port)
    return port
  }

  test('https: server and client', async () => {
    const port = await startNode('node-server')
    await expectMutualTls(port, [0])
    const client = await snippet('node-client', 'client.mjs', '--port', String(port))
    const { status, stdout } = await runBeside(process.execPath, [client])
    expect({ status, answer: JSON.parse(stdout) }).toEqual({
      status: 0,
      answer: { message: 'Authenticated', subject: 'CN=client' },
    })
  })

  test('the client believes servers of its own authority only', async () => {
    const port = await freePort()
    const client = await snippet('node-client', 'client.mjs', '--port', String(port), '--client', 'stranger')
    writeFileSync(client, readFileSync(client, 'utf8').replaceAll('server.ca-bundle.pem', 'stranger.fullchain.pem'))
    const file = await snippet('node-server', 'server.mjs', '--port', String(port))
    started = await startServer(process.execPath, [file], port)
    const { status, stderr } = await runBeside(process.execPath, [client])
    expect(status).toBe(1)
    expect(stderr).toMatch(/unable to (get|verify)|self-signed/)
  })

  const built = statSync(join(REPOSITORY, 'dist/authentication.js'), { throwIfNoEntry: false })
  describe.skipIf(built === undefined)('with devpki/authentication (built)', () => {
    test.each([
      ['express', 'express'],
      ['fastify', 'fastify'],
    ])('%s', async (name, framework) => {
      const modules = at('node_modules')
      mkdirSync(modules, { recursive: true })
      for (const [link, target] of [
        ['devpki', REPOSITORY],
        [framework, join(REPOSITORY, 'node_modules', framework)],
      ] as const) {
        if (statSync(join(modules, link), { throwIfNoEntry: false }) === undefined) {
          symlinkSync(target, join(modules, link), 'junction')
        }
      }
      await expectMutualTls(await startNode(name), [403])
    })
  })
})

needs('curl')('curl', () => {
  test('is let in with the certificate, and the server is checked', async () => {
    const port = await freePort()
    const server = await snippet('node-server', 'server.mjs', '--port', String(port))
    started = await startServer(process.execPath, [server], port)
    const script = await snippet('curl', 'request.sh', '--port', String(port))
    const withProxy = { env: { NO_PROXY: '*', no_proxy: '*' } }
    const good = await runBeside('/bin/sh', [script], withProxy)
    expect(good, good.output).toMatchObject({ status: 0 })
    expect(JSON.parse(good.stdout)).toEqual({ message: 'Authenticated', subject: 'CN=client' })
    // The same with another's certificate: TLS ends.
    const other = await snippet('curl', 'request.sh', '--port', String(port), '--client', 'stranger')
    expect((await runBeside('/bin/sh', [other], withProxy)).status).not.toBe(0)
  })
})

describe('by a parser', () => {
  test('Envoy: TLS with the files of the store, and the header replaced', async () => {
    const [config] = parseAllDocuments(readFileSync(await snippet('envoy', 'envoy.yaml', '--port', '8443'), 'utf8'))
    const { listeners, clusters } = config?.toJS().static_resources ?? {}
    const { address, filter_chains } = listeners[0]
    expect(address).toEqual({ socket_address: { address: '0.0.0.0', port_value: 8443 } })
    expect(filter_chains[0]).toMatchObject({
      transport_socket: {
        typed_config: {
          require_client_certificate: true,
          common_tls_context: {
            tls_certificates: [
              {
                certificate_chain: { filename: at('pki/exports/server.fullchain.pem') },
                private_key: { filename: at('pki/exports/server.key') },
              },
            ],
            validation_context: { trusted_ca: { filename: at('pki/exports/root.client-ca.pem') } },
          },
        },
      },
    })
    expect(JSON.stringify(clusters)).toContain(`"port_value":${new URL(backendUrl).port}`)
  })

  test('Kubernetes: the Secret holds the authorities, the Ingress names it', async () => {
    const text = readFileSync(await snippet('kubernetes-ingress', 'ingress.yaml'), 'utf8')
    const documents = parseAllDocuments(text)
    expect(documents.flatMap(({ errors }) => errors)).toEqual([])
    const [secret, ingress] = documents.map((document) => document.toJS())
    expect(Buffer.from(secret.data['ca.crt'], 'base64')).toEqual(readFileSync(at('pki/exports/root.client-ca.pem')))
    expect(ingress).toMatchObject({
      kind: 'Ingress',
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/auth-tls-secret': `default/${secret.metadata.name}` } },
      spec: { tls: [{ hosts: ['localhost'], secretName: 'server' }] },
    })
  })

  test('appsettings.json is JSON', async () => {
    const settings = JSON.parse(
      readFileSync(await snippet('appsettings', 'appsettings.json', '--port', '9443'), 'utf8'),
    )
    expect(settings.Kestrel.Endpoints.Mtls).toMatchObject({
      Url: 'https://*:9443',
      Certificate: { Path: at('pki/exports/server.fullchain.pem'), KeyPath: at('pki/exports/server.key') },
      ClientCertificateMode: 'RequireCertificate',
    })
  })
})

needs('dotnet')('.NET', () => {
  const env = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1' }

  const FAST = ['-p:UseAppHost=false', '-p:RunAnalyzers=false']

  /** Builds a project of these sources, and returns its program. */
  async function build(name: string, sdk: string, files: Readonly<Record<string, string>>): Promise<string> {
    const project = join(top, name)
    mkdirSync(project)
    const version = Number.parseInt(run(program('dotnet'), ['--version']).stdout, 10)
    const properties = `<TargetFramework>net${version}.0</TargetFramework><OutputType>Exe</OutputType>
      <Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><TreatWarningsAsErrors>true</TreatWarningsAsErrors>`
    const text = `<Project Sdk="${sdk}"><PropertyGroup>${properties}</PropertyGroup></Project>\n`
    writeFileSync(join(project, `${name}.csproj`), text)
    for (const [file, from] of Object.entries(files)) cpSync(from, join(project, file))
    const args = ['build', `${name}.csproj`, '--configuration', 'Release', '--output', join(project, 'out'), ...FAST]
    runWell(program('dotnet'), args, { cwd: project, env, timeout: 180_000 })
    return join(project, 'out', `${name}.dll`)
  }

  test('HttpClient', async () => {
    const port = await freePort()
    const server = await snippet('node-server', 'server.mjs', '--port', String(port))
    started = await startServer(process.execPath, [server], port)
    const source = await snippet('httpclient', 'HttpClient.cs', '--port', String(port))
    const client = await build('HttpClientSnippet', 'Microsoft.NET.Sdk', { 'Program.cs': source })
    const { status, stdout } = await runBeside(program('dotnet'), [client], { env })
    expect({ status, answer: JSON.parse(stdout) }).toEqual({
      status: 0,
      answer: { message: 'Authenticated', subject: 'CN=client' },
    })
  }, 240_000)

  test('Kestrel: Program.cs, and the endpoint of appsettings.json beside it', async () => {
    const [port, second] = [await freePort(), await freePort()]
    const source = await snippet('kestrel', 'Kestrel.cs', '--port', String(port))
    const settings = await snippet('appsettings', 'appsettings.json', '--port', String(second))
    const server = await build('KestrelSnippet', 'Microsoft.NET.Sdk.Web', {
      'Program.cs': source,
      'appsettings.json': settings,
      // In place of the package, which a machine without a network cannot restore.
      'CertificateAuthentication.cs': join(import.meta.dirname, 'dotnet', 'CertificateAuthentication.cs'),
    })
    const args = [server, '--contentRoot', join(top, 'KestrelSnippet')]
    started = await startServer(program('dotnet'), args, port)
    await expectMutualTls(port, [0])
    await expectMutualTls(second, [0])
  }, 240_000)
})
