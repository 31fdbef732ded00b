/** Java's CertPathValidator with revocation on, fetching OCSP responses and CRLs from `pki serve`. */

import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { needs, program, runBeside } from '../foreign-program.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'

needs('java')('java against pki serve', () => {
  let at: ServedHierarchy
  let server: PkiServer | undefined
  beforeAll(async () => {
    at = await servedHierarchy()
    server = await at.serve()
  })
  afterAll(async () => {
    await server?.stop()
    at?.remove()
  })

  /** A machine of its own each time: Java keeps CRLs for half a minute. */
  async function judge(name: string) {
    const source = join(import.meta.dirname, 'java', 'Revocation.java')
    const certificates = ['root', name, 'ca1'].map(at.certificate)
    const { stdout, output } = await runBeside(program('java'), ['-XX:TieredStopAtLevel=1', source, ...certificates])
    const [ocsp, crl] = stdout.trim().split(' ')
    return { ocsp, crl, output }
  }

  test('a fresh hierarchy, then a revoked certificate, then a revoked CA, then nobody there', async () => {
    expect(await judge('alice')).toMatchObject({ ocsp: 'ok', crl: 'ok' })

    await at.pki('issue', 'ocsp-responder', 'responder', '--from', 'ca1')
    await at.pki('revoke', 'alice', '--reason', 'keyCompromise')
    expect(await judge('alice')).toMatchObject({ ocsp: 'REVOKED', crl: 'REVOKED' })
    expect(await judge('web')).toMatchObject({ ocsp: 'ok', crl: 'ok' })

    await at.pki('revoke', 'ca1', '--reason', 'cACompromise')
    expect(await judge('web')).toMatchObject({ ocsp: 'REVOKED', crl: 'REVOKED' })

    await server?.stop()
    server = undefined
    const unknown = 'UNDETERMINED_REVOCATION_STATUS'
    expect(await judge('web')).toMatchObject({ ocsp: unknown, crl: unknown })
  }, 90_000)
})
