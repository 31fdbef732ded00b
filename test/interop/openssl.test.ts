/** OpenSSL: `verify -x509_strict` on chains of two to four, `pkcs12`, and the readers of everything else. */

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { parsePem } from '../../src/der/pem.ts'
import { toHex } from '../der/hex.ts'
import { needs, program, run, runWell } from '../foreign-program.ts'
import { type Hierarchy, hierarchy, KEYS, PASSWORD } from './hierarchy.ts'
import { expectSecondOpinion } from './second-opinion.ts'

needs('openssl')('openssl', () => {
  const openssl = (...args: readonly string[]) => runWell(program('openssl'), args).stdout
  const opensslStatus = (...args: readonly string[]) => run(program('openssl'), args).status

  describe.each(KEYS)('%s', (key) => {
    let at: Hierarchy
    beforeAll(async () => {
      at = await hierarchy(key)
    })

    test.each([
      [2, 'direct', []],
      [3, 'client', ['ca1']],
      [4, 'deep', ['ca2', 'ca1']],
    ] as const)('verify -x509_strict takes a chain of %i', (_length, leaf, intermediates) => {
      const chain = intermediates.flatMap((name) => ['-untrusted', at(`${name}.crt`)])
      const verify = ['verify', '-x509_strict', '-CAfile', at('root.crt'), ...chain]
      expect(openssl(...verify, '-purpose', 'sslclient', at(`${leaf}.crt`))).toContain(': OK')
      // The same chain to another root, and for another purpose, is refused: the acceptance above means something.
      expect(opensslStatus('verify', '-CAfile', at('ca2.crt'), ...chain, at(`${leaf}.crt`))).not.toBe(0)
      expect(opensslStatus(...verify, '-purpose', 'sslserver', at(`${leaf}.crt`))).not.toBe(0)
    })

    test('verify takes the server by host name and by address', () => {
      const verify = ['verify', '-x509_strict', '-CAfile', at('root.crt'), '-untrusted', at('ca1.crt')]
      const server = [...verify, '-purpose', 'sslserver']
      expect(openssl(...server, '-verify_hostname', 'localhost', at('server.crt'))).toContain(': OK')
      expect(openssl(...server, '-verify_ip', '127.0.0.1', at('server.crt'))).toContain(': OK')
      expect(opensslStatus(...server, '-verify_hostname', 'other.test', at('server.crt'))).not.toBe(0)
    })

    test.each(['modern', 'legacy'])('pkcs12 opens a PFX of profile %s without -legacy', (profile) => {
      const pfx = at(`client.${profile}.pfx`)
      const pem = openssl('pkcs12', '-in', pfx, '-passin', `pass:${PASSWORD}`, '-nodes')
      const labels = parsePem(pem).map(({ label }) => label)
      expect(labels.toSorted()).toEqual(['CERTIFICATE', 'CERTIFICATE', 'PRIVATE KEY'])
      expect(pem).toContain('friendlyName: client')
      expect(pem.match(/localKeyID/g)).toHaveLength(2)
      const leaf = parsePem(openssl('pkcs12', '-in', pfx, '-passin', `pass:${PASSWORD}`, '-clcerts', '-nokeys'))
      expect(leaf.map(({ bytes }) => toHex(bytes))).toEqual([toHex(derOf(at('client.crt')))])
      expect(opensslStatus('pkcs12', '-in', pfx, '-passin', 'pass:wrong', '-nodes')).not.toBe(0)
    })

    test('pkcs12 opens a PFX of profile legacy-rc2 with -legacy, and not without', () => {
      const open = ['pkcs12', '-in', at('client.legacy-rc2.pfx'), '-passin', `pass:${PASSWORD}`, '-nodes']
      expect(parsePem(openssl(...open, '-legacy'))).toHaveLength(3)
      expect(opensslStatus(...open)).not.toBe(0)
    })

    test('the key in the PFX is the one of the certificate', () => {
      const publicKey = openssl('x509', '-in', at('client.crt'), '-noout', '-pubkey')
      const pem = openssl('pkcs12', '-in', at('client.modern.pfx'), '-passin', `pass:${PASSWORD}`, '-nodes', '-nocerts')
      expect(runWell(program('openssl'), ['pkey', '-pubout'], { input: pem }).stdout).toBe(publicKey)
      expect(openssl('pkey', '-in', at('client.key'), '-pubout')).toBe(publicKey)
    })

    test('pkey finds nothing wrong with the key', () => {
      expect(openssl('pkey', '-in', at('client.key'), '-check', '-noout')).toContain('Key is valid')
    })

    test('pkcs7 prints the certificates of the P7B: the leaf and all above it', () => {
      // A SET OF: DER sorts it, so there is no order to speak of.
      const expected = ['client', 'ca1', 'root'].map((name) => toHex(derOf(at(`${name}.crt`)))).sort()
      for (const [format, file] of [
        ['DER', 'client.p7b'],
        ['PEM', 'client.p7b.pem'],
      ] as const) {
        const printed = openssl('pkcs7', '-inform', format, '-in', at(file), '-print_certs')
        const certificates = parsePem(printed).map(({ bytes }) => toHex(bytes))
        expect(certificates.sort()).toEqual(expected)
      }
    })

    test('crl checks the signature of each CRL, and verify refuses who is on one', () => {
      for (const name of ['root', 'ca1', 'ca2']) {
        const crl = ['crl', '-in', at(`${name}.crl`), '-noout', '-CAfile', at(`${name}.crt`)]
        expect(run(program('openssl'), crl).output).toContain('verify OK')
      }
      const crls = ['root', 'ca1', 'ca2'].flatMap((name) => ['-CRLfile', at(`${name}.crl`)])
      const chain = ['ca1', 'ca2'].flatMap((name) => ['-untrusted', at(`${name}.crt`)])
      const verify = ['verify', '-x509_strict', '-crl_check_all', '-CAfile', at('root.crt'), ...chain, ...crls]
      expect(openssl(...verify, at('client.crt'))).toContain(': OK')
      expect(run(program('openssl'), [...verify, at('deep.crt')]).output).toContain('certificate revoked')
    })

    test('req checks the signature of a request', () => {
      expect(run(program('openssl'), ['req', '-in', at('client.csr'), '-verify', '-noout']).output).toMatch(
        /verif.* OK/,
      )
    })

    test('every certificate, request and CRL has a second opinion', async () => {
      for (const name of ['root', 'ca1', 'ca2', 'server', 'client', 'deep', 'direct']) {
        await expectSecondOpinion(derOf(at(`${name}.crt`)))
      }
      await expectSecondOpinion(derOf(at('client.csr')), 'request')
      for (const name of ['root', 'ca1', 'ca2']) await expectSecondOpinion(derOf(at(`${name}.crl`)), 'crl')
      expect(toHex(readFileSync(at('client.der')))).toBe(toHex(derOf(at('client.crt'))))
    })
  })
})

/** The first PEM block of a file. */
function derOf(path: string): Uint8Array {
  const [block] = parsePem(readFileSync(path, 'utf8'))
  if (block === undefined) throw new Error(`${path} holds no PEM block`)
  return block.bytes
}
