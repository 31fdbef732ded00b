// What 100,000 different certificates leave behind: node --expose-gc authentication-memory.mjs <folder>. They differ in
// one field of one certificate, so that their signatures are wrong: every one is parsed, validated, rejected and cached.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CertificateAuthenticationHandler,
  ClientCertificate,
  MemoryValidationCache,
  readCertificateFile,
} from '../dist/authentication.js'

const CERTIFICATES = 100_000

const [folder] = process.argv.slice(2)
const at = (name) => join(folder, name)
const clock = () => new Date()
const cache = new MemoryValidationCache({ clock })
const handler = new CertificateAuthenticationHandler({
  clock,
  cache,
  chainTrustValidationMode: 'CustomRootTrust',
  customTrustStore: await readCertificateFile(at('root.crt')),
  additionalChainCertificates: await readCertificateFile(at('intermediate.crt')),
  revocationMode: 'NoCheck',
})
const der = readFileSync(at('client.der'))
const serial = ClientCertificate.parse(der).certificate.serialOctets
const offset = serial.byteOffset - der.byteOffset

const heap = () => {
  globalThis.gc()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return (heapUsed + external + arrayBuffers) / 1024 / 1024
}
const authenticate = async (number) => {
  const bytes = Buffer.from(der)
  bytes.writeUInt32BE(number, offset + serial.length - 4)
  const certificate = ClientCertificate.parse(bytes)
  const { outcome } = await handler.authenticate({}, { isHttps: true, clientCertificate: () => certificate })
  if (outcome !== 'failure') throw new Error(outcome)
}

for (let i = 0; i < 2000; i++) await authenticate(i)
const full = heap()
const start = process.hrtime.bigint()
for (let i = 2000; i < CERTIFICATES; i++) await authenticate(i)
const seconds = Number(process.hrtime.bigint() - start) / 1e9
const end = heap()
console.log(JSON.stringify({ full, end, entries: cache.count, perSecond: (CERTIFICATES - 2000) / seconds }))
