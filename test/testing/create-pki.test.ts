import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type DefectId, type FindingCode, listDefects, RFC5280_STRICT, verifyCertificate } from '../../src/index.ts'
import { createPki } from '../../src/testing/create-pki.ts'
import type { WhoAmI } from '../../src/testing/mutual-tls-server.ts'
import type { TestCredential } from '../../src/testing/test-credential.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { folderOfTest } from '../temporary-folder.ts'

const NOW = new Date('2026-11-21T12:00:00Z')

const subjectOf = ({ certificate }: TestCredential) => formatName(certificate.subject)
const namesOf = ({ certificate }: TestCredential) => certificate.decoded.subjectAltName?.map(formatGeneralName)

describe('what is made', () => {
  const pki = createPki({ now: NOW })

  it.each<[string, TestCredential]>([
    ['a server', pki.server()],
    ['a client', pki.client('alice')],
    ['another profile', pki.issue('ocsp-responder', 'ocsp')],
    ['below another CA', pki.client('bob', { from: pki.intermediate('ca2', { from: pki.root() }) })],
    ['below the root', pki.client('carol', { from: pki.root() })],
    ['of another key', pki.client('dave', { key: 'ed25519' })],
  ])('%s is valid to the strictest', (_, credential) => {
    const trustAnchors = [pki.root().certificate]
    const verdict = verifyCertificate(credential.certificate, {
      trustAnchors,
      at: NOW,
      untrusted: credential.chain,
      rules: RFC5280_STRICT,
    })
    expect(verdict.findings).toEqual([])
    expect(verdict.valid).toBe(true)
    expect(credential.problems).toEqual([])
  })

  it('is the same for the same name', () => {
    expect(pki.client('alice')).toBe(pki.client('alice'))
    expect(pki.root()).toBe(pki.root())
    expect(pki.client('alice').chain).toEqual([pki.intermediate().certificate, pki.root().certificate])
  })

  it('is new with options, and then goes by that name', () => {
    const first = pki.client('eve')
    const second = pki.client('eve', { notAfter: '1h' })
    expect(second).not.toBe(first)
    expect(second.certificate.notAfter.date).toEqual(new Date('2026-11-21T13:00:00Z'))
    expect(pki.client('eve')).toBe(second)
  })

  it('has the names that its own name gives, or those that were asked for', () => {
    expect(namesOf(pki.server())).toEqual(['DNS:localhost', 'IP:127.0.0.1', 'IP:::1'])
    expect(namesOf(pki.server('web.test'))).toEqual(['DNS:web.test'])
    expect(namesOf(pki.server('api', { names: ['api.test', '10.0.0.1'] }))).toEqual(['DNS:api.test', 'IP:10.0.0.1'])
    expect(subjectOf(pki.client('alice'))).toBe('CN=alice')
  })

  it('takes the kind of key that was chosen for all', () => {
    const all = createPki({ now: NOW, key: 'ec-p384' })
    for (const { privateKey } of [all.client(), all.intermediate(), all.root()]) {
      expect(privateKey.publicKey.facts).toEqual({ type: 'ec', curve: 'secp384r1' })
    }
  })

  it('two pkis have nothing in common', () => {
    const other = createPki({ now: NOW })
    expect(other.root().certificate.serialNumber).not.toBe(pki.root().certificate.serialNumber)
    const verdict = verifyCertificate(other.client().certificate, {
      trustAnchors: [pki.root().certificate],
      at: NOW,
      untrusted: other.client().chain,
    })
    expect(verdict.valid).toBe(false)
  })

  it.each<[string, () => unknown, string]>([
    ['a name that a server has', () => pki.client('localhost'), 'usage.name'],
    ['an unknown profile', () => pki.issue('toaster', 'a'), 'usage.profile'],
    [
      'an intermediate that may not issue another',
      () => pki.intermediate('b', { from: pki.intermediate() }),
      'refused.issuer',
    ],
  ])('refuses %s', (_, make, code) => {
    expect(make).toThrowError(expect.objectContaining({ code }))
  })

  it('makes also what it would refuse, unchecked, and says what is wrong', () => {
    const { problems } = pki.intermediate('c', { from: pki.intermediate(), unchecked: true })
    expect(problems.map(({ level }) => level)).toContain('refused')
  })
})

