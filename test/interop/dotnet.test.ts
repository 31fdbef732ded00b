/** .NET: `dotnet/Program.cs` loads every PFX, builds chains with CustomRootTrust, and runs mutual TLS. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyAlgorithmName } from '../../src/keys/keys.ts'
import { needs } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { type Answer, buildConsumer } from './dotnet-consumer.ts'
import { BRAINPOOL, type Exceptions, exceptionFor, expectAccepted } from './exceptions.ts'
import { hierarchy, KEYS, PASSWORD, PFX_PROFILES } from './hierarchy.ts'

const LOAD_EXCEPTIONS: Exceptions = exceptionFor(['ed25519', 'ed448'], {
  words: /The algorithm identified by '1\.3\.101\.11[23]' is unknown/,
  reason: '.NET has no EdDSA keys (10.0)',
})

const HANDSHAKE_EXCEPTIONS: Exceptions = {
  ...LOAD_EXCEPTIONS,
  ...exceptionFor(['ec-secp256k1', ...BRAINPOOL], {
    words: /no shared cipher/,
    reason: 'TLS has no signature schemes for these curves, or has them switched off (OpenSSL 3.0)',
  }),
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

needs('dotnet')('dotnet', () => {
  const answers = new Map<string, Answer>()
  let folder: string

  beforeAll(async () => {
    folder = folderOfSuite('dotnet')
    const cases = await Promise.all(KEYS.map(casesOf))
    const ask = buildConsumer(folder)
    for (const answer of await ask([...cases.flat(), ...(await rejected())])) answers.set(answer.id, answer)
  }, 240_000)
  afterAll(() => removeFolder(folder))

  describe.each(KEYS)('%s', (key) => {
    test.each(PFX_PROFILES)('a PFX of profile %s loads with its key', async (profile) => {
      const answer = answers.get(`${key} load ${profile}`) as Answer
      expectAccepted(LOAD_EXCEPTIONS, key, { accepted: answer.error === undefined, said: answer.error ?? '' })
      if (answer.error !== undefined) return
      expect(answer).toMatchObject({
        thumbprint: createHash('sha256')
          .update(readFileSync((await hierarchy(key))('client.der')))
          .digest('hex'),
        hasPrivateKey: true,
        signs: true,
        sameByConstructor: true,
        certificates: 2,
        privateKeys: 1,
      })
    })

    test('X509Chain with CustomRootTrust builds chains of two, three and four', () => {
      for (const [name, length] of [
        ['direct', 2],
        ['client', 3],
        ['deep', 4],
      ] as const) {
        const answer = answers.get(`${key} chain ${name}`) as Answer & { elements: readonly { status: unknown[] }[] }
        expect(answer).toMatchObject({ valid: true, status: [] })
        expect(answer.elements.map(({ status }) => status)).toEqual(Array.from({ length }, () => []))
      }
    })

    test('SslStream: both sides authenticated', () => {
      const answer = answers.get(`${key} handshake`) as Answer
      const said = `${answer.error ?? ''} ${String(answer.clientError)} ${String(answer.serverError)}`
      expectAccepted(HANDSHAKE_EXCEPTIONS, key, { accepted: answer.ok === true, said })
    })
  })

  test.each([
    ['no certificate', /RemoteCertificateNotAvailable/],
    ['a foreign certificate', /PartialChain|UntrustedRoot/],
    ['a server certificate', /NotValidForUsage/],
  ])('a client with %s is refused', (id, reason) => {
    expect(answers.get(id)).toMatchObject({ ok: false, serverError: expect.stringMatching(reason) })
  })

  test('the wrong purpose and a time after the end show in the status of the chain', () => {
    expect(answers.get('wrong purpose')).toMatchObject({ valid: false, status: ['NotValidForUsage'] })
    expect(answers.get('too late')).toMatchObject({ valid: false, status: ['NotTimeValid'] })
    expect(answers.get('no root')).toMatchObject({ valid: false, status: ['PartialChain'] })
  })
})

async function casesOf(key: KeyAlgorithmName): Promise<readonly object[]> {
  const at = await hierarchy(key)
  const chain = (name: string, extra: readonly string[]) => ({
    kind: 'chain',
    id: `${key} chain ${name}`,
    certificate: at(`${name}.crt`),
    extra: extra.map((file) => at(`${file}.crt`)),
    roots: [at('root.crt')],
    purpose: CLIENT_AUTH,
  })
  return [
    ...PFX_PROFILES.map((profile) => ({
      kind: 'load',
      id: `${key} load ${profile}`,
      pfx: at(`client.${profile}.pfx`),
      password: PASSWORD,
    })),
    chain('direct', []),
    chain('client', ['ca1']),
    chain('deep', ['ca1', 'ca2']),
    { ...(await handshake(key)), id: `${key} handshake`, client: at('client.modern.pfx') },
  ]
}

async function handshake(key: KeyAlgorithmName) {
  const at = await hierarchy(key)
  const server = at('server.modern.pfx')
  return { kind: 'handshake', server, roots: [at('root.crt')], password: PASSWORD, host: 'localhost' }
}

/** What must not be accepted. */
async function rejected(): Promise<readonly object[]> {
  const right = await hierarchy('ec-p256')
  const foreign = await hierarchy('ec-p384')
  const tls = await handshake('ec-p256')
  const chain = {
    kind: 'chain',
    certificate: right('client.crt'),
    extra: [right('ca1.crt')],
    roots: [right('root.crt')],
    purpose: CLIENT_AUTH,
  }
  return [
    { ...tls, id: 'no certificate', client: null },
    { ...tls, id: 'a foreign certificate', client: foreign('client.modern.pfx') },
    { ...tls, id: 'a server certificate', client: right('server.modern.pfx') },
    { ...chain, id: 'wrong purpose', purpose: SERVER_AUTH },
    { ...chain, id: 'too late', at: '2070-01-01T00:00:00Z' },
    { ...chain, id: 'no root', roots: [foreign('root.crt')] },
  ]
}
