/** NSS, the library of Firefox: `pk12util` reads and imports our PFX files, `certutil -V` validates what came in. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs, program, run, runWell } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { BRAINPOOL, type Exceptions, exceptionFor, expectAccepted } from './exceptions.ts'
import { type Hierarchy, hierarchy, KEYS, PASSWORD } from './hierarchy.ts'

const IMPORT_EXCEPTIONS: Exceptions = exceptionFor(['ed25519', 'ed448'], {
  words: /SEC_ERROR_PKCS12_UNABLE_TO_IMPORT_KEY|SEC_ERROR_ADDING_CERT|SEC_ERROR_UNSUPPORTED_KEYALG/,
  reason: 'NSS has no EdDSA certificates (3.87)',
})

const VERIFY_EXCEPTIONS: Exceptions = {
  ...exceptionFor(['ec-secp256k1', ...BRAINPOOL], {
    words: /invalid signature|signature algorithm that is disabled/,
    reason: 'NSS implements the NIST curves and Curve25519 only (3.87)',
  }),
  ...exceptionFor(['ed25519', 'ed448'], {
    words: /could not find certificate/,
    reason: 'it was not imported, see above',
  }),
}

needs('pk12util', 'certutil')('nss', () => {
  describe.each(KEYS)('%s', (key) => {
    let at: Hierarchy
    let folder: string
    let database: readonly string[]
    const certutil = (...args: readonly string[]) => run(program('certutil'), [...args, ...database])
    const pk12util = (...args: readonly string[]) => run(program('pk12util'), [...args, ...database])

    beforeAll(async () => {
      at = await hierarchy(key)
      folder = folderOfSuite('nss')
      database = ['-d', `sql:${folder}`]
      runWell(program('certutil'), ['-N', '--empty-password', ...database])
    })
    afterAll(() => removeFolder(folder))

    test.each(['modern', 'legacy', 'legacy-rc2'])('pk12util -l lists a PFX of profile %s', (profile) => {
      const { status, output } = pk12util('-l', at(`client.${profile}.pfx`), '-W', PASSWORD)
      expect(status).toBe(0)
      expect(output).toContain('Friendly Name: client')
      expect(output.match(/^Certificate/gm)).toHaveLength(2)
      expect(pk12util('-l', at(`client.${profile}.pfx`), '-W', 'wrong').status).not.toBe(0)
    })

    test('pk12util -i imports client and server', () => {
      for (const file of ['client.modern.pfx', 'server.legacy.pfx']) {
        const { status, output } = pk12util('-i', at(file), '-W', PASSWORD)
        expectAccepted(IMPORT_EXCEPTIONS, key, { accepted: status === 0, said: output })
      }
      if (key in IMPORT_EXCEPTIONS) return
      const keys = certutil('-K').output
      expect(keys).toContain('client')
      expect(keys).toContain('server')
    })

    test('certutil -V: the client as client, the server as server, neither as the other', () => {
      // C: trusted to issue server certificates; T: client certificates.
      if (!(key in IMPORT_EXCEPTIONS)) {
        for (const [name, trust] of [
          ['root', 'CT,,'],
          ['ca1', ',,'],
        ] as const) {
          expect(certutil('-A', '-n', name, '-t', trust, '-i', at(`${name}.crt`))).toMatchObject({ status: 0 })
        }
      }
      // -e checks the signatures too.
      const verify = (name: string, usage: 'C' | 'V') => certutil('-V', '-e', '-n', name, '-u', usage)
      for (const [name, usage] of [
        ['client', 'C'],
        ['server', 'V'],
      ] as const) {
        const { status, output } = verify(name, usage)
        expectAccepted(VERIFY_EXCEPTIONS, key, { accepted: status === 0, said: output })
      }
      expect(verify('client', 'V').status).not.toBe(0)
      expect(verify('server', 'C').status).not.toBe(0)
    })
  })
})
