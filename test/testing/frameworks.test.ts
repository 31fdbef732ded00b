/**
 * The library inside test frameworks, as a package that somebody installed: `devpki/vitest` in a Vitest of its own,
 * `createPki` in node:test and in Jest. Jest is 55 MB and no dependency: PKI_JEST names its bin/jest.js.
 */

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGES = join(ROOT, 'node_modules')

/** A project with `devpki` installed, built from the sources, and nothing else but Vitest. */
async function project(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'devpki-test-'))
  const installed = join(folder, 'node_modules', 'devpki')
  mkdirSync(installed, { recursive: true })
  copyFileSync(join(ROOT, 'package.json'), join(installed, 'package.json'))
  await build({
    entryPoints: { index: join(ROOT, 'src/index.ts'), vitest: join(ROOT, 'src/testing/vitest.ts') },
    outdir: join(installed, 'dist'),
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // What only conversions to old formats need is not reached here.
    packages: 'external',
    logLevel: 'error',
  })
  symlinkSync(join(PACKAGES, 'vitest'), join(folder, 'node_modules', 'vitest'), 'junction')
  return folder
}

function run(folder: string, script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    // Vitest leaves its marks in the environment, and would take the other one for a worker of its own.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...env },
  })
  return { status, output: stdout + stderr }
}

/** What each framework is to run: the same test, in its own words. One test passes, the other is meant to fail. */
const BODY = `
  const { createPki } = await import('devpki')
  const pki = createPki()
  const server = await pki.serve()
  try {
    const response = await fetch(server.url, pki.client('alice').fetchOptions())
    equal(await response.json(), { authorized: true, client: NAME })
  } finally {
    await server.close()
  }
`
const body = (name: string) => BODY.replace('NAME', `'${name}'`)

let folder: string
beforeAll(async () => {
  folder = await project()
  return () => rmSync(folder, { recursive: true, force: true })
})

describe('Vitest', () => {
  const fixtures = (name: string) => `
    import { test } from 'devpki/vitest'
    import { expect } from 'vitest'
    let url
    test('fixtures', async ({ pki, tlsServer }) => {
      url = tlsServer.url
      const response = await fetch(url, pki.client('alice').fetchOptions())
      expect(await response.json()).toEqual({ authorized: true, client: '${name}' })
    })
    test('they are cleaned up', async ({ pki }) => {
      await expect(fetch(url, pki.client('alice').fetchOptions())).rejects.toThrow()
    })
  `
  const vitest = (file: string, text: string) => {
    writeFileSync(join(folder, file), text)
    return run(folder, join(folder, 'node_modules', 'vitest', 'vitest.mjs'), ['run', '--root', folder, file])
  }

  it('has the fixtures of devpki/vitest', () => {
    expect(vitest('good.test.mjs', fixtures('alice'))).toMatchObject({
      status: 0,
      output: expect.stringContaining('2 passed'),
    })
  })

  it('fails a test whose fixtures say something else', () => {
    expect(vitest('bad.test.mjs', fixtures('bob'))).toMatchObject({
      status: 1,
      output: expect.stringContaining('1 failed'),
    })
  })
})

describe('node:test', () => {
  const nodeTest = (file: string, name: string) => {
    writeFileSync(
      join(folder, file),
      `import { test } from 'node:test'\nimport { deepEqual as equal } from 'node:assert/strict'\ntest('a', async () => {${body(name)}})\n`,
    )
    return run(folder, '--test', [join(folder, file)])
  }

  it('has createPki', () => {
    expect(nodeTest('good.mjs', 'alice')).toMatchObject({ status: 0, output: expect.stringContaining('pass 1') })
  })

  it('fails where it should', () => {
    expect(nodeTest('bad.mjs', 'bob')).toMatchObject({ status: 1, output: expect.stringContaining('fail 1') })
  })
})

const jest = process.env.PKI_JEST
describe.skipIf(jest === undefined || jest === '')('Jest', () => {
  const jestTest = (file: string, name: string) => {
    const jestFolder = join(folder, 'jest')
    mkdirSync(jestFolder, { recursive: true })
    writeFileSync(join(jestFolder, 'package.json'), JSON.stringify({ jest: { testEnvironment: 'node' } }))
    writeFileSync(
      join(jestFolder, file),
      `const equal = (a, b) => expect(a).toEqual(b)\ntest('a', async () => {${body(name)}})\n`,
    )
    // As Jest's manual says for packages that are ES modules.
    const env = { NODE_OPTIONS: '--experimental-vm-modules' }
    return run(jestFolder, jest as string, ['--rootDir', jestFolder, '--watchman=false', file], env)
  }

  it('has createPki', () => {
    expect(jestTest('good.test.js', 'alice')).toMatchObject({ status: 0, output: expect.stringContaining('1 passed') })
  })

  it('fails where it should', () => {
    expect(jestTest('bad.test.js', 'bob')).toMatchObject({ status: 1, output: expect.stringContaining('1 failed') })
  })
})
