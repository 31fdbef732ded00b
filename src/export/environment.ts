/** Environment files: variables by which programs find a certificate, its key, and whom to trust. */

import type { Credential } from '../keys/credential.ts'
import type { Artifact } from './artifact.ts'
import type { ExportOptions } from './export-options.ts'
import { authorities, certificatesAbove, certificatesPem, keyPem, publicFile, secretFile } from './pem-parts.ts'

/** Who reads the trust variables. Each wants the path of a PEM file. */
const TRUST_VARIABLES = [
  ['NODE_EXTRA_CA_CERTS', 'Node.js, in addition to its own'],
  ['DENO_CERT', 'Deno, in addition to its own'],
  ['SSL_CERT_FILE', 'OpenSSL, Go, Ruby, Python, .NET on Linux: instead of the system roots'],
  ['REQUESTS_CA_BUNDLE', 'Python requests: instead of its own'],
  ['CURL_CA_BUNDLE', 'curl: instead of the system roots'],
  ['GIT_SSL_CAINFO', 'git: instead of the system roots'],
  ['AWS_CA_BUNDLE', 'AWS command line and SDKs: instead of their own'],
] as const

/**
 * `<name>.env` and the PEM files that it names. A credential without a key gives trust variables only. The file is read
 * alike by shells, by dotenv and by `docker --env-file`, which knows no quotes: nothing is quoted that need not be.
 */
export function environmentFiles(credential: Credential, name: string, options: ExportOptions): Artifact[] {
  const ca = certificatesPem(authorities(credential))
  const files = [publicFile(`${name}.ca-bundle.pem`, ca)]
  const path = (fileName: string) => `${options.folder ?? '.'}/${fileName}`
  const lines = [
    `# Trust in the authorities of ${name}. Settings that say "instead" make the program refuse all other servers.`,
    ...TRUST_VARIABLES.flatMap(([variable, reader]) => [
      `# ${reader}`,
      assignment(variable, path(`${name}.ca-bundle.pem`)),
    ]),
    '# The same as one line of base64.',
    assignment('TLS_CA_BASE64', base64(ca)),
  ]
  const { privateKey } = credential
  if (privateKey !== undefined) {
    const chain = certificatesPem([credential.certificate, ...certificatesAbove(credential, options)])
    const key = keyPem(privateKey, options)
    files.push(publicFile(`${name}.fullchain.pem`, chain), secretFile(`${name}.key`, key, options))
    lines.push(
      `# The certificate of ${name} with its chain, and its private key.`,
      assignment('TLS_CERT_FILE', path(`${name}.fullchain.pem`)),
      assignment('TLS_KEY_FILE', path(`${name}.key`)),
      assignment('TLS_CERT_BASE64', base64(chain)),
      assignment('TLS_KEY_BASE64', base64(key)),
    )
  }
  const text = `${lines.join('\n')}\n`
  const file = `${name}.env`
  return [privateKey ? secretFile(file, text, options) : publicFile(file, text), ...files]
}

/** Quoted as a shell wants it, where a shell would read something else. */
function assignment(variable: string, value: string): string {
  const isPlain = /^[A-Za-z0-9_./:@%+=,-]*$/.test(value)
  return `${variable}=${isPlain ? value : `'${value.replaceAll("'", `'\\''`)}'`}`
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
