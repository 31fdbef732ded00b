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
const PROCESSES = 3
const WARM_UP = 20
const ROUNDS = 120
const MILLISECONDS = 60
const HIT_ROUNDS = 31
const VARIANTS = ['cached', 'uncached']

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
 * Which machine code and memory layout a process happens to get makes a difference of several percent, more than the
 * middleware does. So both sides are the same process, over the same connections, and take turns of some milliseconds;
 * each turn is compared with the one before it.
 */
async function benchRequests(folder) {
  const rows = []
  for (const variant of VARIANTS) {
    const turns = []
    for (let i = 0; i < PROCESSES; i++) turns.push(...(await measureTurns(variant, folder)))
    const bare = (key) => median(turns.map((turn) => turn.bare[key]))
    const shares = (key) => turns.map((turn) => (100 * turn[variant][key]) / turn.bare[key])
    if (rows.length === 0) rows.push(['bare', bare('rate').toFixed(0), '100 %', bare('cost').toFixed(1), '100 %'])
    rows.push([
      ...[variant, ((bare('rate') * middleMean(shares('rate'))) / 100).toFixed(0), ofBare(shares('rate'))],
      ...[((bare('cost') * middleMean(shares('cost'))) / 100).toFixed(1), ofBare(shares('cost'))],
    ])
  }
  printTable(
    'requests to an https server with mutual TLS, connections kept alive',
    ['', 'requests/s', 'of bare', 'CPU µs/request', 'of bare'],
    rows,
  )
}

/** Rate and processor time a request, of pairs of turns: without and with the middleware. */
async function measureTurns(variant, folder) {
  const load = fork(join(here, 'authentication-load.mjs'), [folder])
  const server = fork(join(here, 'authentication-server.mjs'), [variant, folder])
  const ask = async (child, message) => {
    child.send(message)
    return (await once(child, 'message'))[0]
  }
  try {
    const [{ port }] = await once(server, 'message')
    const turn = async (side) => {
      const before = await ask(server, side)
      const { answered, milliseconds } = await ask(load, { port, milliseconds: MILLISECONDS })
      const after = await ask(server, side)
      return { rate: (1000 * answered) / milliseconds, cost: (after.microseconds - before.microseconds) / answered }
    }
    const turns = []
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const bare = await turn('bare')
      const one = await turn(variant)
      if (round >= 0) turns.push({ bare, [variant]: one })
    }
    return turns
  } finally {
    for (const child of [load, server]) child.disconnect()
  }
}

function ofBare(shares) {
  return `${middleMean(shares).toFixed(1)} % ± ${standardError(shares).toFixed(1)}`
}

/** Without the tenth at either end, where the machine did something else. */
function middle(values) {
  const cut = Math.floor(values.length / 10)
  return [...values].sort((a, b) => a - b).slice(cut, values.length - cut)
}

function middleMean(values) {
  const kept = middle(values)
  return kept.reduce((sum, value) => sum + value, 0) / kept.length
}

function standardError(values) {
  const [kept, mean] = [middle(values), middleMean(values)]
  const squares = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (kept.length - 1) / kept.length)
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
