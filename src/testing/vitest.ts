/**
 * `devpki/vitest`: Vitest's `test` with a pki and a mutual-TLS server that are there when a test asks for them, and
 * gone when it is over.
 *
 *     import { test } from 'devpki/vitest'
 *
 *     test('greets alice', async ({ pki, tlsServer }) => {
 *       const response = await fetch(tlsServer.url, pki.client('alice').fetchOptions())
 *       expect(await response.json()).toEqual({ authorized: true, client: 'alice' })
 *     })
 *
 * Your own server takes `pki.tlsOptions()`; your own fixtures extend this `test` with `test.extend`.
 */

import { test as base, type TestAPI } from 'vitest'
import { createPki, type Pki } from './create-pki.ts'
import type { TestServer } from './mutual-tls-server.ts'

export interface PkiFixtures {
  /** One for all tests of a file. */
  readonly pki: Pki
  /** Asks for a client certificate of `pki` and answers with its name, see `WhoAmI`; each test gets its own. */
  readonly tlsServer: TestServer
}

export const test: TestAPI<PkiFixtures> = base.extend<PkiFixtures>({
  pki: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which fixtures this one needs
    async ({}, use) => {
      await use(createPki())
    },
    { scope: 'file' },
  ],
  tlsServer: async ({ pki }, use) => {
    const server = await pki.serve()
    try {
      await use(server)
    } finally {
      await server.close()
    }
  },
})
