/**
 * The hierarchy that the programs are given, one for each key algorithm, made by the product's own command line:
 *
 *     root ─┬─ direct                      a chain of two
 *           └─ ca1 ─┬─ server, client      of three
 *                   └─ ca2 ─── deep        of four
 *
 * It is made once in a run, by the first test file that asks; the others wait for it.
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { KEY_ALGORITHM_NAMES, type KeyAlgorithmName } from '../../src/keys/keys.ts'
import { pki } from './pki.ts'

/** Of every PFX here. */
export const PASSWORD = 'changeit'

export const KEYS = KEY_ALGORITHM_NAMES

export const PFX_PROFILES = ['modern', 'legacy', 'legacy-rc2'] as const

/** The path of a file of one hierarchy: `at('client.crt')`; see {@link makeHierarchy} for what there is. */
export type Hierarchy = (file: string) => string

/**
 * The hierarchy whose keys are all of one kind.
 * @throws Error if it cannot be made, in every test file that asks for it
 */
export async function hierarchy(key: KeyAlgorithmName): Promise<Hierarchy> {
  const folder = join(inject('sharedFolder'), key)
  if (await isFirst(`${folder}.lock`)) {
    try {
      await makeHierarchy(`${folder}.unfinished`, key)
      renameSync(`${folder}.unfinished`, folder)
    } catch (error) {
      writeFileSync(`${folder}.failed`, String(error))
      throw error
    }
  }
  for (const deadline = Date.now() + 120_000; !existsSync(folder); await sleep(50)) {
    if (existsSync(`${folder}.failed`)) throw new Error(readFileSync(`${folder}.failed`, 'utf8'))
    if (Date.now() > deadline) throw new Error(`${key}: nobody has made the hierarchy`)
  }
  return (file) => join(folder, file)
}

/** Whether nobody has been here before: making a folder is atomic. */
async function isFirst(path: string): Promise<boolean> {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const CERTIFICATES = ['root', 'ca1', 'ca2', 'server', 'client', 'deep', 'direct'] as const

/**
 * Writes into `folder`: for each certificate `.crt`, `.der` and `.key`, for each that is not a root `-fullchain.pem`;
 * for server and client `.modern.pfx`, `.legacy.pfx`, `.legacy-rc2.pfx`; `client.p7b`, `client.p7b.pem`,
 * `truststore.pfx`; a request `client.csr`; in `mtls/` what `pki export --layout mtls` gives; and `root.crl`, `ca1.crl`,
 * `ca2.crl`, the last of which revokes `deep`.
 */
async function makeHierarchy(folder: string, key: KeyAlgorithmName): Promise<void> {
  mkdirSync(folder)
  const keyOf = await keySource(key)
  const run = (...args: readonly string[]) => pki(folder, ...args)
  const intermediate = (name: string, from: string, pathLength: number) =>
    run('issue', 'intermediate', name, '--from', from, '--path-length', String(pathLength), ...keyOf(name))
  // One person with several certificates and one key: RSA-4096 keys take seconds to make.
  const sameKey = [...signingAs(key), '--key-file', join('pki', 'private', 'client.key')]

  await run('init', 'root', ...keyOf('root'))
  await intermediate('ca1', 'root', 1)
  await intermediate('ca2', 'ca1', 0)
  await run('issue', 'server', '--from', 'ca1', '--dns', 'localhost', '--ip', '127.0.0.1', ...keyOf('server'))
  await run('issue', 'client', '--from', 'ca1', ...keyOf('client'))
  await run('issue', 'client', 'deep', '--from', 'ca2', ...sameKey)
  await run('issue', 'client', 'direct', '--from', 'root', ...sameKey)
  await run('request', 'requested', '--profile', 'client', ...sameKey)
  renameSync(join(folder, 'pki', 'requests', 'requested.csr'), join(folder, 'client.csr'))

  for (const name of CERTIFICATES) await run('export', name, '--format', 'crt,der,key', '--out', './')
  for (const name of CERTIFICATES.slice(1)) {
    await run('export', name, '--format', 'fullchain', '--out', `${name}-fullchain.pem`)
  }
  for (const name of ['server', 'client']) {
    for (const profile of PFX_PROFILES) {
      await run('export', name, '--format', 'pfx', '--pfx-profile', profile, '--out', `${name}.${profile}.pfx`)
    }
  }
  await run('export', 'client', '--format', 'truststore', '--out', 'truststore.pfx')
  await run('export', 'client', '--format', 'p7b,p7b-pem', '--out', './')
  await run('export', '--layout', 'mtls', '--out', 'mtls/')

  // Last, so that nothing above depends on it: only whoever asks for a CRL learns that deep is revoked.
  await run('revoke', 'deep', '--reason', 'keyCompromise')
  for (const name of ['root', 'ca1', 'ca2']) await run('crl', name, '--out', `${name}.crl`)
}

/**
 * The options that give each certificate its key. RSA keys take from tenths of a second to seconds, and those for
 * RSASSA-PSS are no others: they come from the hierarchy that signs with PKCS #1 v1.5.
 */
async function keySource(key: KeyAlgorithmName): Promise<(name: string) => readonly string[]> {
  if (!isForPss(key)) return () => ['--key', key]
  const plain = await hierarchy(key.replace('-pss', '') as KeyAlgorithmName)
  return (name) => [...signingAs(key), '--key-file', plain(`${name}.key`)]
}

/** What a key that is there does not say by itself. */
function signingAs(key: KeyAlgorithmName): readonly string[] {
  return isForPss(key) ? ['--key', key] : []
}

function isForPss(key: KeyAlgorithmName): boolean {
  return key.startsWith('rsa-pss-')
}
