/** What is encrypted in a way that is not read here comes with a command: pasted into a shell, it gives a file that is. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Input } from '../../src/container/input.ts'
import { readInput } from '../../src/container/read-input.ts'
import { formatPem } from '../../src/der/pem.ts'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import { testCredential } from '../export/test-credential.ts'
import { needs, program, runWell } from '../foreign-program.ts'
import { folderOfTest } from '../temporary-folder.ts'

const { certificate, privateKey } = testCredential('ec-p256')
/** No name is too odd for a shell. */
const OLD = "it's old"
const PROVIDERS = ['-provider', 'legacy', '-provider', 'default']

const KEYS = [
  ['-v1', 'PBE-SHA1-RC2-128'],
  ['-v1', 'PBE-MD5-DES'],
  ['-v2', 'camellia-256-cbc'],
  ['-v2', 'rc2-cbc'],
].map((scheme) => ['pkcs8', '-topk8', ...scheme, ...PROVIDERS])
const STORES = [
  ['-legacy', '-certpbe', 'PBE-SHA1-RC4-128'],
  ['-certpbe', 'camellia-256-cbc'],
  ['-certpbe', 'PBE-SHA1-3DES', '-iter', '600000'],
].map((scheme) => ['pkcs12', '-export', ...scheme])

/** A folder with a certificate, a key, and what `openssl` made of them under {@link OLD}. */
function folderWith(args: readonly string[]): string {
  const folder = folderOfTest()
  const pem = formatPem('CERTIFICATE', certificate.encoded) + formatPrivateKey(privateKey, { format: 'pkcs8' })
  writeFileSync(join(folder, 'test.pem'), pem)
  const names = ['-in', 'test.pem', '-out', OLD, '-passout', 'pass:secret']
  runWell(program('openssl'), [...args, ...names], { cwd: folder })
  return folder
}

function read(folder: string, name: string): Promise<Input> {
  const bytes = new Uint8Array(readFileSync(join(folder, name)))
  return readInput(bytes, { source: name, password: 'secret' })
}

needs('openssl', 'sh')('what is not read here', () => {
  test.each([...KEYS, ...STORES].map((args) => [args.join(' '), args] as const))(
    'openssl %s',
    async (_, args) => {
      const folder = folderWith(args)
      const error = await read(folder, OLD).catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'input.unsupported', hint: expect.stringContaining('openssl ') })
      const command = (error as { readonly hint: string }).hint.replace(/^.*?: /, '')
      runWell(program('sh'), ['-c', `${command} -passin pass:secret -passout pass:secret`], { cwd: folder })
      const { privateKeys } = await read(folder, 'new.pem')
      expect(privateKeys.map(({ publicKey }) => publicKey.encoded)).toEqual([privateKey.publicKey.encoded])
    },
    60_000,
  )
})
