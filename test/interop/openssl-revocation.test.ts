/** OpenSSL as second opinion on revocation: CRLs of every kind, OCSP in both directions. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { needs, program, run, runWell } from '../foreign-program.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { pki } from './pki.ts'

needs('openssl')('openssl', () => {
  let folder = ''
  const at = (file: string) => join(folder, file)
  const certificate = (name: string) => at(`pki/certs/${name}.crt`)
  const make = (line: string) => pki(folder, ...line.split(' '))
  const openssl = (...args: readonly string[]) => runWell(program('openssl'), args, { cwd: folder }).output
  const refused = (...args: readonly string[]) => {
    const { status, output } = run(program('openssl'), args, { cwd: folder })
    expect(status).not.toBe(0)
    return output
  }

  /** `alice` and `web` below `ca1`, which revokes `alice`. */
  beforeEach(async () => {
    folder = folderOfTest('revocation')
    await make('init root')
    await make('issue intermediate ca1 --from root')
    await make('issue client alice --from ca1')
    await make('issue server web --from ca1 --dns localhost')
    await make('issue ocsp-responder responder --from ca1')
    await make('revoke alice --reason keyCompromise --invalidity-date -1d')
  })

  describe('CRLs', () => {
    const chain = ['-CAfile', 'pki/certs/root.crt', '-untrusted', 'pki/certs/ca1.crt']

    /** The CRLs of root and CA, with what is wrong with the CA's if anything is. */
    async function crls(options = ''): Promise<readonly string[]> {
      await make('crl root --out root.pem')
      await make(`crl ca1 --out ca1.pem ${options}`.trim())
      return ['verify', '-crl_check_all', ...chain, '-CRLfile', 'root.pem', '-CRLfile', 'ca1.pem']
    }

    test('crl -verify takes the signature and reads everything', async () => {
      await crls()
      const text = openssl('crl', '-in', 'ca1.pem', '-CAfile', certificate('ca1'), '-verify', '-noout', '-text')
      expect(text).toContain('verify OK')
      expect(text).toMatch(/CRL Number: *\n +1\n/)
      expect(text).toMatch(/Reason Code: *\n +Key Compromise/)
      expect(text).toContain('Invalidity Date')
      openssl('crl', '-inform', 'DER', '-in', 'pki/crl/ca1.crl', '-noout')
      expect(refused('crl', '-in', 'ca1.pem', '-CAfile', certificate('root'), '-verify', '-noout')).toMatch(
        /verify failure|unable to get|error/i,
      )
    })

    test('verify -crl_check_all takes what is good and refuses what is revoked', async () => {
      const verify = await crls()
      expect(openssl(...verify, certificate('web'))).toContain(': OK')
      expect(refused(...verify, certificate('alice'))).toContain('certificate revoked')
    })

    test('a revoked CA takes its certificates along', async () => {
      await make('revoke ca1 --reason cACompromise')
      const verify = await crls()
      expect(refused(...verify, certificate('web'))).toContain('certificate revoked')
    })

    test.each([
      ['expired', 'CRL has expired'],
      ['future', 'CRL is not yet valid'],
      ['wrong-issuer', 'unable to get certificate CRL'],
      ['bad-signature', 'CRL signature failure'],
      ['unknown-critical', 'unhandled critical CRL extension'],
    ])('refuses one with the fault %s: %s', async (fault, reason) => {
      const verify = await crls(`--fault ${fault}`)
      expect(refused(...verify, certificate('web'))).toContain(reason)
    })

    test('a certificateHold that was taken back no longer counts', async () => {
      await make('revoke web --reason certificateHold')
      expect(refused(...(await crls()), certificate('web'))).toContain('certificate revoked')
      await make('revoke web --undo')
      await make('crl ca1 --out after.pem')
      const again = ['verify', '-crl_check_all', ...chain, '-CRLfile', 'root.pem', '-CRLfile', 'after.pem']
      expect(openssl(...again, certificate('web'))).toContain(': OK')
    })

    test('verify -use_deltas puts a delta on top of its base', async () => {
      const verify = [...(await crls()), '-use_deltas', '-extended_crl']
      await make('revoke web --reason superseded')
      expect(openssl(...verify, certificate('web'))).toContain(': OK')
      await make('crl ca1 --delta --out delta.pem')
      expect(openssl('crl', '-in', 'delta.pem', '-noout', '-text')).toMatch(/Delta CRL Indicator: critical *\n +1\n/)
      // OpenSSL looks for a delta where the base says that there is one.
      await make('crl ca1 --freshest-crl http://localhost/delta.crl --out base.pem')
      await make('revoke responder --reason cessationOfOperation')
      await make('crl ca1 --delta --out newer.pem')
      const lists = ['root.pem', 'base.pem', 'newer.pem'].flatMap((file) => ['-CRLfile', file])
      const withDelta = ['verify', '-crl_check', '-use_deltas', '-extended_crl', ...chain, ...lists]
      expect(refused(...withDelta, certificate('responder'))).toContain('certificate revoked')
      expect(openssl('verify', '-crl_check', ...chain, ...lists.slice(0, 4), certificate('responder'))).toContain('OK')
    })

    test('verify -extended_crl takes an indirect CRL of the root', async () => {
      await make('crl root --indirect --out indirect.pem')
      const text = openssl('crl', '-in', 'indirect.pem', '-CAfile', certificate('root'), '-verify', '-noout', '-text')
      expect(text).toContain('Indirect CRL')
      expect(text).toMatch(/Certificate Issuer: critical *\n +DirName:.*CN ?= ?ca1/)
    })

    test('partitions are checked for what they cover', async () => {
      await crls()
      await make('crl ca1 --only ca --out only-ca.pem')
      await make('crl ca1 --only user --out only-user.pem')
      const verify = (file: string) => ['verify', '-crl_check', ...chain, '-CRLfile', file, certificate('web')]
      expect(openssl(...verify('only-user.pem'))).toContain(': OK')
      expect(refused(...verify('only-ca.pem'))).toMatch(/different CRL scope|unable to get certificate CRL/i)
    })
  })

  describe('OCSP', () => {
    const ask = (...names: readonly string[]) => names.flatMap((name) => ['-cert', `pki/certs/${name}.crt`])
    const trust = ['-CAfile', 'pki/certs/root.crt', '-verify_other', 'pki/certs/ca1.crt']

    test.each([
      ['the CA', '', 'sha1'],
      ['a delegate', '--signer responder', 'sha1'],
      ['a delegate by name', '--signer responder --responder-id name', 'sha256'],
    ])('takes the answer to its own request: %s signs', async (_, options, digest) => {
      const about = ['-issuer', 'pki/certs/ca1.crt', `-${digest}`, ...ask('web', 'alice')]
      openssl('ocsp', ...about, '-nonce', '-reqout', 'q.der')
      await make(`ocsp respond q.der --issuer ca1 --out r.der ${options}`.trim())
      // With the request at hand OpenSSL compares the nonces; told the certificates, it says how they stand.
      expect(openssl('ocsp', '-reqin', 'q.der', '-respin', 'r.der', ...trust)).toBe('Response verify OK\n')
      const output = openssl('ocsp', ...about, '-no_nonce', '-respin', 'r.der', ...trust)
      expect(output).toContain('Response verify OK')
      expect(output).toMatch(/web\.crt: good/)
      expect(output).toMatch(/alice\.crt: revoked[\s\S]*Reason: keyCompromise/)
      openssl('ocsp', ...about, '-nonce', '-reqout', 'other.der')
      expect(refused('ocsp', '-reqin', 'other.der', '-respin', 'r.der', ...trust)).toContain('Nonce Verify error')
    })

    test('says that it does not know a certificate of somebody else', async () => {
      openssl('ocsp', '-issuer', certificate('root'), ...ask('web'), '-reqout', 'q.der')
      await make('ocsp respond q.der --issuer ca1 --out r.der')
      expect(openssl('ocsp', '-respin', 'r.der', '-noverify', '-resp_text')).toContain('Cert Status: unknown')
    })

    test('refuses the answer of somebody who may not give it', async () => {
      openssl('ocsp', '-issuer', certificate('ca1'), ...ask('web'), '-reqout', 'q.der')
      await make('ocsp respond q.der --issuer ca1 --signer alice --unchecked --out r.der')
      expect(refused('ocsp', '-reqin', 'q.der', '-respin', 'r.der', ...trust)).toContain('missing ocspsigning usage')
    })

    test('reads our requests', async () => {
      await make('ocsp query web alice --issuer ca1 --nonce --digest sha256 --request-out q.der')
      const text = openssl('ocsp', '-reqin', 'q.der', '-req_text', '-noverify')
      expect(text.match(/Hash Algorithm: sha256/g)).toHaveLength(2)
      expect(text).toContain('OCSP Nonce')
    })

    test('answers our requests, and we take its answer', async () => {
      await make('ocsp query web --issuer ca1 --nonce --request-out q.der')
      const serial = openssl('x509', '-in', certificate('web'), '-noout', '-serial').trim().replace('serial=', '')
      writeFileSync(at('index.txt'), `V\t400101000000Z\t\t${serial}\tunknown\t/CN=web\n`)
      const signer = ['-rsigner', certificate('responder'), '-rkey', 'pki/private/responder.key']
      const index = ['-index', 'index.txt', '-CA', certificate('ca1')]
      openssl('ocsp', ...index, ...signer, '-reqin', 'q.der', '-respout', 'r.der', '-ndays', '1')
      const judged = JSON.parse(await make('ocsp query web --issuer ca1 --request q.der --response r.der --json'))
      expect(judged.certificates).toMatchObject([{ status: 'good', reliable: true }])
    })
  })
})
