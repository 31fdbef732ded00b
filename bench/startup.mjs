// What the commands cost beside an empty Node process, and the whole mutual-TLS job beside the peers' scripts.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, peakMemory, printTable, wallTimes } from './measure.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const PKI = join(here, '../bin/pki.js')
const PEERS = process.env.PKI_BENCH_PEERS ?? join(here, '../../shared/bench')
const ROUNDS = Number(process.env.PKI_BENCH_ROUNDS ?? 15)

const node = process.execPath
const onPath = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined

function runPki(...args) {
  const result = spawnSync(node, [PKI, ...args], { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`pki ${args.join(' ')}: ${result.stderr}`)
}

/** A store with a root and an intermediate, for commands that need an issuer. */
function prepareAuthority(folder) {
  runPki('init', 'root', '--dir', join(folder, 'pki'))
  runPki('issue', 'intermediate', 'ca1', '--from', 'root', '--dir', join(folder, 'pki'))
}

/** A store and, beside it, a client certificate with its trust anchor and intermediate. */
function prepareChain(folder) {
  prepareAuthority(folder)
  runPki('issue', 'client', 'alice', '--from', 'ca1', '--dir', join(folder, 'pki'))
}

const issueClient = (folder) => [PKI, 'issue', 'client', 'alice', '--from', 'ca1', '--dir', join(folder, 'pki')]
const wholeJob = (folder) => [PKI, 'quickstart', '--no-handshake', '--dir', join(folder, 'pki')]
const verifyChain = (folder) => [
  PKI,
  'verify',
  join(folder, 'pki/certs/alice.crt'),
  '--untrusted',
  join(folder, 'pki/certs/ca1.crt'),
  '--trust',
  join(folder, 'pki/certs/root.crt'),
]

function peerScripts() {
  const peers = [
    { name: 'openssl script (ec)', program: 'openssl', file: 'peer-openssl.sh', args: ['ec'] },
    { name: 'certtool script', program: 'certtool', file: 'peer-certtool.sh', args: [] },
    { name: 'cfssl script', program: 'cfssl', file: 'peer-cfssl.sh', args: [] },
    { name: 'mkcert script', program: 'mkcert', file: 'peer-mkcert.sh', args: [] },
  ]
  const [usable, missing] = [[], []]
  for (const peer of peers) {
    const script = join(PEERS, peer.file)
    const found = existsSync(script) && onPath('bash') && onPath(peer.program)
    if (found) usable.push({ name: peer.name, command: 'bash', args: [script, ...peer.args] })
    else missing.push(peer.name)
  }
  return { usable, missing }
}

/** Prints wall times and peak memory; returns nothing. */
export function benchStartup() {
  const { usable, missing } = peerScripts()
  const subjects = [
    { name: 'node -e 0', command: node, args: ['-e', '0'] },
    { name: 'pki --version', command: node, args: [PKI, '--version'], goal: 1.25 },
    { name: 'pki --help', command: node, args: [PKI, '--help'], goal: 1.25 },
    { name: 'pki issue client', command: node, args: issueClient, prepare: prepareAuthority, goal: 1.5 },
    { name: 'pki verify', command: node, args: verifyChain, prepare: prepareChain, goal: 1.5 },
    { name: 'pki quickstart --no-handshake', command: node, args: wholeJob, goal: 1.8 },
    ...usable,
  ]
  const times = wallTimes(subjects, ROUNDS)
  const base = median(times.get('node -e 0'))
  printTable(
    `Wall time, ${ROUNDS} interleaved rounds, milliseconds`,
    ['command', 'min', 'median', 'max', '× node -e 0', 'goal'],
    subjects.map(({ name, goal }) => {
      const values = times.get(name)
      const middle = median(values)
      const [low, high] = [values[0], values.at(-1)]
      return [name, low, middle, high]
        .map((v) => (typeof v === 'number' ? v.toFixed(1) : v))
        .concat((middle / base).toFixed(2), goal ? `≤ ${goal}` : '')
    }),
  )
  for (const name of missing) console.log(`not measured, not installed: ${name}`)

  const memoryBase = peakMemory({ name: 'node -e 0', args: ['-e', '0'] }, 5)
  const memoryIssue = peakMemory({ name: 'pki issue client', args: issueClient, prepare: prepareAuthority }, 5)
  printTable(
    'Peak resident memory, median of 5, MiB',
    ['command', 'MiB', '× node -e 0', 'goal'],
    [
      ['node -e 0', memoryBase.toFixed(1), '1.00', ''],
      ['pki issue client', memoryIssue.toFixed(1), (memoryIssue / memoryBase).toFixed(2), '≤ 1.3'],
    ],
  )
}
