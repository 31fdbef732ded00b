/** An issuer out of the store, ready to sign. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import type { NamedAuthority } from '../../issue/credential.ts'
import type { Credential } from '../../keys/credential.ts'
import { type ParseKeyOptions, parsePrivateKey } from '../../keys/key-file.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import type { Store } from '../../store/store.ts'
import type { Io } from '../io.ts'
import { type PasswordSource, requirePassword } from '../password.ts'

export type IssuerOptions = {
  readonly from?: string
  readonly keyPasswordFile?: string
  readonly issuerPasswordFile?: string
}

export function addIssuerOptions(command: Command): void {
  command
    .option('--from <issuer>', 'name of the certificate in the store that issues')
    .option('--issuer-password-file <file>', "password of the issuer's key, if it differs from the new key's")
}

/**
 * The issuer's certificate, chain and key.
 * @throws PkiError `input.not-found`, `refused.key` if its key is not in the store, `input.password`,
 *   `input.mismatch` if the key is not the certificate's
 */
export async function unlockIssuer(
  store: Store,
  name: string,
  options: IssuerOptions,
  io: Io,
): Promise<NamedAuthority> {
  const { certificate, chain } = store.read(name)
  const privateKey = await unlockStoredKey(store, name, options, io)
  requireKeyOf(certificate, privateKey, store.keyPath(name))
  return { name, credential: { certificate, chain, privateKey } }
}

/**
 * The private key that lies in the store under a name, whatever certificate lies there.
 * @throws PkiError `refused.key` if there is none, `input.malformed`, `input.password`, `input.unsupported`
 */
export async function unlockStoredKey(store: Store, name: string, options: IssuerOptions, io: Io): Promise<PrivateKey> {
  const keyFile = store.readKeyFile(name)
  if (keyFile !== undefined) return unlockKey(keyFile.bytes, keyFile.path, issuerPassword(name, options), io)
  throw new PkiError('refused.key', `the private key of ${name} is not in the store: ${store.keyPath(name)}`, {
    hint: 'an issuer signs with its private key; pki import brings one in',
    context: { name, path: store.keyPath(name) },
  })
}

function issuerPassword(name: string, { keyPasswordFile, issuerPasswordFile }: IssuerOptions): PasswordSource {
  const what = `private key of ${name}`
  return issuerPasswordFile === undefined
    ? { what, flag: '--key-password-file', file: keyPasswordFile, variable: 'PKI_KEY_PASSWORD' }
    : { what, flag: '--issuer-password-file', file: issuerPasswordFile, variable: 'PKI_KEY_PASSWORD' }
}

/**
 * A private key from the bytes of its file; a password is asked for only if the file is encrypted.
 * @throws PkiError `input.malformed`, `input.password`, `input.unsupported`
 */
export async function unlockKey(bytes: Uint8Array, path: string, source: PasswordSource, io: Io): Promise<PrivateKey> {
  const options: ParseKeyOptions = { source: path }
  if (!isEncrypted(bytes)) return parsePrivateKey(bytes, options)
  return parsePrivateKey(bytes, { ...options, password: await requirePassword(source, io) })
}

/** Whether a PEM key file says that it is encrypted, in either of the two ways. */
function isEncrypted(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return text.includes('ENCRYPTED')
}

/** @throws PkiError `input.mismatch` */
export function requireKeyOf(
  { publicKey }: Pick<Credential['certificate'], 'publicKey'>,
  key: PrivateKey,
  path: string,
): void {
  if (Buffer.compare(publicKey.encoded, key.publicKey.encoded) === 0) return
  throw new PkiError('input.mismatch', `${path}: this private key does not belong to the certificate`, {
    hint: 'certificate and key of one name must be put into the store together',
    context: { path },
  })
}
