// OCSP over HTTP: `pki serve` in a process of its own, pinned to no core, and this process as its client, over kept
// connections. The store is the one of bench/revocation.mjs. The client works too: where both share the cores with
// others, the figure is what the two of them achieve, hence the processor time of the server beside it.
//
// Requests with a nonce have every answer signed for them; without one, an answer is made once a minute. The floor is
// an HTTP server of Node's that reads the request and answers with fixed octets, measured in the same rounds.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
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
/** So many answers make a responder warm: V8 has compiled what matters by then. */
const WARM_UP = 15_000

/** Starts a server with these arguments and waits until it is ready. */
async function startServer(args, ready) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  while (!existsSync(ready)) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`)
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

/** The floor. */
function serveFixedOctets(ready) {
  const octets = Buffer.alloc(300)
  const headers = { 'Content-Type': 'application/ocsp-response', 'Content-Length': octets.length }
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(200, headers).end(octets))
  })
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(`${ready}.draft`, JSON.stringify(server.address()))
    renameSync(`${ready}.draft`, ready)
  })
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

/** Answers per second over `seconds`, or over `most` answers. `nextRequest` gives the body of each request. */
async function rateOf(port, nextRequest, seconds, most = Number.POSITIVE_INFINITY) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const begin = process.hrtime.bigint()
  const elapsed = () => Number(process.hrtime.bigint() - begin) / 1e9
  let count = 0
  const client = async () => {
    while (elapsed() < seconds && count < most) {
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
    const [ready, floorReady] = [join(folder, 'ready.json'), join(folder, 'floor.json')]
    const server = await startServer([PKI, 'serve', '--dir', store, '--port', '0', '--ready-file', ready], ready)
    const floor = await startServer([fileURLToPath(import.meta.url), floorReady], floorReady)
    let next = 0
    const subjects = {
      'with a nonce, each signed': [server, () => fresh[next++ % fresh.length]],
      'without one, kept for a minute': [server, () => plain[next++ % plain.length]],
      'node:http, fixed octets (floor)': [floor, () => plain[next++ % plain.length]],
    }
    const first = parseOcspResponse(new Uint8Array(await post(new Agent(), server.port, fresh[0])))
    if (first.basic?.responses.length !== 1) throw new Error(`answered with ${first.responseStatus}`)
    const rows = new Map(Object.keys(subjects).map((name) => [name, { rates: [], costs: [] }]))
    for (const [{ port }, nextRequest] of Object.values(subjects)) await rateOf(port, nextRequest, 60, WARM_UP)
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, [{ port, pid }, nextRequest]] of Object.entries(subjects)) {
        const before = usageOf(pid)
        const rate = await rateOf(port, nextRequest, SECONDS)
        const after = usageOf(pid)
        rows.get(name).rates.push(rate)
        if (after !== undefined) rows.get(name).costs.push((after.seconds - before.seconds) / (rate * SECONDS))
      }
    }
    const peak = usageOf(server.pid)?.peak
    await Promise.all([server.stop(), floor.stop()])
    printTable(
      `OCSP answers of pki serve over HTTP, ${CONNECTIONS} kept connections, one client process, median of ${ROUNDS}`,
      ['', 'answers/s', 'goal', 'server µs of processor each', 'so on one core'],
      [...rows].map(([name, { rates, costs }]) => {
        const cost = costs.length === 0 ? undefined : median(costs)
        const each = cost === undefined ? '–' : (cost * 1e6).toFixed(0)
        const goal = name.includes('floor') ? '' : '≥ 2000'
        return [name, median(rates).toFixed(0), goal, each, cost === undefined ? '–' : (1 / cost).toFixed(0)]
      }),
    )
    if (peak !== undefined) console.log(`peak memory of the server: ${peak.toFixed(0)} MiB (goal ≤ 300)`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serveFixedOctets(process.argv[2])
