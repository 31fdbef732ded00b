// Certificates per second: P-256 clients under one intermediate, each with a key of its own. In memory beside Go on one
// core and on two, then with key, certificate and files on the disk by `pki apply` with its threads, beside what else there is.
//
// PKI_BENCH_FOLDER names the folder that is written to (default: the system's temporary one). A file system that has just
// deleted thousands of files is slow to make new ones, so everything is removed at the very end.

import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { findProfile, formatPrivateKey, issueCredential } from '../dist/index.js'
import { median, printTable } from './measure.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const PKI = join(here, '../bin/pki.js')
const PEERS = process.env.PKI_BENCH_PEERS ?? join(here, '../../shared/bench')
const ROUNDS = Number(process.env.PKI_BENCH_ROUNDS ?? 5)
const COUNTS = (process.env.PKI_BENCH_COUNTS ?? '1000,10000,100000').split(',').map(Number)
const PROBE = fileURLToPath(new URL('peak-memory.cjs', import.meta.url))

/** Rates of `work(count)`, which may be asynchronous: by the wall, and by the processor time that was used. */
async function rates(work, count) {
  await work(Math.ceil(count / 5))
  const results = []
  for (let round = 0; round < ROUNDS; round++) {
    const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()]
    await work(count)
    const wall = Number(process.hrtime.bigint() - start) / 1e9
    const { user, system } = process.cpuUsage(cpu)
    results.push({ wall: count / wall, cpu: count / ((user + system) / 1e6) })
  }
  return { wall: median(results.map(({ wall }) => wall)), cpu: median(results.map(({ cpu }) => cpu)) }
}

const pem = (label, der) => `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`

/** Our own, in memory: key, certificate, and both as PEM. */
export async function ours() {
  const profiles = await Promise.all(['root', 'intermediate', 'client'].map((name) => findProfile(name)))
  const [rootProfile, caProfile, profile] = profiles
  const pool = { bytes: randomBytes(16_384), used: 0 }
  const random = (length) => {
    if (pool.used + length > pool.bytes.length) Object.assign(pool, { bytes: randomBytes(16_384), used: 0 })
    pool.used += length
    return new Uint8Array(pool.bytes.subarray(pool.used - length, pool.used))
  }
  const means = { now: new Date(), random }
  const root = issueCredential({ ...means, profile: rootProfile, name: 'root', issuer: undefined }).credential
  const above = { name: 'root', credential: root }
  const ca = issueCredential({ ...means, profile: caProfile, name: 'ca', issuer: above }).credential
  const issuer = { name: 'ca', credential: ca }
  return (count) => {
    for (let i = 0; i < count; i++) {
      const { credential } = issueCredential({ ...means, profile, name: `client-${i}`, issuer })
      pem('CERTIFICATE', credential.certificate.encoded) + formatPrivateKey(credential.privateKey, { format: 'pkcs8' })
    }
  }
}

/** The rate of two threads together. */
async function onTwoThreads(count) {
  const threads = [1, 2].map(() => new Worker(new URL('hierarchy-thread.mjs', import.meta.url)))
  const round = async (each) => {
    const start = process.hrtime.bigint()
    await Promise.all(
      threads.map((thread) => {
        thread.postMessage(each)
        return once(thread, 'message')
      }),
    )
    return (threads.length * each) / (Number(process.hrtime.bigint() - start) / 1e9)
  }
  await round(Math.ceil(count / 5))
  const results = []
  for (let i = 0; i < ROUNDS; i++) results.push(await round(count))
  await Promise.all(threads.map((thread) => thread.terminate()))
  return median(results)
}

/** @peculiar/x509 with the Web Crypto of Node. */
async function peculiar() {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const { webcrypto } = await import('node:crypto')
  x509.cryptoProvider.set(webcrypto)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const authority = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return async (count) => {
    for (let i = 0; i < count; i++) {
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: randomBytes(16).toString('hex'),
        subject: `CN=client-${i}`,
        issuer: 'CN=ca',
        notBefore: new Date(),
        notAfter: new Date(Date.now() + 397 * 86_400_000),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: authority.privateKey,
        extensions: [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        ],
      })
      certificate.toString('pem') + pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
    }
  }
}

/** node-forge knows RSA only; its keys come from Node, which is the fast way it offers. */
async function forge() {
  const { default: lib } = await import('node-forge')
  const authority = lib.pki.rsa.generateKeyPair(2048)
  return (count) => {
    for (let i = 0; i < count; i++) {
      const keys = lib.pki.rsa.generateKeyPair(2048)
      const certificate = lib.pki.createCertificate()
      certificate.publicKey = keys.publicKey
      certificate.serialNumber = `4${randomBytes(15).toString('hex')}`
      certificate.validity.notAfter.setFullYear(certificate.validity.notBefore.getFullYear() + 1)
      certificate.setSubject([{ name: 'commonName', value: `client-${i}` }])
      certificate.setIssuer([{ name: 'commonName', value: 'ca' }])
      certificate.setExtensions([
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', clientAuth: true },
      ])
      certificate.sign(authority.privateKey, lib.md.sha256.create())
      lib.pki.certificateToPem(certificate) + lib.pki.privateKeyToPem(keys.privateKey)
    }
  }
}

