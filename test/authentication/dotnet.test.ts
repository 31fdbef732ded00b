/** .NET itself says what it calls the parts of the odd certificates, and of one that is not odd. */

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import { needs, program, runWell } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { CLIENT } from './certificates.ts'
import { ODD_NAMES, ODD_SERIALS } from './odd-names.ts'

const NOT_LOADED = Object.entries(ODD_NAMES).flatMap(([name, { isNotLoaded }]) => (isNotLoaded ? [name] : []))

const CASES: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ...Object.entries(ODD_NAMES).map(([name, { bytes }]) => [name, bytes] as const),
  ...Object.entries(ODD_SERIALS).map(([name, bytes]) => [`serial number ${name}`, bytes] as const),
  ['a client', CLIENT.certificate.encoded],
]

/** Ours, as .NET on Linux would say it. */
function ours(bytes: Uint8Array) {
  const certificate = ClientCertificate.parse(bytes)
  const name = (type: Parameters<ClientCertificate['nameInfo']>[0]) => certificate.nameInfo(type, { linuxQuirks: true })
  const { subject, issuer, thumbprint, serialNumber } = certificate
  return {
    ...{ subject, issuer, thumbprint, serialNumber },
    simpleName: name('SimpleName'),
    emailName: name('EmailName'),
    upnName: name('UpnName'),
    dnsName: name('DnsName'),
    dnsFromAlternativeName: name('DnsFromAlternativeName'),
    urlName: name('UrlName'),
  }
}

needs('dotnet')('dotnet', () => {
  const answers = new Map<string, unknown>()
  let folder: string

  beforeAll(() => {
    folder = folderOfSuite('dotnet-names')
    for (const file of ['Names.csproj', 'Program.cs']) {
      copyFileSync(join(import.meta.dirname, 'dotnet', file), join(folder, file))
    }
    const env = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1' }
    const out = join(folder, 'out')
    const build = ['build', 'Names.csproj', '--configuration', 'Release', '--output', out]
    runWell(program('dotnet'), build, { cwd: folder, env, timeout: 180_000 })
    const input = CASES.map(([, bytes]) => `${Buffer.from(bytes).toString('base64')}\n`).join('')
    const { stdout } = runWell(program('dotnet'), [join(out, 'Names.dll')], { input, env, timeout: 60_000 })
    for (const [i, line] of stdout.trim().split('\n').entries()) answers.set(CASES[i]?.[0] ?? '', JSON.parse(line))
  }, 240_000)
  afterAll(() => removeFolder(folder))

  test.each(CASES)('%s', (name, bytes) => {
    const expected = NOT_LOADED.includes(name) ? { error: 'CryptographicException' } : ours(bytes)
    expect(answers.get(name)).toEqual(expected)
  })
})
