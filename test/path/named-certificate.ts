/** Certificates whose names alone matter, for tests of name constraints and identities. */

import { context, sequence } from '../../src/der/writer.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { encodeGeneralNames, type GeneralName } from '../../src/x509/general-name.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { certificateBytes, extension } from '../x509/certificate-bytes.ts'

/** A DNS name that need not be one. */
export function rawDns(value: string): GeneralName {
  return { type: 'dNSName', value }
}

export interface Names {
  /** RFC 4514 text; empty by default. */
  readonly subject?: string
  readonly issuer?: string
  /** As text, or ready-made where the text would be refused. No extension if left out. */
  readonly names?: readonly (string | GeneralName)[]
}

export function namedCertificate({ subject = '', issuer = 'CN=issuer', names }: Names): Certificate {
  const subjectAltName = names?.map((name) => (typeof name === 'string' ? parseGeneralNameText(name) : name))
  const rest = subjectAltName && [
    context(3, sequence(extension(EXTENSION.subjectAltName, encodeGeneralNames(subjectAltName)))),
  ]
  return parseCertificate(
    certificateBytes({ subject: parseNameText(subject), issuer: parseNameText(issuer), rest: rest ?? [] }),
  )
}
