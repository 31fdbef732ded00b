import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }

export default defineConfig({
  // The build puts the version in; so do the tests, which run from the sources.
  define: { PKI_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    // A hierarchy of RSA-4096 keys takes its time, and several test files may wait for it.
    hookTimeout: 120_000,
    globalSetup: ['test/interop/shared-folder.ts'],
  },
})
