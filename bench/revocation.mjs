// Revocation at size: a store with 100,000 issued and 10,000 revoked certificates. The CRL is made by the whole command,
// `pki crl`; OCSP answers by a responder in a process of its own that has read the journal, first request to last.
//
// The journal is written here, in the format of src/store/journal.ts. The 100,000 certificates themselves need not be
// there: neither CRLs nor OCSP responses read any file but the issuer's.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, peakMemory, printTable, ratePerSecond, wallTimes } from './measure.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const PKI = join(here, '../bin/pki.js')
const ISSUED = 100_000
const REVOKED = 10_000
const ROUNDS = 5

/** A root, a CA, and what the journal would say after ten years of work. */
export function makeStore(folder) {
  const pki = (...args) => execFileSync(process.execPath, [PKI, ...args, '--dir', folder])
  pki('init', 'root')
  pki('issue', 'intermediate', 'ca1', '--from', 'root')
  pki('issue', 'ocsp-responder', 'responder', '--from', 'ca1')
  const journal = join(folder, 'journal.jsonl')
  const model = JSON.parse(readFileSync(journal, 'utf8').trim().split('\n').at(-1))
  const serials = Array.from({ length: ISSUED }, () => randomBytes(16).fill(0x40, 0, 1).toString('hex'))
  const lines = serials.map((serialNumber, i) => {
    const name = `client${i}`
    const fingerprint = randomBytes(32).toString('hex')
    return { ...model, profile: 'client', name, subject: `CN=${name}`, serialNumber, fingerprint }
  })
  const { issuerKeyHash, at, v } = model
  for (const { name, serialNumber, fingerprint } of lines.filter((_, i) => i % (ISSUED / REVOKED) === 0)) {
    const certificate = { name, fingerprint, issuer: 'ca1', issuerKeyHash, serialNumber }
    lines.push({ v, at, event: 'revoked', ...certificate, reason: 'keyCompromise', revocationDate: at, isCa: false })
  }
  appendFileSync(journal, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  return serials
}

/** Prints times, rates and peak memory, each with its goal. */
export async function benchRevocation() {
  const folder = mkdtempSync(join(tmpdir(), 'pki-bench-'))
  try {
    const store = join(folder, 'pki')
    const serials = makeStore(store)
    const crl = { name: 'pki crl', args: [PKI, 'crl', 'ca1', '--dir', store] }
    const times = wallTimes([{ ...crl, command: process.execPath }], ROUNDS)
    const responder = (signer) => {
      const args = [fileURLToPath(import.meta.url), store, signer, serials[0], serials[1]]
      const rates = Array.from({ length: ROUNDS }, () =>
        JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })),
      )
      return { rate: median(rates.map(({ rate }) => rate)), memory: peakMemory({ name: 'responder', args }, 1) }
    }
    const [own, delegate] = [responder('ca1'), responder('responder')]
    printTable(
      `Store with ${ISSUED} issued and ${REVOKED} revoked certificates, median of ${ROUNDS}`,
      ['', 'figure', 'goal', 'peak memory', 'goal'],
      [
        [
          'pki crl, whole command',
          `${median(times.get('pki crl')).toFixed(0)} ms`,
          '≤ 2000 ms',
          mib(peakMemory(crl, 3)),
          '≤ 300 MiB',
        ],
        ['OCSP, signed by the CA', `${own.rate.toFixed(0)}/s`, '≥ 2000/s', mib(own.memory), '≤ 300 MiB'],
        ['OCSP, signed by a delegate', `${delegate.rate.toFixed(0)}/s`, '≥ 2000/s', mib(delegate.memory), '≤ 300 MiB'],
      ],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const mib = (value) => `${value.toFixed(0)} MiB`

/** The process that answers: one revoked and one good certificate in turn, P-256, the journal looked at every time. */
async function answerRequests([folder, signerName, ...serials]) {
  const library = await import('../dist/index.js')
  const { createSigner, encodeCertId, encodeOcspRequest, parsePrivateKey, respondToOcsp, Revocations, Store } = library
  const store = new Store(folder)
  const issuer = store.readCertificate('ca1')
  const { certificate, keyFile } = store.read(signerName)
  const responder = { certificate, signer: createSigner(parsePrivateKey(keyFile.bytes, { source: keyFile.path })) }
  const requests = serials.map((serial) => {
    const certId = encodeCertId({ serialNumber: BigInt(`0x${serial}`) }, issuer)
    return encodeOcspRequest({ certIds: [certId], nonce: new Uint8Array(randomBytes(32)) })
  })
  const revocations = new Revocations(store, { withIssued: true })
  let next = 0
  const rate = ratePerSecond(() => {
    revocations.refresh()
    const producedAt = new Date()
    const lookup = revocations.ocspLookup(producedAt)
    respondToOcsp({ request: requests[next++ % 2], issuers: [issuer], responder, lookup, producedAt })
  }, 1)
  console.log(JSON.stringify({ rate }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await answerRequests(process.argv.slice(2))
