/** The key of a certificate that is to be made: a new one or one that exists, and how it goes into the store. */

import { formatPrivateKey } from '../../keys/key-file.ts'
import { generateKey, type KeyAlgorithmName, type PrivateKey } from '../../keys/keys.ts'
import type { SeededSource } from '../../seed/seeded-source.ts'
import { readInputFile } from '../input-file.ts'
import type { Io } from '../io.ts'
import { type PasswordSource, requireNewPassword } from '../password.ts'
import { unlockKey } from './issuer.ts'

export type KeyOptions = {
  readonly keyFile?: string
  readonly encryptKey?: boolean
  readonly keyPasswordFile?: string
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

function passwordSource(name: string, { keyPasswordFile }: KeyOptions): PasswordSource {
  const what = `private key of ${name}`
  return { what, flag: '--key-password-file', file: keyPasswordFile, variable: 'PKI_KEY_PASSWORD' }
}
