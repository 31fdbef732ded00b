// Measures anew what OpenSSL, GnuTLS, Node, Java and .NET make of the gallery of defects, and writes it to
// templates/defects/measured.json, which is committed. All five must be installed:
//
//   node scripts/refresh-defects.mjs

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/interop/defects.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PKI_REFRESH_DEFECTS: '1' },
})
process.exitCode = status ?? 1
