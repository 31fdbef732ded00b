/** Java: `keytool` lists and prints, and `java/Consumer.java` validates paths and runs mutual TLS with our key stores. */

import { delimiter, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { needs, program, runWell } from '../foreign-program.ts'
import { BRAINPOOL, type Exceptions, exceptionFor, expectAccepted } from './exceptions.ts'
import { hierarchy, KEYS, PASSWORD, PFX_PROFILES } from './hierarchy.ts'

const EXCEPTIONS: Exceptions = exceptionFor(['ec-secp256k1', ...BRAINPOOL], {
  words: /signature check failed/,
  reason: 'Java dropped these curves with JDK 16 (JDK-8235540)',
})

needs('keytool')('keytool', () => {
  // Half of what a start of Java costs is optimising code that runs once.
  const keytool = (...args: readonly string[]) =>
    runWell(program('keytool'), [...args, '-J-XX:TieredStopAtLevel=1']).stdout
  const list = (file: string) =>
    keytool('-list', '-v', '-keystore', file, '-storetype', 'PKCS12', '-storepass', PASSWORD)

  test.each(KEYS)('%s: -list -v shows the entry of the PFX with its chain', async (key) => {
    const listed = list((await hierarchy(key))('client.modern.pfx'))
    expect(listed).toContain('Your keystore contains 1 entry')
    expect(listed).toContain('Alias name: client')
    expect(listed).toContain('Entry type: PrivateKeyEntry')
    expect(listed).toContain('Certificate chain length: 2')
  })

  test('-list -v shows the trust store as a trusted certificate', async () => {
    const listed = list((await hierarchy('ec-p256'))('truststore.pfx'))
    expect(listed).toContain('Your keystore contains 1 entry')
    expect(listed).toContain('Entry type: trustedCertEntry')
  })

  test('-printcert reads PEM and DER', async () => {
    const at = await hierarchy('ec-p256')
    const print = (file: string) => keytool('-printcert', '-file', at(file))
    expect(print('client.crt')).toContain('ObjectId: 2.5.29.35')
    expect(print('client.der')).toBe(print('client.crt'))
  })
})

needs('java')('java', () => {
  interface Answer {
    readonly id: string
    readonly chains: string
    readonly trusted: string
    readonly path: string
    readonly handshake: string
  }
  const answers = new Map<string, Answer>()

  // One start of the machine, which compiles the class in memory, for all cases.
  beforeAll(async () => {
    const cases: string[] = []
    for (const key of KEYS) {
      const at = await hierarchy(key)
      const clients = PFX_PROFILES.map((profile) => at(`client.${profile}.pfx`)).join(delimiter)
      cases.push(key, clients, at('server.modern.pfx'), at('truststore.pfx'))
    }
    const right = await hierarchy('ec-p256')
    const foreign = await hierarchy('ec-p384')
    const server = [right('server.modern.pfx'), right('truststore.pfx')]
    cases.push('no certificate', '-', ...server)
    cases.push('a server certificate', right('server.modern.pfx'), ...server)
    cases.push('a foreign certificate', foreign('client.modern.pfx'), ...server)
    const consumer = join(import.meta.dirname, 'java', 'Consumer.java')
    const { stdout } = runWell(program('java'), [consumer, PASSWORD, ...cases], { timeout: 120_000 })
    for (const line of stdout.trim().split('\n')) {
      const answer = JSON.parse(line) as Answer
      answers.set(answer.id, answer)
    }
  }, 150_000)

  test.each(KEYS)('%s: every key store opens, the path validates, both sides shake hands', (key) => {
    const answer = answers.get(key) as Answer
    expect(answer.chains).toBe('2,2,2')
    expect(answer.trusted).toBe('1')
    expectAccepted(EXCEPTIONS, key, { accepted: answer.path === 'ok', said: answer.path })
    expectAccepted(EXCEPTIONS, key, { accepted: answer.handshake === 'ok', said: answer.handshake })
  })

  test.each(['no certificate', 'a server certificate', 'a foreign certificate'])(
    'a client with %s is refused',
    (id) => {
      expect(answers.get(id)?.handshake).toMatch(/Exception/)
    },
  )
})
