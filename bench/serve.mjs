// OCSP over HTTP: `pki serve` in a process of its own, pinned to no core, and this process as its client, over kept
// connections. The store is the one of bench/revocation.mjs. The client works too: where both share the cores with
// others, the figure is what the two of them achieve, hence the processor time of the server beside it.
//
// Requests with a nonce have every answer signed for them; without one, an answer is made once a minute.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { encodeCertId, encodeOcspRequest, parseOcspResponse, Store } from '../dist/index.js'
import { median, printTable } from './measure.mjs'
import { makeStore } from './revocation.mjs'

const PKI = join(dirname(fileURLToPath(import.meta.url)), '../bin/pki.js')
const ROUNDS = 5
const SECONDS = 2
const CONNECTIONS = 8

/** Starts the server and waits until it is ready. */
async function startServer(store, folder) {
  const ready = join(folder, 'ready.json')
  const args = [PKI, 'serve', '--dir', store, '--port', '0', '--ready-file', ready]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  while (!existsSync(ready)) {
    if (child.exitCode !== null) throw new Error(`pki serve ended with ${child.exitCode}`)
    await sleep(20)
  }
  const { port } = JSON.parse(readFileSync(ready, 'utf8'))
  const stop = () =>
    new Promise((resolve) => {
      child.on('close', resolve)
      child.kill('SIGTERM')
    })
  return { port, pid: child.pid, stop }
}

function post(agent, port, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/ocsp-request', 'Content-Length': body.length }
    const outgoing = request(
      { agent, port, host: '127.0.0.1', path: '/ocsp/ca1', method: 'POST', headers },
      (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => resolve(Buffer.concat(chunks)))
      },
    )
    outgoing.on('error', reject).end(body)
  })
}

/** Answers per second over `seconds`. `nextRequest` gives the body of each request. */
async function rateOf(port, nextRequest, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const begin = process.hrtime.bigint()
  const elapsed = () => Number(process.hrtime.bigint() - begin) / 1e9
  let count = 0
  const client = async () => {
    while (elapsed() < seconds) {
      await post(agent, port, nextRequest())
      count++
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  agent.destroy()
  return count / elapsed()
}

/** Seconds of processor time that a process has used, and the most memory it has had, in MiB; on Linux only. */
function usageOf(pid) {
  if (process.platform !== 'linux') return undefined
  // Behind the name, which may hold spaces and is in parentheses: state is field 3, utime 14, stime 15, in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const peak = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, peak: Number(peak) / 1024 }
}

/** Prints rates, the server's processor time for one answer, and its memory. */
export async function benchServe() {
  const folder = mkdtempSync(join(tmpdir(), 'pki-bench-'))
  try {
    const store = join(folder, 'pki')
    const serials = makeStore(store).slice(0, 2000)
    const issuer = new Store(store).readCertificate('ca1')
    const encode = (serial, nonce) => {
      const certId = encodeCertId({ serialNumber: BigInt(`0x${serial}`) }, issuer)
      return Buffer.from(encodeOcspRequest({ certIds: [certId], nonce }))
    }
    const plain = serials.map((serial) => encode(serial))
    const fresh = serials.map((serial) => encode(serial, new Uint8Array(randomBytes(32))))
    const server = await startServer(store, folder)
    let next = 0
    const subjects = {
      'with a nonce, each signed': () => fresh[next++ % fresh.length],
      'without one, kept for a minute': () => plain[next++ % plain.length],
    }
    const first = parseOcspResponse(new Uint8Array(await post(new Agent(), server.port, fresh[0])))
    if (first.basic?.responses.length !== 1) throw new Error(`answered with ${first.responseStatus}`)
    const rows = new Map(Object.keys(subjects).map((name) => [name, { rates: [], costs: [] }]))
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, nextRequest] of Object.entries(subjects)) {
        const before = usageOf(server.pid)
        const rate = await rateOf(server.port, nextRequest, SECONDS)
        const after = usageOf(server.pid)
        if (round < 0) continue
        rows.get(name).rates.push(rate)
        if (after !== undefined) rows.get(name).costs.push((after.seconds - before.seconds) / (rate * SECONDS))
      }
    }
    const peak = usageOf(server.pid)?.peak
    await server.stop()
    printTable(
      `OCSP answers of pki serve over HTTP, ${CONNECTIONS} kept connections, one client process, median of ${ROUNDS}`,
      ['', 'answers/s', 'goal', 'server µs of processor each', 'so on one core'],
      [...rows].map(([name, { rates, costs }]) => {
        const cost = costs.length === 0 ? undefined : median(costs)
        const each = cost === undefined ? '–' : (cost * 1e6).toFixed(0)
        return [name, median(rates).toFixed(0), '≥ 2000', each, cost === undefined ? '–' : (1 / cost).toFixed(0)]
      }),
    )
    if (peak !== undefined) console.log(`peak memory of the server: ${peak.toFixed(0)} MiB (goal ≤ 300)`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
