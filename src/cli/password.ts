/**
 * Where passwords come from: a file, the environment, a prompt. Never the argument list, which every user of the
 * machine can read.
 */

import { PkiError } from '../errors.ts'
import { readInputFile } from './input-file.ts'
import type { Io } from './io.ts'

/** One kind of password, and the doors it may come through. */
export interface PasswordSource {
  /** What it opens, as a prompt says it: `private key of ca1`. */
  readonly what: string
  /** The flag that names a file, with its value. */
  readonly flag: '--password-file' | '--key-password-file' | '--issuer-password-file'
  readonly file: string | undefined
  readonly variable: 'PKI_PASSWORD' | 'PKI_KEY_PASSWORD'
}

/**
 * The password, if it was given in a file or in the environment. An empty one counts as given.
 * @throws PkiError `input.not-found`, `input.unreadable` for the file
 */
export function givenPassword({ file, variable }: PasswordSource, io: Io): string | undefined {
  if (file === undefined) return io.env[variable]
  // One line: editors and `echo` end it with a line feed that is no part of the password.
  return Buffer.from(readInputFile(file, io))
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

/**
 * The password of something that exists.
 * @throws PkiError `input.password` if it was not given and nobody can be asked
 */
export async function requirePassword(source: PasswordSource, io: Io): Promise<string> {
  const given = givenPassword(source, io)
  if (given !== undefined) return given
  if (!io.interactive) throw missing(source)
  const { askPassword } = await import('./prompt.ts')
  return askPassword(`Password of the ${source.what}`)
}

/** A new password, asked for twice. @throws PkiError `input.password` */
export async function requireNewPassword(source: PasswordSource, io: Io): Promise<string> {
  const given = givenPassword(source, io)
  if (given === '') throw new PkiError('input.password', `the password for the ${source.what} is empty`)
  if (given !== undefined) return given
  if (!io.interactive) throw missing(source)
  const { askNewPassword } = await import('./prompt.ts')
  return askNewPassword(`New password for the ${source.what}`)
}

function missing({ what, flag, variable }: PasswordSource): PkiError {
  return new PkiError('input.password', `the ${what} needs a password`, {
    hint: `give it with ${flag} <file> or in ${variable}`,
    context: { flag, variable },
  })
}
