import { describe, expect, test } from 'vitest'
import { assembleCredential, belongsTo, findChain } from '../../src/container/credential-assembly.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import {
  certify,
  intermediate,
  intermediateCertificate,
  root,
  rootCertificate,
  testCredential,
} from '../export/test-credential.ts'
import { namedCertificate } from '../path/named-certificate.ts'
import { processorTime } from '../processor-time.ts'

const { certificate, privateKey } = testCredential('ec-p256')
const other = testCredential('ed25519')

describe('assembleCredential', () => {
  test('finds the certificate of the key and orders the chain', () => {
    const heap = [rootCertificate, other.certificate, intermediateCertificate, certificate]
    expect(assembleCredential(heap, privateKey)).toEqual({
      certificate,
      chain: [intermediateCertificate, rootCertificate],
      privateKey,
    })
  })
  test('without a key the first certificate it is', () => {
    expect(assembleCredential([intermediateCertificate, rootCertificate], undefined)).toEqual({
      certificate: intermediateCertificate,
      chain: [rootCertificate],
      privateKey: undefined,
    })
  })
  test('a key that fits nothing, and nothing at all', () => {
    const mismatch = expect.objectContaining({ code: 'input.mismatch' })
    expect(() => assembleCredential([certificate], other.privateKey)).toThrow(mismatch)
    expect(() => assembleCredential([], undefined)).toThrow(mismatch)
    expect(belongsTo(certificate, other.privateKey)).toBe(false)
  })
})

describe('findChain', () => {
  test('stops at a root, and where the issuer is missing', () => {
    expect(findChain(rootCertificate, [certificate, rootCertificate])).toEqual([])
    expect(findChain(certificate, [certificate, rootCertificate])).toEqual([])
  })
  test('thousands, each the issuer of the next, are ordered soon', () => {
    const name = (number: number) => `CN=${number}`
    const long = Array.from({ length: 3000 }, (_, i) => namedCertificate({ subject: name(i), issuer: name(i + 1) }))
    const [first, ...above] = long
    const spent = processorTime()
    expect(findChain(first as Certificate, long.toReversed())).toEqual(above)
    expect(spent()).toBeLessThan(3000)
  })
  test('two authorities that certify each other end', () => {
    const one = certify(root, intermediate, true)
    const two = certify(intermediate, root, true)
    expect(findChain(one, [one, two])).toEqual([two])
  })
})
