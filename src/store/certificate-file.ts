/** The files of the store that hold certificates: PEM, one or several in a file. */

import { readFileSync } from 'node:fs'
import { formatPem, isPem, parsePem } from '../der/pem.ts'
import { DerError } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'

/**
 * The certificates in a file, in their order; undefined if there is no such file.
 * @throws PkiError `input.unreadable`, `input.malformed`
 */
export function readCertificateFile(path: string): readonly Certificate[] | undefined {
  const bytes = readIfPresent(path)
  if (bytes === undefined) return undefined
  try {
    if (!isPem(bytes)) throw new DerError('expected a PEM certificate', 0)
    return parsePem(Buffer.from(bytes).toString('latin1')).map((block) => parseCertificate(block.bytes))
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw new PkiError('input.malformed', `${path}: ${error.message} (at octet ${error.offset})`, {
      context: { path, offset: error.offset },
      cause: error,
    })
  }
}

/** The text of such a file. */
export function formatCertificateFile(certificates: readonly Certificate[]): string {
  return certificates.map(({ encoded }) => formatPem('CERTIFICATE', encoded)).join('')
}

/**
 * The bytes of a file, undefined if there is none.
 * @throws PkiError `input.unreadable` for everything but a file that is not there
 */
export function readIfPresent(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const why = code === 'EACCES' || code === 'EPERM' ? 'no permission to read it' : (error as Error).message
    throw new PkiError('input.unreadable', `${path}: ${why}`, { context: { path, reason: code }, cause: error })
  }
}
