/** GnuTLS: `certtool --verify`, `--certificate-info` and `--p12-info`. */

import { beforeAll, describe, expect, test } from 'vitest'
import { needs, program, run } from '../foreign-program.ts'
import { BRAINPOOL, type Exceptions, exceptionFor, expectAccepted } from './exceptions.ts'
import { type Hierarchy, hierarchy, KEYS, PASSWORD } from './hierarchy.ts'

const VERIFY_EXCEPTIONS: Exceptions = exceptionFor(['ec-secp256k1', ...BRAINPOOL], {
  words: /Not verified\. The certificate is NOT trusted/,
  reason: 'GnuTLS implements the NIST and Edwards curves only (3.7.9)',
})

const CRL_EXCEPTIONS: Exceptions = exceptionFor(['ec-secp256k1', ...BRAINPOOL], {
  words: /The curve is unsupported/,
  reason: 'as above, here with the reason',
})

needs('certtool')('gnutls', () => {
  const certtool = (...args: readonly string[]) => run(program('certtool'), args)

  describe.each(KEYS)('%s', (key) => {
    let at: Hierarchy
    beforeAll(async () => {
      at = await hierarchy(key)
    })

    test.each([
      [2, 'direct'],
      [3, 'client'],
      [4, 'deep'],
    ])('certtool --verify takes a chain of %i', (_length, name) => {
      const verify = (root: string) =>
        certtool('--verify', '--load-ca-certificate', at(root), '--infile', at(`${name}-fullchain.pem`))
      const { status, output } = verify('root.crt')
      const accepted = status === 0 && output.includes('Verified. The certificate is trusted')
      expectAccepted(VERIFY_EXCEPTIONS, key, { accepted, said: output })
      expect(verify('server.crt').output).toContain('NOT trusted')
    })

    test('certtool --verify takes the server by its purpose and host name, and no other', () => {
      const verify = (purpose: string, host: string) =>
        certtool(
          ...['--verify', '--load-ca-certificate', at('root.crt'), '--infile', at('server-fullchain.pem')],
          ...['--verify-purpose', purpose, '--verify-hostname', host],
        )
      const { status, output } = verify('1.3.6.1.5.5.7.3.1', 'localhost')
      expectAccepted(VERIFY_EXCEPTIONS, key, { accepted: status === 0, said: output })
      expect(verify('1.3.6.1.5.5.7.3.2', 'localhost').status).not.toBe(0)
      expect(verify('1.3.6.1.5.5.7.3.1', 'other.test').status).not.toBe(0)
    })

    test('certtool --verify-crl checks the signature of each CRL', () => {
      for (const name of ['root', 'ca1', 'ca2']) {
        const files = ['--load-ca-certificate', at(`${name}.crt`), '--infile', at(`${name}.crl`)]
        const { status, output } = certtool('--verify-crl', ...files)
        expectAccepted(CRL_EXCEPTIONS, key, { accepted: status === 0 && /\bVerified\b/.test(output), said: output })
      }
      expect(certtool('--crl-info', '--infile', at('ca2.crl')).output).toContain('Revoked certificates (1)')
    })

    test('certtool --certificate-info reads every certificate', () => {
      for (const name of ['root', 'ca1', 'ca2', 'server', 'client', 'deep', 'direct']) {
        const { status, output } = certtool('--certificate-info', '--infile', at(`${name}.crt`))
        expect({ name, status, version: /Version: (\d)/.exec(output)?.[1] }).toEqual({ name, status: 0, version: '3' })
      }
    })

    test.each([
      ['modern', 'AES-256-CBC', 'SHA256'],
      ['legacy', '3DES-CBC', 'SHA1'],
      ['legacy-rc2', 'RC2-40', 'SHA1'],
    ])('certtool --p12-info opens a PFX of profile %s: %s, MAC %s', (profile, cipher, mac) => {
      const info = (password: string) =>
        certtool('--p12-info', '--inder', '--infile', at(`client.${profile}.pfx`), '--password', password)
      const { status, output } = info(PASSWORD)
      expect(status).toBe(0)
      expect(output).toContain(`MAC: ${mac} `)
      expect(output).toContain(`Cipher: ${cipher}`)
      expect(output).toMatch(/Salt size: 8\b/)
      expect(output).toMatch(/Iteration count: 2048\b/)
      expect(output.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
      expect(output).toContain('Friendly name: client')
      expect(info('wrong').status).not.toBe(0)
    })
  })
})
