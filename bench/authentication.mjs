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
const GENERATIONS = 13
const WARM_UP = 4
const ROUNDS = 7
const MILLISECONDS = 250
const HIT_ROUNDS = 31
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

/**
 * Which machine code and memory layout a process happens to get makes a difference of several percent, so that one
 * process of each variant says nothing: the servers are started anew for each generation, in another order.
 */
async function benchRequests(folder) {
  const rates = VARIANTS.map(() => [])
  const costs = VARIANTS.map(() => [])
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const order = VARIANTS.map((_, i) => (i + generation) % VARIANTS.length)
    const measured = await measureGeneration(folder, order)
    for (const [i, { rate, cost }] of measured.entries()) {
      rates[i].push(rate)
      costs[i].push(cost)
    }
  }
  // The ratio of each generation, so that what else the machine does in it counts for both sides.
  const ratio = (values, i) => {
    const ratios = values[i].map((value, generation) => (100 * value) / values[0][generation])
    return i === 0 ? '100 %' : `${median(ratios).toFixed(0)} % ± ${standardError(ratios).toFixed(0)}`
  }
  printTable(
    'requests to an https server with mutual TLS, connections kept alive',
    ['', 'requests/s', 'of bare', 'CPU µs/request', 'of bare'],
    VARIANTS.map((variant, i) => [
      ...[variant, median(rates[i]).toFixed(0), ratio(rates, i)],
      ...[median(costs[i]).toFixed(1), ratio(costs, i)],
    ]),
  )
}

/** Rate and processor time a request of each variant, medians of some rounds in turn. */
async function measureGeneration(folder, order) {
  const load = fork(join(here, 'authentication-load.mjs'), [folder])
  const servers = VARIANTS.map((variant) => fork(join(here, 'authentication-server.mjs'), [variant, folder]))
  const ask = async (child, message) => {
    child.send(message)
    return (await once(child, 'message'))[0]
  }
  try {
    const ports = await Promise.all(servers.map(async (server) => (await once(server, 'message'))[0].port))
    const rounds = VARIANTS.map(() => [])
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const i of order) {
        const before = await ask(servers[i], 'cpu')
        const { answered, milliseconds } = await ask(load, { port: ports[i], milliseconds: MILLISECONDS })
        const after = await ask(servers[i], 'cpu')
        const cost = (after.microseconds - before.microseconds) / answered
        if (round >= 0) rounds[i].push({ rate: answered / (milliseconds / 1000), cost })
      }
    }
    return rounds.map((of) => ({
      rate: median(of.map(({ rate }) => rate)),
      cost: median(of.map(({ cost }) => cost)),
    }))
  } finally {
    for (const child of [load, ...servers]) child.disconnect()
  }
}

function standardError(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
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
  for (let round = 0; round < HIT_ROUNDS; round++)
    whole.push(await microsecondsEach(() => handler.authenticate({}, connection)))
  const hit = Array.from(
    { length: HIT_ROUNDS },
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