/** The selfsigned package, where somebody has installed it. */
async function selfsigned() {
  const { default: lib } = await import('selfsigned')
  return async (count) => {
    for (let i = 0; i < count; i++)
      await lib.generate([{ name: 'commonName', value: `client-${i}` }], { keyType: 'ec' })
  }
}

/** Go's rates for one core and for two, from the program of the comparison; undefined where there is no Go. */
function goRates(folder) {
  const source = join(PEERS, 'go-peer', 'main.go')
  if (!existsSync(source) || spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) return undefined
  const project = join(folder, 'go')
  mkdirSync(project)
  copyFileSync(source, join(project, 'main.go'))
  execFileSync('go', ['mod', 'init', 'peer'], { cwd: project, stdio: 'ignore' })
  execFileSync('go', ['build', '-o', 'peer', '.'], { cwd: project, stdio: 'ignore' })
  const outputs = Array.from({ length: ROUNDS }, () =>
    execFileSync(join(project, 'peer'), ['5000'], { encoding: 'utf8' }),
  )
  const of = (cores) =>
    median(outputs.map((text) => Number(text.match(new RegExp(`issue ${cores} core.*: (\\d+)`))?.[1])))
  return { one: of(1), two: of(2) }
}

/** A shell loop: key, request, certificate, each a program of its own. */
function openssl(folder, count) {
  if (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status !== 0) return undefined
  const project = join(folder, 'openssl')
  mkdirSync(project)
  const loop = `set -e
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -subj /CN=ca -days 3650 -out ca.crt
for i in $(seq 1 ${count}); do
  openssl ecparam -name prime256v1 -genkey -noout -out c$i.key
  openssl req -new -key c$i.key -subj /CN=client-$i -out c$i.csr
  openssl x509 -req -in c$i.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 397 -out c$i.crt
done`
  const start = process.hrtime.bigint()
  execFileSync('sh', ['-c', loop], { cwd: project, stdio: 'ignore' })
  return count / (Number(process.hrtime.bigint() - start) / 1e9)
}

/** `pki apply` of so many clients: rate by the wall and per second of processor time, and peak memory. */
function applyRate(folder, count) {
  const project = join(folder, `apply-${count}-${randomBytes(3).toString('hex')}`)
  mkdirSync(project)
  const file = `version: 1
certificates:
  root:
    issues:
      ca:
        issues: { 'client-{n}': { profile: client, count: ${count} } }
`
  writeFileSync(join(project, 'pki.yaml'), file)
  const start = process.hrtime.bigint()
  const result = spawnSync(process.execPath, ['-r', PROBE, PKI, 'apply', '--json'], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new Error(`pki apply failed: ${result.stderr}`)
  const wall = Number(process.hrtime.bigint() - start) / 1e9
  return { wall: count / wall, mebibytes: Number(result.output[3]) / 1024 }
}

/** Prints the rates; returns nothing. */
export async function benchHierarchy() {
  const folder = mkdtempSync(join(process.env.PKI_BENCH_FOLDER ?? tmpdir(), 'pki-bench-'))
  try {
    await inMemory(folder)
    onDisk(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inMemory(folder) {
  const subjects = [
    { name: 'pki (library)', make: ours, count: 5000 },
    { name: '@peculiar/x509', make: peculiar, count: 500 },
    { name: 'node-forge (RSA 2048)', make: forge, count: 5 },
    { name: 'selfsigned', make: selfsigned, count: 100 },
  ]
  const rows = []
  const missing = []
  for (const { name, make, count } of subjects) {
    const work = await make().catch((error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    })
    if (work === undefined) missing.push(name)
    else {
      const { wall, cpu } = await rates(work, count)
      rows.push([name, wall.toFixed(0), cpu.toFixed(0)])
    }
  }
  rows.splice(1, 0, ['pki (library), two threads', (await onTwoThreads(5000)).toFixed(0), ''])
  const go = goRates(folder)
  if (go === undefined) missing.push('Go')
  else
    rows.push(
      ["Go's crypto/x509, one core", go.one.toFixed(0), ''],
      ["Go's crypto/x509, two cores", go.two.toFixed(0), ''],
    )
  printTable(
    `In memory: certificates a second, median of ${ROUNDS}`,
    ['', 'by the wall', 'per second of processor time'],
    rows,
  )
  for (const name of missing) console.log(`not measured, not installed: ${name}`)
}

function onDisk(folder) {
  const rows = COUNTS.map((count) => {
    const rounds = Array.from({ length: count > 20_000 ? 1 : 3 }, () => applyRate(folder, count))
    const wall = median(rounds.map((round) => round.wall))
    const memory = Math.max(...rounds.map(({ mebibytes }) => mebibytes))
    return [
      `pki apply, count: ${count}`,
      wall.toFixed(0),
      memory.toFixed(0),
      count >= 10_000 ? '≥ 3000, ≤ 250 MiB' : '',
    ]
  })
  const shell = openssl(folder, 50)
  if (shell !== undefined) rows.push(['a shell loop over openssl, 50 of them', shell.toFixed(0), '', ''])
  printTable(
    `On the disk, ${availableParallelism()} cores: key, certificate, chain; start included`,
    ['', 'certificates a second', 'peak MiB', 'goal'],
    rows,
  )
}
