/** The frame around the commands: help, version, unknown words, options from the environment, faults. */

import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { wantsColor } from '../../src/cli/io.ts'
import { editDistance, nearest } from '../../src/spelling/nearest.ts'
import { session, sessionWithStore } from './session.ts'

const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

describe('help and version', () => {
  it.each([['--version'], ['-V'], ['-v'], ['version']])('%s', async (flag) => {
    expect(await session().pki(flag)).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  it.each([['--help'], ['-h'], ['help']])('%s names every command', async (flag) => {
    const { exitCode, stdout, stderr } = await session().pki(flag)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b.*${summary.slice(0, 20)}`, 'm'))
  })

  it.each([undefined, 60, 80, 120])('stays within the width of the terminal: %s', async (columns) => {
    const { stdout } = await session().pki('--help', { env: { NO_COLOR: '1' }, ...(columns && { columns }) })
    expect(stdout.split('\n').filter((line) => line.length > (columns ?? 120))).toEqual([])
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  })

  it.each(COMMANDS.map(({ name }) => name))(
    '%s --help wraps what its options do, on a narrow terminal too',
    async (name) => {
      const help = await session().done(`${name} --help`, { columns: 68, env: { NO_COLOR: '1' } })
      const options = help.slice(0, help.indexOf('Common to all commands:')).split('\n')
      expect(options.filter((line) => /^ {2,}\S/.test(line) && line.length > 68)).toEqual([])
    },
  )

  it.each(COMMANDS.map(({ name }) => name))(
    '%s --help: the common options come last, under a heading of their own',
    async (name) => {
      const help = await session().done(`${name} --help`)
      const groups = [...help.matchAll(/^(\S.*):\n((?: {2,}.*\n)+)/gm)].filter(([, , body = '']) =>
        /^ {2}(-\w, )?--/.test(body),
      )
      const [, title, body = ''] = groups.at(-1) ?? []
      expect(title).toBe('Common to all commands')
      expect(body.match(/--\w+/g)).toEqual(body.includes('--dir') ? ['--dir', '--json'] : ['--json'])
    },
  )

  it('no arguments: the overview, on standard error, as wrong use', async () => {
    const { exitCode, stdout, stderr } = await session().pki([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('quickstart')
  })

  it.each(COMMANDS.map(({ name }) => name))('%s --help describes every option', async (name) => {
    const { exitCode, stdout, stderr } = await session().pki(`${name} --help`)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`Usage: pki ${name}`)
    for (const [line] of stdout.matchAll(/^ {2}(-\w, )?--[^\n]*(\n {20,}\S.*)*/gm)) expect(line).toMatch(/\S {2,}\S|\n/)
    expect(await session().done(`help ${name}`)).toBe(stdout)
  })

  it('is coloured on a terminal only', async () => {
    const { pki } = session()
    expect((await pki('--help', { columns: 100 })).stdout).toContain('\u001b[')
    expect((await pki('--help')).stdout).not.toContain('\u001b[')
    expect((await pki('--help', { columns: 100, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[')
  })
})

describe('unknown words', () => {
  it.each([
    ['isue client', 'unknown command: isue', 'did you mean pki issue?'],
    ['frobnicate', 'unknown command: frobnicate', 'pki --help lists the commands'],
    ['--dir x list', 'unknown option: --dir', 'options stand behind the command'],
  ])('pki %s', async (line, error, hint) => {
    const { exitCode, stdout, stderr } = await session().pki(line)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(`pki: error: ${error}\n`)
    expect(stderr).toContain(`pki: hint: ${hint}`)
  })

  it('too many arguments', async () => {
    const { exitCode, stderr } = await session().pki('list web')
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^pki: error: unexpected argument: web$/m)
  })
})

describe('the environment stands in for flags', () => {
  it('gives the value of an option', async () => {
    const { done } = await sessionWithStore()
    expect(JSON.parse(await done('list --json', { env: { PKI_DIR: 'elsewhere' } }))).toMatchObject({ certificates: [] })
  })

  it('and the command line wins', async () => {
    const { done } = await sessionWithStore()
    const listed = JSON.parse(await done('list --json --dir pki', { env: { PKI_DIR: 'elsewhere' } })) as {
      certificates: unknown[]
    }
    expect(listed.certificates).toHaveLength(3)
  })

  it.each([
    ['1', true],
    ['yes', true],
    ['0', false],
    ['false', false],
    ['', false],
  ])('turns a flag on or off: PKI_JSON=%s', async (value, isJson) => {
    const { done } = await sessionWithStore()
    expect((await done('list', { env: { PKI_JSON: value } })).startsWith('{')).toBe(isJson)
  })

  it('repeats: a list from the command line is not mixed with one from the environment', async () => {
    const { done } = await sessionWithStore()
    const line = 'issue server a --from ca1 --json --dns a.test'
    const made = JSON.parse(await done(line, { env: { PKI_DNS: 'b.test' } })) as { certificate: unknown }
    expect(made.certificate).toMatchObject({ subjectAltName: ['DNS:a.test'] })
  })

  it('refuses what is neither on nor off', async () => {
    const { exitCode, stderr } = await session().pki('list', { env: { PKI_JSON: 'maybe' } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('PKI_JSON: neither 1 nor 0: maybe')
  })
})

describe('an error is JSON where the result would be', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['verify nothing.crt --trust nothing.crt --format json', {}],
    ['verify nothing.crt --trust nothing.crt --format=json', {}],
    ['lint nothing.crt', { PKI_FORMAT: 'json' }],
    ['list --unknown --json', {}],
    ['show nothing.crt', { PKI_JSON: '1' }],
  ])('pki %s %j', async (line, env) => {
    const { exitCode, stdout } = await session().pki(line, { env })
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'pki.error/1', exitCode })
  })

  it('and is not elsewhere, nor are two forms mixed', async () => {
    const { pki } = session()
    expect((await pki('lint nothing.crt --format text')).stdout).toBe('')
    expect((await pki('lint nothing.crt')).stdout).toBe('')
    expect(await pki('expiry . --json --format junit')).toMatchObject({ exitCode: 2 })
  })
})

describe('a fault of ours', () => {
  it('ends with 70 and asks for a report; the stack only under PKI_DEBUG', async () => {
    const entry = COMMANDS.find(({ name }) => name === 'list')
    if (entry === undefined) throw new Error('no command list')
    const load = vi.spyOn(entry, 'load').mockRejectedValue(new RangeError('index out of range'))
    const { pki } = session()
    const quiet = await pki('list')
    const debug = await pki('list', { env: { PKI_DEBUG: '1' } })
    const json = await session().pki('list --json')
    load.mockRestore()

    expect(quiet.exitCode).toBe(70)
    expect(quiet.stderr).toMatch(/^pki: error: internal: index out of range\npki: hint: .*report/)
    expect(quiet.stderr).not.toMatch(/ at /)
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'pki.error/1', code: 'internal', exitCode: 70 })
    expect(debug.stderr).toMatch(/RangeError: index out of range\n +at /)
  })
})

describe('colour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('%j on a terminal: %s → %s', (env, isTTY, expected) => {
    expect(wantsColor(env, isTTY)).toBe(expected)
  })
})

describe('the nearest word', () => {
  it.each([
    ['isue', 'issue'],
    ['iss', 'issue'],
    ['qickstart', 'quickstart'],
    ['lsit', 'list'],
    ['zzz', undefined],
    ['ssue', 'issue'],
    ['lisr', 'list'],
    ['LIST', 'list'],
    ['rot', 'root'],
  ])('%s → %s', (word, expected) => {
    expect(nearest(word, ['iot', 'issue', 'list', 'root', 'quickstart'])).toBe(expected)
  })

  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('distance of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
  })
})
