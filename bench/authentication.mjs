// What certificate authentication costs a server: requests per second with mutual TLS, bare, with the middleware and
// its cache, and with the middleware alone; the cost of a hit; the memory that 100,000 certificates leave behind.

import { execFileSync, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CertificateAuthenticationHandler,
  ClientCertificate,
  MemoryValidationCache,
  readCertificateFile,
} from '../dist/authentication.js'
import { median, printTable, ratePerSecond } from './measure.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const ROUNDS = 31
const MILLISECONDS = 400
const VARIANTS = ['bare', 'cached', 'uncached']

export async function benchAuthentication() {
  const folder = mkdtempSync(join(tmpdir(), 'pki-bench-authentication-'))
  try {
    makeFiles(folder)
    await benchRequests(folder)
    await benchHit(folder)
    benchMemory(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A chain of three for the client, made by `pki` itself. */
function makeFiles(folder) {
  const store = join(folder, 'store')
  const pki = (...args) => execFileSync(process.execPath, [join(here, '../bin/pki.js'), ...args, '--dir', store])
  pki('init', 'root')
  pki('issue', 'intermediate', 'ca', '--from', 'root')
  pki('issue', 'server', '--from', 'ca', '--dns', 'localhost')
  pki('issue', 'client', '--from', 'ca')
  const file = (kind, name) => readFileSync(join(store, kind, name))
  const pem = (name) =>
    Buffer.concat([file('certs', `${name}.crt`), file('certs', 'ca.crt'), file('private', `${name}.key`)])
  writeFileSync(join(folder, 'server.pem'), pem('server'))
  writeFileSync(join(folder, 'client.pem'), pem('client'))
  writeFileSync(join(folder, 'root.crt'), file('certs', 'root.crt'))
  writeFileSync(join(folder, 'intermediate.crt'), file('certs', 'ca.crt'))
  writeFileSync(join(folder, 'client.der'), derOf(file('certs', 'client.crt')))
  writeFileSync(join(folder, 'body.txt'), '{"message":"Authenticated"}')
}

function derOf(pem) {
  return Buffer.from(String(pem).replace(/-----[^-]+-----|\s/g, ''), 'base64')
}

async function benchRequests(folder) {
  const load = fork(join(here, 'authentication-load.mjs'), [folder])
  const servers = VARIANTS.map((variant) => fork(join(here, 'authentication-server.mjs'), [variant, folder]))
  const ask = async (child, message) => {
    child.send(message)
    return (await once(child, 'message'))[0]
  }
  try {
    const ports = await Promise.all(servers.map(async (server) => (await once(server, 'message'))[0].port))
    const rates = VARIANTS.map(() => [])
    const costs = VARIANTS.map(() => [])
    // In turn, so that a machine that gets slower meanwhile does so for all of them.
    for (let round = -3; round < ROUNDS; round++) {
      for (const [i, server] of servers.entries()) {
        const before = await ask(server, 'cpu')
        const { answered, milliseconds } = await ask(load, { port: ports[i], milliseconds: MILLISECONDS })
        const after = await ask(server, 'cpu')
        if (round < 0) continue
        rates[i].push(answered / (milliseconds / 1000))
        costs[i].push((after.microseconds - before.microseconds) / answered)
      }
    }
    // The ratio of each round, so that what else the machine does in it counts for both sides.
    const ratio = (values, i) =>
      `${(100 * median(values[i].map((value, round) => value / values[0][round]))).toFixed(0)} %`
    printTable(
      'requests to an https server with mutual TLS, connections kept alive',
      ['', 'requests/s', 'of bare', 'CPU µs/request', 'of bare'],
      VARIANTS.map((variant, i) => [
        ...[variant, median(rates[i]).toFixed(0), ratio(rates, i)],
        ...[median(costs[i]).toFixed(1), ratio(costs, i)],
      ]),
    )
  } finally {
    for (const child of [load, ...servers]) child.disconnect()
  }
}

async function benchHit(folder) {
  const clock = () => new Date()
  const cache = new MemoryValidationCache({ clock })
  const certificate = ClientCertificate.parse(readFileSync(join(folder, 'client.der')))
  const handler = new CertificateAuthenticationHandler({
    clock,
    cache,
    chainTrustValidationMode: 'CustomRootTrust',
    customTrustStore: await readCertificateFile(join(folder, 'root.crt')),
    additionalChainCertificates: await readCertificateFile(join(folder, 'intermediate.crt')),
    revocationMode: 'NoCheck',
  })
  const connection = { isHttps: true, clientCertificate: () => certificate }
  const { outcome } = await handler.authenticate({}, connection)
  if (outcome !== 'success') throw new Error(outcome)
  const whole = []
  for (let round = 0; round < ROUNDS; round++)
    whole.push(await microsecondsEach(() => handler.authenticate({}, connection)))
  const hit = Array.from(
    { length: ROUNDS },
    () => 1e6 / ratePerSecond(() => cache.get(certificate, handler.scheme), 0.3),
  )
  printTable(
    'a hit of the cache',
    ['', 'µs'],
    [
      ['lookup and clone', median(hit).toFixed(2)],
      ['authenticating a request', median(whole).toFixed(2)],
    ],
  )
}

async function microsecondsEach(work) {
  const count = 50_000
  const start = process.hrtime.bigint()
  for (let i = 0; i < count; i++) await work()
  return Number(process.hrtime.bigint() - start) / 1e3 / count
}

function benchMemory(folder) {
  const args = ['--expose-gc', join(here, 'authentication-memory.mjs'), folder]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const { full, end, entries, perSecond } = JSON.parse(stdout)
  printTable(
    '100,000 different certificates through the cache',
    ['', ''],
    [
      ['entries', entries],
      ['MiB when the cache is full', full.toFixed(1)],
      ['MiB at the end', end.toFixed(1)],
      ['validated per second, signature checks included', perSecond.toFixed(0)],
    ],
  )
}
