/** .NET's X509Chain with RevocationMode.Online and ExcludeRoot, as ASP.NET Core has it by default, against `pki serve`. */

import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { needs } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { type Ask, buildConsumer } from './dotnet-consumer.ts'
import { type PkiServer, type ServedHierarchy, servedHierarchy } from './pki-serve.ts'

needs('dotnet')('dotnet against pki serve', () => {
  let at: ServedHierarchy
  let server: PkiServer | undefined
  let folder: string
  let ask: Ask
  beforeAll(async () => {
    folder = folderOfSuite('dotnet')
    ask = buildConsumer(folder)
    at = await servedHierarchy()
    server = await at.serve()
  }, 240_000)
  afterAll(async () => {
    await server?.stop()
    at?.remove()
    removeFolder(folder)
  })

  let runs = 0

  /** The status of the chain and of each of its elements, from leaf to root, as a machine sees it that never asked before. */
  async function judge(name: string) {
    const chain = {
      kind: 'chain',
      id: name,
      certificate: at.certificate(name),
      extra: [at.certificate('ca1')],
      roots: [at.certificate('root')],
      revocation: 'Online',
    }
    const [answer] = await ask([chain], { home: join(folder, `home${runs++}`) })
    const { valid, status, elements } = answer as unknown as {
      readonly valid: boolean
      readonly status: readonly string[]
      readonly elements: readonly { readonly status: readonly string[] }[]
    }
    return { valid, status, elements: elements.map((element) => element.status) }
  }

  test('a fresh hierarchy is valid; then it is revoked; then nobody is there', async () => {
    expect(await judge('alice')).toEqual({ valid: true, status: [], elements: [[], [], []] })

    await at.pki('revoke', 'alice', '--reason', 'keyCompromise')
    expect(await judge('alice')).toEqual({ valid: false, status: ['Revoked'], elements: [['Revoked'], [], []] })
    expect(await judge('web')).toMatchObject({ valid: true })

    await at.pki('revoke', 'ca1', '--reason', 'cACompromise')
    const { valid, elements } = await judge('web')
    expect(valid).toBe(false)
    expect(elements[1]).toEqual(['Revoked'])

    await server?.stop()
    server = undefined
    const nobody = await judge('web')
    expect(nobody.valid).toBe(false)
    expect(nobody.status).toContain('RevocationStatusUnknown')
  }, 120_000)
})
