// Paths judged per second on one core: leaf, intermediate, root, all P-256, the leaf parsed each time. Two ECDSA
// checks a path are the floor: beside it stands what `node:crypto` does on the same bytes in the same run.

import { execFileSync, spawnSync } from 'node:child_process'
import { createPublicKey, verify, webcrypto } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IssuerPool, parseCertificate, SignatureMemory, TrustStore, verifyCertificate } from '../dist/index.js'
import { median, printTable, ratePerSecond } from './measure.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const GO_PEER = process.env.PKI_BENCH_PEERS ?? join(here, '../../shared/bench')
const ROUNDS = 9

/** DER of a P-256 leaf, intermediate and root, made by `pki` itself. */
function makeChain(folder) {
  const pki = (...args) => execFileSync(process.execPath, [join(here, '../bin/pki.js'), ...args, '--dir', folder])
  pki('init', 'root')
  pki('issue', 'intermediate', 'ca1', '--from', 'root')
  pki('issue', 'client', 'alice', '--from', 'ca1')
  const der = (name) => {
    const pem = readFileSync(join(folder, 'certs', `${name}.crt`), 'utf8')
    return new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'))
  }
  return { leaf: der('alice'), intermediate: der('ca1'), root: der('root') }
}

function signatureFloor({ leaf, intermediate, root }) {
  const checks = [
    [leaf, intermediate],
    [intermediate, root],
  ].map(([child, issuer]) => {
    const { tbs, signature } = parseCertificate(child)
    const key = createPublicKey({ key: parseCertificate(issuer).publicKey.encoded, format: 'der', type: 'spki' })
    return () => verify('sha256', tbs, key, signature.bytes)
  })
  return () => {
    for (const check of checks) if (!check()) throw new Error('the chain to measure with is not valid')
  }
}

function ours(chain, { parseAll = false, memory = false } = {}) {
  const at = new Date()
  const options = {
    at,
    purpose: '1.3.6.1.5.5.7.3.2',
    trustAnchors: new TrustStore([parseCertificate(chain.root)]),
    untrusted: new IssuerPool([parseCertificate(chain.intermediate)]),
    ...(memory ? { signatureMemory: new SignatureMemory() } : {}),
  }
  return () => {
    const fresh = parseAll
      ? {
          ...options,
          trustAnchors: new TrustStore([parseCertificate(chain.root)]),
          untrusted: new IssuerPool([parseCertificate(chain.intermediate)]),
        }
      : options
    if (!verifyCertificate(parseCertificate(chain.leaf), fresh).valid) throw new Error('judged invalid')
  }
}

/** pkijs works in promises, so it has a loop of its own. */
async function pkijsRate(chain, seconds = 2) {
  const pkijs = await import('pkijs')
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }))
  const parse = (der) => pkijs.Certificate.fromBER(der)
  const [root, intermediate] = [parse(chain.root), parse(chain.intermediate)]
  const once = async () => {
    const engine = new pkijs.CertificateChainValidationEngine({
      trustedCerts: [root],
      certs: [intermediate, parse(chain.leaf)],
      checkDate: new Date(),
    })
    const { result, resultMessage } = await engine.verify()
    if (!result) throw new Error(`pkijs: ${resultMessage}`)
  }
  for (let i = 0; i < 20; i++) await once()
  const start = process.hrtime.bigint()
  let count = 0
  let elapsed = 0
  do {
    await once()
    count++
    elapsed = Number(process.hrtime.bigint() - start) / 1e9
  } while (elapsed < seconds)
  return count / elapsed
}

/** Go's crypto/x509 on the same machine; undefined where `go` or its source file is not there. */
function goVerifier(folder) {
  const source = join(GO_PEER, 'go-peer/main.go')
  if (spawnSync('go', ['version']).error !== undefined || !existsSync(source)) return undefined
  copyFileSync(source, join(folder, 'main.go'))
  const built = spawnSync('go', ['build', '-o', 'peer', 'main.go'], {
    cwd: folder,
    env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '' },
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(`go build: ${built.stderr}`)
  return () => {
    const output = execFileSync(join(folder, 'peer'), ['3000'], { encoding: 'utf8' })
    return Number(/go verify 1 core: (\d+)/.exec(output)?.[1])
  }
}

/** Prints paths per second, ours beside the floor and the peers. */
export async function benchEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'pki-bench-'))
  try {
    const chain = makeChain(join(folder, 'pki'))
    const subjects = {
      'node:crypto, the two signatures alone': () => ratePerSecond(signatureFloor(chain), 1),
      'pki, leaf parsed each time': () => ratePerSecond(ours(chain), 1),
      'pki, all three parsed each time': () => ratePerSecond(ours(chain, { parseAll: true }), 1),
      'pki, with memory of issuer signatures': () => ratePerSecond(ours(chain, { memory: true }), 1),
      'pkijs 4, leaf parsed each time': () => pkijsRate(chain, 1),
    }
    const go = goVerifier(folder)
    if (go === undefined) console.log('not measured, not installed: go')
    else subjects['Go crypto/x509, leaf parsed each time'] = go

    const rates = new Map(Object.keys(subjects).map((name) => [name, []]))
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, measure] of Object.entries(subjects)) rates.get(name).push(await measure())
    }
    report(rates)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(rates) {
  const floor = median(rates.get('node:crypto, the two signatures alone'))
  const goMedian = rates.get('Go crypto/x509, leaf parsed each time')
  const go = goMedian && median(goMedian)
  const goals = {
    'pki, leaf parsed each time': '≥ 0.90 × floor',
    'pki, with memory of issuer signatures': '≥ 1.5 × Go',
  }
  printTable(
    `Paths per second on one core, median of ${ROUNDS} interleaved rounds`,
    ['', 'paths/s', '× floor', '× Go', 'goal'],
    [...rates].map(([name, values]) => {
      const rate = median(values)
      return [name, rate.toFixed(0), (rate / floor).toFixed(2), go ? (rate / go).toFixed(2) : '–', goals[name] ?? '']
    }),
  )
}
