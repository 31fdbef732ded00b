/** The README's example for test frameworks, run as it stands there but for its import of `devpki`. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPki } from '../../src/index.ts'

// README
test('only who may comes in', async () => {
  const pki = createPki()
  const server = await pki.serve() // or your own: https.createServer(pki.tlsOptions(), app)

  const response = await fetch(server.url, pki.client('alice').fetchOptions())
  expect(await response.json()).toEqual({ authorized: true, client: 'alice' })

  const expired = pki.defect('expired', { profile: 'client' })
  await expect(fetch(server.url, expired.fetchOptions())).rejects.toThrow()
  await server.close()
})
// end

const ROOT = join(import.meta.dirname, '..', '..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text)
const example = blocks.find((text) => text.includes('createPki()'))

test.skipIf(example === undefined)('it is the example of the README', () => {
  const here = readFileSync(import.meta.filename, 'utf8')
  const code = /^\/\/ README\n(.*?)^\/\/ end$/ms.exec(here)?.[1]
  expect(example?.slice(example.indexOf("test('"))).toBe(code)
})
