/** The key of a certificate that is to be made: a new one or one that exists, and how it goes into the store. */

import { formatPrivateKey } from '../../keys/key-file.ts'
import { generateKey, type KeyAlgorithmName, type PrivateKey } from '../../keys/keys.ts'
import type { SeededSource } from '../../seed/seeded-source.ts'
import type { FlagCondition } from '../flag-condition.ts'
import { readInputFile } from '../input-file.ts'
import type { Io } from '../io.ts'
import { type PasswordSource, requireNewPassword } from '../password.ts'
import { unlockKey } from './issuer.ts'
import type { MadeCertificate } from './made-report.ts'

export type KeyOptions = {
  readonly keyFile?: string
  readonly encryptKey?: boolean
  readonly keyPasswordFile?: string
}

/** Of the commands that make a key, or take one. */
export const KEY_CONDITION: FlagCondition = {
  flags: ['--key'],
  goesWith: 'a new key, not with --key-file',
  // Of an RSA key that is there, it says that it signs with RSASSA-PSS.
  holds: ({ key, keyFile }) => keyFile === undefined || String(key).startsWith('rsa-pss'),
}

/**
 * The key from `--key-file`, or a new one; from the seed if there is one.
 * @throws PkiError `input.*` for a key file that cannot be read
 */
export async function obtainKey(
  name: string,
  algorithm: KeyAlgorithmName,
  options: KeyOptions,
  io: Io,
  seeded?: SeededSource,
): Promise<PrivateKey> {
  const { keyFile } = options
  if (keyFile === undefined) return seeded?.key(name, algorithm) ?? generateKey(algorithm)
  return unlockKey(readInputFile(keyFile, io), keyFile, passwordSource(name, options), io)
}

/** The key as PKCS#8, encrypted if that was asked for. @throws PkiError `input.password` */
export async function keyPem(
  name: string,
  key: PrivateKey,
  options: KeyOptions,
  io: Io,
  seeded?: SeededSource,
): Promise<string> {
  if (options.encryptKey !== true) return formatPrivateKey(key, { format: 'pkcs8' })
  const password = await requireNewPassword(passwordSource(name, options), io)
  const random = seeded?.random('key-encryption', name) ?? io.random
  return formatPrivateKey(key, { format: 'pkcs8', password, random })
}

/**
 * A password was given, and the key is stored without one: it opened the issuer's key, or that of `--key-file`, or
 * nothing. Whoever meant the new key has to be told.
 */
export function openKeyNotes(name: string, { keyPasswordFile, encryptKey }: KeyOptions): MadeCertificate['problems'] {
  if (keyPasswordFile === undefined || encryptKey === true) return []
  const message = `the private key of ${name} is stored without a password: that takes --encrypt-key beside --key-password-file`
  return [{ kind: 'key.not-encrypted', message }]
}

function passwordSource(name: string, { keyPasswordFile }: KeyOptions): PasswordSource {
  const what = `private key of ${name}`
  return { what, flag: '--key-password-file', file: keyPasswordFile, variable: 'PKI_KEY_PASSWORD' }
}
