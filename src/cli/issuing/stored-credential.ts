/** A credential out of the store, with its private key unlocked if it has one. */

import { PkiError } from '../../errors.ts'
import type { Credential } from '../../keys/credential.ts'
import type { Store } from '../../store/store.ts'
import type { Io } from '../io.ts'
import { requireKeyOf, unlockKey } from './issuer.ts'

/**
 * @throws PkiError `input.not-found`, `input.malformed`, `input.password`, `input.mismatch` if the key is not the
 *   certificate's
 */
export async function readCredential(
  store: Store,
  name: string,
  { keyPasswordFile }: { readonly keyPasswordFile?: string },
  io: Io,
): Promise<Credential> {
  const { certificate, chain, keyFile } = store.read(name)
  if (keyFile === undefined) return { certificate, chain, privateKey: undefined }
  const password = {
    what: `private key of ${name}`,
    flag: '--key-password-file',
    file: keyPasswordFile,
    variable: 'PKI_KEY_PASSWORD',
  } as const
  const privateKey = await unlockKey(keyFile.bytes, keyFile.path, password, io)
  requireKeyOf(certificate, privateKey, keyFile.path)
  return { certificate, chain, privateKey }
}

/**
 * A name that is not there, and that perhaps nobody typed: the error says by which option it is given.
 * @returns the error with the hint in front, or any other as it is
 */
export function namingOption(cause: unknown, hint: string): unknown {
  if (!(cause instanceof PkiError) || cause.code !== 'input.not-found') return cause
  const { code, message, context } = cause
  return new PkiError(code, message, {
    hint: cause.hint === undefined ? hint : `${hint}; ${cause.hint}`,
    context,
    cause,
  })
}

/** The same without its key, which need not be unlocked, or readable. @throws PkiError `input.not-found`, `input.malformed` */
export function readPublicCredential(store: Store, name: string): Credential {
  return { certificate: store.readCertificate(name), chain: store.readChain(name), privateKey: undefined }
}