describe('the PEM texts', () => {
  const { cert, key, ca, caBundle } = createPki({ now: NOW }).client('alice')
  const certificates = (pem: string) =>
    (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (one) => new X509Certificate(one).subject,
    )

  it('are the chain without the root, the root, and both authorities', () => {
    expect(certificates(cert)).toEqual(['CN=alice', 'CN=intermediate'])
    expect(certificates(ca)).toEqual(['CN=root'])
    expect(certificates(caBundle)).toEqual(['CN=intermediate', 'CN=root'])
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/)
  })
})

describe('a seed', () => {
  const make = (seed: string) => {
    const pki = createPki({ now: NOW, seed })
    return [pki.server(), pki.client('alice')].map(({ cert, key, ca }) => cert + key + ca).join('') + pki.crl().pem
  }

  it('gives the same texts', () => {
    expect(make('a')).toBe(make('a'))
    expect(make('b')).not.toBe(make('a'))
  })

  it('gives the same certificate whatever is made before it', () => {
    const pki = createPki({ now: NOW, seed: 'a' })
    pki.client('bob')
    expect(pki.client('alice').cert).toBe(createPki({ now: NOW, seed: 'a' }).client('alice').cert)
  })
})

describe('handshakes', () => {
  const pki = createPki()

  it('fetch shows the client, and the server asks for it', async () => {
    await using server = await pki.serve()
    const answer = await fetch(server.url, pki.client('alice').fetchOptions())
    expect(await answer.json()).toEqual({ authorized: true, client: 'alice' } satisfies WhoAmI)
    const byDefault = await fetch(server.url, pki.fetchOptions())
    expect(await byDefault.json()).toEqual({ authorized: true, client: 'client' } satisfies WhoAmI)
  })

  it('refuses a client of another pki, one without a certificate, and one with that of a server', async () => {
    await using server = await pki.serve()
    const stranger = createPki().client('alice')
    const foreign = { ...stranger.tlsOptions(), ca: pki.root().ca }
    expect(await outcome(server.port, foreign)).not.toBe('welcome')
    expect(await outcome(server.port, { ca: pki.root().ca })).not.toBe('welcome')
    expect(await outcome(server.port, pki.server().tlsOptions())).not.toBe('welcome')
    expect(await outcome(server.port, pki.client().tlsOptions())).toBe('welcome')
  })

  it('a client refuses a server of another pki', async () => {
    await using server = await createPki().serve()
    await expect(fetch(server.url, pki.fetchOptions())).rejects.toThrow()
  })

  it('agent() does for node:https what fetchOptions() does for fetch, with a handler of its own', async () => {
    await using server = await pki.serve((_, response) => response.end('mine'))
    const body = await new Promise<string>((resolve, reject) => {
      request(server.url, { agent: pki.agent() }, (response) => {
        response.setEncoding('utf8').once('data', resolve)
      })
        .once('error', reject)
        .end()
    })
    expect(body).toBe('mine')
  })

  it('a server may let clients in without a certificate', async () => {
    await using server = await pki.serve(undefined, { tls: { requestCert: false, rejectUnauthorized: false } })
    expect(await outcome(server.port, { ca: pki.root().ca })).toBe('welcome')
  })

  it('a revoked client is refused by its CRL, another one is not', async () => {
    const [alice, bob] = [pki.client('revoked'), pki.client('not-revoked')]
    pki.revoke(alice, 'keyCompromise')
    const crl = [pki.crl().pem, pki.crl(pki.root()).pem]
    await using server = await pki.serve(undefined, { tls: { crl } })
    expect(await outcome(server.port, bob.tlsOptions())).toBe('welcome')
    expect(await outcome(server.port, alice.tlsOptions())).not.toBe('welcome')
  })

  it('a closed server leaves its port', async () => {
    const server = await pki.serve()
    await (await fetch(server.url, pki.fetchOptions())).text()
    await server.close()
    await expect(fetch(server.url, pki.fetchOptions())).rejects.toThrow()
  })

  it('the options are good for node:tls', async () => {
    const server = createServer(pki.tlsOptions(), (socket) => socket.end(String(socket.authorized)))
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const { port } = server.address() as { readonly port: number }
    const socket: TLSSocket = connect({ port, host: 'localhost', ...pki.client().tlsOptions() })
    const text = await new Promise((resolve) => socket.setEncoding('utf8').once('data', resolve))
    expect(text).toBe('true')
    server.close()
  })
})

/** `welcome` if the server answered a request, otherwise why not. */
async function outcome(port: number, options: object): Promise<string> {
  return new Promise((resolve) => {
    request({ host: 'localhost', port, agent: false, ...options }, (response) => {
      response.resume().once('end', () => resolve('welcome'))
    })
      .once('error', ({ message }) => resolve(message))
      .end()
  })
}

