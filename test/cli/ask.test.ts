/** Questions on a terminal: what is asked, what is made of the answers, and the same in one line. */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { commandLine } from '../../src/cli/command-line.ts'
import { NOW, type Session, sessionWithStore } from './session.ts'

const asked = vi.hoisted(() => ({
  questions: [] as string[],
  answers: {} as Record<string, unknown>,
  refused: [] as string[],
}))

vi.mock('../../src/cli/prompt.ts', () => {
  const answer = (message: string, preset?: unknown): unknown => {
    asked.questions.push(message)
    const found = Object.keys(asked.answers).find((key) => message.startsWith(key))
    return found === undefined ? preset : asked.answers[found]
  }
  return {
    askText: async (
      message: string,
      options: { default?: string; check?: (text: string) => string | undefined } = {},
    ) => {
      const text = String(answer(message, options.default))
      const problem = options.check?.(text)
      if (problem !== undefined) asked.refused.push(problem)
      return text
    },
    askChoice: async (message: string, choices: { value: unknown }[], preset?: unknown) =>
      answer(message, preset ?? choices[0]?.value),
    askYesNo: async (message: string, preset: boolean) => answer(message, preset),
    askPassword: async (message: string) => answer(message, 'asked'),
    askNewPassword: async (message: string) => answer(message, 'asked'),
  }
})

beforeEach(() => {
  asked.questions = []
  asked.answers = {}
  asked.refused = []
})

const onTerminal = { columns: 100, env: { NO_COLOR: '1' }, interactive: true, now: NOW }

/** The command line that was printed. */
function printedLine(stderr: string): string | undefined {
  return /^ {2}(pki .*)$/m.exec(stderr)?.[1]
}

describe('answers that cannot be', () => {
  it.each([
    ['issue', { 'Name in the store': 'web' }, /web exists already/],
    ['issue', { 'Name in the store': 'a b' }, /not a name for a certificate/],
    ['init', { 'Name of the root': 'root' }, /root exists already/],
    ['init', { 'Name of the root': 'other', Subject: 'CN=a,XX=b' }, /unknown attribute XX/],
  ])('%s: %j is said at once', async (line, answers, problem) => {
    const { pki } = await sessionWithStore()
    asked.answers = { 'Make it': false, ...answers }
    await pki(line, onTerminal)
    expect(asked.refused).toEqual([expect.stringMatching(problem)])
  })

  it('a name that exists may be given with --force', async () => {
    const { pki } = await sessionWithStore()
    asked.answers = { 'Name in the store': 'web', 'Issued by': 'ca1' }
    expect(await pki('issue --force', onTerminal)).toMatchObject({ exitCode: 0 })
    expect(asked.refused).toEqual([])
  })
})

it.each(['--days 30', '--hours 12', '--valid-for 2w', '--not-after 2027-01-01'])(
  'pki init %s: how long is not asked again',
  async (flags) => {
    const { pki } = await sessionWithStore()
    asked.answers = { 'Name of the root': 'other' }
    const { exitCode, stderr } = await pki(`init ${flags}`, onTerminal)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(asked.questions.filter((question) => question.startsWith('Valid'))).toEqual([])
    expect(printedLine(stderr)).toContain(flags)
  },
)

