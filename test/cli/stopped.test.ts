/** What the program itself does when it is stopped, and when nobody can take its output. */

import { type StdioOptions, spawnSync } from 'node:child_process'
import { existsSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderOfSuite, folderOfTest, removeFolder } from '../temporary-folder.ts'
import { buildProgram, runProgram } from './program.ts'

let program: readonly string[] = []
beforeAll(async () => {
  const folder = folderOfSuite('program')
  program = await buildProgram(folder)
  return () => removeFolder(folder)
})

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('ends pki apply between two batches, says so, and the next run goes on', async () => {
    const folder = folderOfTest()
    const entry = "'dev-{n}': { profile: client, count: 2000 }"
    writeFileSync(join(folder, 'pki.yaml'), `version: 1\ncertificates: { root: { issues: { ${entry} } } }\n`)
    const certificates = () => readdirSync(join(folder, 'pki', 'certs')).length
    const stopped = await runProgram([...program, 'apply', '--json'], folder, (child) => {
      const timer = setInterval(() => {
        if (!existsSync(join(folder, 'pki', 'certs')) || certificates() < 100) return
        clearInterval(timer)
        child.kill('SIGINT')
      }, 1)
      child.once('close', () => clearInterval(timer))
    })

    expect(stopped.exitCode).toBe(130)
    const { code, exitCode, context, hint } = JSON.parse(stopped.stdout)
    expect({ code, exitCode, total: context.total }).toEqual({
      code: 'stopped.interrupted',
      exitCode: 130,
      total: 2001,
    })
    expect(context.made).toBe(certificates())
    expect(hint).toMatch(/run pki apply again/)
    expect(readdirSync(join(folder, 'pki')).filter((name) => name.startsWith('.'))).toEqual([])

    const { exitCode: last } = await runProgram([...program, 'apply'], folder)
    expect([last, certificates()]).toEqual([0, 2001])
  }, 60_000)

  it('ends it between two certificates where one thread makes them all, in the midst of a batch', async () => {
    const folder = folderOfTest()
    const entry = "'dev-{n}': { profile: client, count: 20, key: rsa-2048 }"
    writeFileSync(join(folder, 'pki.yaml'), `version: 1\ncertificates: { root: { issues: { ${entry} } } }\n`)
    const certificates = () => readdirSync(join(folder, 'pki', 'certs')).length
    const stopped = await runProgram([...program, 'apply', '--json'], folder, (child) => {
      const timer = setInterval(() => {
        if (!existsSync(join(folder, 'pki', 'certs', 'root.crt'))) return
        clearInterval(timer)
        child.kill('SIGINT')
      }, 1)
      child.once('close', () => clearInterval(timer))
    })

    expect(stopped.exitCode).toBe(130)
    const { code, context } = JSON.parse(stopped.stdout)
    expect({ code, total: context.total }).toEqual({ code: 'stopped.interrupted', total: 21 })
    expect(context.made).toBe(certificates())
    expect(context.made).toBeLessThan(21)
    expect(stopped.stderr).toMatch(
      /^pki: error: stopped; \d+ of 21 certificates are made\npki: hint: .*run pki apply again/,
    )
    expect(readdirSync(join(folder, 'pki')).filter((name) => name.startsWith('.'))).toEqual([])

    const { exitCode: last } = await runProgram([...program, 'apply'], folder)
    expect([last, certificates()]).toEqual([0, 21])
  }, 60_000)
})

describe.skipIf(!existsSync('/dev/full'))('a full disk behind standard output', () => {
  it.each([[['--help']], [['list', '--json']]])('is no fault of ours: pki %j', (words) => {
    const args = [...program, ...words]
    const stdio: StdioOptions = ['ignore', openSync('/dev/full', 'w'), 'pipe']
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folderOfTest(), encoding: 'utf8', stdio })
    expect([status, stderr]).toEqual([4, 'pki: error: standard output: cannot write: no space left on device\n'])
  })
})