/** The ids of defects that are one certificate's, and the profile that they take. */
function singleDefects(): readonly (readonly [id: DefectId, profile: string | undefined])[] {
  const profiles = { target: undefined, authority: 'intermediate', upper: 'intermediate', root: 'root' }
  return listDefects().flatMap(({ id, certificates = {}, presented, crls }) => {
    const [place, ...others] = Object.keys(certificates) as (keyof typeof profiles)[]
    const isSingle = place !== undefined && others.length === 0 && presented === undefined && crls === undefined
    return isSingle ? [[id as DefectId, profiles[place]] as const] : []
  })
}

describe('defect', () => {
  const pki = createPki({ now: NOW })
  const rsa = createPki({ now: NOW, key: 'rsa-2048' })
  const findingsOf = ({ certificate, chain }: TestCredential) => {
    const trustAnchors = [pki.root().certificate]
    const identity = { type: 'dns', value: 'localhost' } as const
    const options = { trustAnchors, at: NOW, untrusted: chain, identity, purpose: KEY_PURPOSE.serverAuth }
    return verifyCertificate(certificate, options).findings.map(({ code }) => code)
  }

  it.each<{ readonly defects: DefectId | readonly DefectId[]; readonly codes: readonly FindingCode[] }>([
    { defects: 'expired', codes: ['validity.expired'] },
    { defects: 'not-yet-valid', codes: ['validity.not-yet-valid'] },
    { defects: ['expired', 'no-san'], codes: ['validity.expired', 'identity.mismatch'] },
  ])('$defects is found, and nothing else', ({ defects, codes }) => {
    expect(findingsOf(pki.defect(defects))).toEqual(codes)
  })

  it.each(singleDefects())('%s can be asked for', (id, profile) => {
    const { certificate } = (id === 'md5-signature' ? rsa : pki).defect(
      id,
      profile === undefined ? {} : { profile, unchecked: true },
    )
    expect(certificate.encoded.length).toBeGreaterThan(0)
  })

  it('is the same for the same defect, and has a name of its own if it is given one', () => {
    expect(pki.defect('expired')).toBe(pki.defect('expired'))
    expect(subjectOf(pki.defect('expired', { name: 'old' }))).toBe('CN=old')
  })

  it('of an authority spoils what it issues', () => {
    const authority = pki.defect('authority-expired', { profile: 'intermediate' })
    const server = pki.server('below', { from: authority, unchecked: true, names: ['localhost'] })
    expect(findingsOf(server)).toContain('validity.expired')
  })

  it.each<[string, () => unknown]>([
    ['a defect of authorities on a server', () => pki.defect('authority-expired', { name: 'misplaced' })],
    ['a digest that goes with RSA only', () => pki.defect('md5-signature')],
    ['two that contradict each other', () => pki.defect(['expired', 'not-yet-valid'])],
    // @ts-expect-error: the ids are a union of texts, and this is none of them
    ['an id that is none', () => pki.defect('expird')],
  ])('refuses %s', (_, make) => {
    expect(make).toThrowError(expect.objectContaining({ code: 'usage.option' }))
  })

  it('is refused by fetch', async () => {
    const now = createPki()
    await using server = await now.serve(undefined, { server: now.defect('expired') })
    await expect(fetch(server.url, now.fetchOptions())).rejects.toMatchObject({ cause: { code: 'CERT_HAS_EXPIRED' } })
  })
})

describe('writeTo', () => {
  const pki = createPki({ now: NOW })
  pki.server('*.web.test')
  pki.client('alice')

  it('writes what was made, keys for their owner alone', () => {
    const folder = join(folderOfTest(), 'certificates')
    const paths = pki.writeTo(folder)
    expect(readdirSync(folder).sort()).toEqual(
      ['_.web.test', 'alice', 'intermediate', 'root']
        .flatMap((name) => [`${name}.crt`, `${name}.key`])
        .concat('ca.crt')
        .sort(),
    )
    expect(paths).toHaveLength(9)
    expect(readFileSync(join(folder, 'alice.crt'), 'utf8')).toBe(pki.client('alice').cert)
    expect(readFileSync(join(folder, 'ca.crt'), 'utf8')).toBe(pki.root().ca)
    if (process.platform !== 'win32') expect(statSync(join(folder, 'alice.key')).mode & 0o777).toBe(0o600)
  })

  it('replaces nothing', () => {
    const folder = folderOfTest()
    pki.writeTo(folder)
    expect(() => pki.writeTo(folder)).toThrowError(expect.objectContaining({ code: 'refused.exists' }))
  })
})