describe('pki issue', () => {
  it('asks for what is missing, and the line it prints makes the same', async () => {
    const made = await sessionWithStore()
    asked.answers = {
      'Issued by': 'ca1',
      'What kind': 'server',
      'Name in the store': 'shop',
      'DNS names': 'shop.test 10.0.0.1',
    }
    const { exitCode, stdout, stderr } = await made.pki('issue --json', onTerminal)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(asked.questions).toHaveLength(5)
    for (const fact of ['TLS server', 'CN=shop', 'DNS:shop.test, IP:10.0.0.1', 'ec-p256', 'for 397d'])
      expect(stderr).toContain(fact)
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'shop',
      issuedBy: 'ca1',
      certificate: { subjectAltName: ['DNS:shop.test', 'IP:10.0.0.1'] },
    })
    expect(printedLine(stderr)).toBe('pki issue server shop --json --from ca1 --san shop.test --san 10.0.0.1')
    const again = await made.pki(`${printedLine(stderr)?.slice('pki '.length)} --force`)
    expect(JSON.parse(again.stdout)).toMatchObject({
      certificate: { subjectAltName: ['DNS:shop.test', 'IP:10.0.0.1'] },
    })
  })

  it('asks for nothing that was said', async () => {
    const made = await sessionWithStore()
    await made.pki('issue client --from ca1', onTerminal)
    expect(asked.questions).toEqual([])
  })

  it('asks for the names that a profile insists on', async () => {
    const made = await sessionWithStore()
    asked.answers = { 'Name of kind upn': 'alice@corp.test', 'Name of kind email': 'alice@corp.test' }
    const { exitCode, stdout, stderr } = await made.pki('issue smartcard-logon alice --json', {
      ...onTerminal,
    })
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(stdout)).toMatchObject({
      certificate: { subjectAltName: expect.arrayContaining(['UPN:alice@corp.test']) },
    })
  })

  it('checks answers as it checks flags', async () => {
    const made = await sessionWithStore()
    asked.answers = { 'DNS names': 'a..b' }
    expect((await made.pki('issue server shop', onTerminal)).exitCode).toBe(2)
    expect(asked.refused).toEqual([expect.stringMatching(/a\.\.b/)])
  })

  it('does nothing after a no', async () => {
    const made = await sessionWithStore()
    asked.answers = { 'Make it': false }
    const { exitCode, stderr } = await made.pki('issue client alice', onTerminal)
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/cancelled, nothing was done/) })
    expect((await made.done('list')).includes('alice')).toBe(false)
  })
})

describe('pki init', () => {
  it('asks for a root', async () => {
    const made: Session = await sessionWithStore()
    asked.answers = { 'Name of the root': 'second', Subject: 'CN=Second,O=Ex', Key: 'ed25519', 'Valid for': '2y' }
    const { exitCode, stdout, stderr } = await made.pki('init --json', onTerminal)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'second',
      certificate: { subject: 'CN=Second,O=Ex', notAfter: '2028-11-21T12:00:00.000Z' },
    })
    expect(printedLine(stderr)).toBe(
      'pki init root --json --name second --subject CN=Second,O=Ex --key ed25519 --not-after 2y',
    )
  })
})

it('pki init --key-file: what kind of key is not asked, and the line it prints makes the same', async () => {
  const { pki, done } = await sessionWithStore()
  asked.answers = { 'Name of the root': 'second' }
  const { exitCode, stderr } = await pki('init --key-file pki/private/web.key', onTerminal)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  expect(asked.questions).not.toContain('Key')
  await done(`${printedLine(stderr)?.slice('pki '.length)} --force`)
})

describe('passwords', () => {
  it('are asked for on a terminal', async () => {
    const made = await sessionWithStore()
    expect((await made.pki('init root --name vault --encrypt-key', onTerminal)).exitCode).toBe(0)
    expect((await made.pki('issue client alice --from vault', onTerminal)).exitCode).toBe(0)
    expect(asked.questions).toEqual([
      'New password for the private key of vault',
      'Password of the private key of vault',
    ])
  })
})

it.each([
  [
    { from: 'ca1', force: true, json: false, dns: ['a', 'b'], days: undefined },
    'pki --from ca1 --force --dns a --dns b',
  ],
  [{ subject: 'CN=A B,O=C' }, 'pki --subject "CN=A B,O=C"'],
  [{ subject: 'CN=A "B" $C' }, `pki --subject 'CN=A "B" $C'`],
  [{ keyPasswordFile: '' }, 'pki --key-password-file ""'],
])('%j is %s', (options, line) => {
  expect(commandLine(['pki'], options)).toBe(line)
})
