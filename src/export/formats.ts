/** The formats a credential can be exported in: a table, and the one function that reads it. */

import { formatPem } from '../der/pem.ts'
import { PkiError } from '../errors.ts'
import type { Credential } from '../keys/credential.ts'
import { hintOf } from '../spelling/nearest.ts'
import type { Artifact } from './artifact.ts'
import { environmentFiles } from './environment.ts'
import type { ExportOptions } from './export-options.ts'
import { kubernetesManifests } from './kubernetes.ts'
import { encodeP7b } from './p7b.ts'
import {
  authorities,
  certificatesAbove,
  certificatesPem,
  keyPem,
  missingKey,
  publicFile,
  requirePrivateKey,
  secretFile,
  trustAnchors,
} from './pem-parts.ts'
import { buildKeyStore, buildTrustStore } from './pkcs12.ts'

/** What a format is made of, beside the certificate itself. */
export type Need = 'certificate' | 'private-key' | 'plain-private-key' | 'intermediate' | 'authority'

interface ExportFormat {
  /** One line for people. */
  readonly description: string
  /** What must be there for anything to be exported. */
  readonly needs: Need
  /** What its files are called behind the name; without a private key there may be fewer. */
  readonly endings: readonly string[]
  readonly build: (
    credential: Credential,
    name: string,
    options: ExportOptions,
  ) => readonly Artifact[] | Promise<readonly Artifact[]>
}

const FORMATS = {
  pem: {
    description: 'certificate, chain and private key (if it is here) in one PEM file',
    needs: 'certificate',
    endings: ['.pem'],
    build: (credential, name, options) => {
      const { certificate, privateKey } = credential
      const text = certificatesPem([certificate, ...certificatesAbove(credential, options)])
      const fileName = `${name}.pem`
      return [
        privateKey ? secretFile(fileName, text + keyPem(privateKey, options), options) : publicFile(fileName, text),
      ]
    },
  },
  crt: {
    description: 'the certificate alone, PEM',
    needs: 'certificate',
    endings: ['.crt'],
    build: ({ certificate }, name) => [publicFile(`${name}.crt`, certificatesPem([certificate]))],
  },
  der: {
    description: 'the certificate alone, DER',
    needs: 'certificate',
    endings: ['.der'],
    build: ({ certificate }, name) => [publicFile(`${name}.der`, certificate.encoded)],
  },
  cer: {
    description: 'the certificate alone, DER, under the ending that Windows opens',
    needs: 'certificate',
    endings: ['.cer'],
    build: ({ certificate }, name) => [publicFile(`${name}.cer`, certificate.encoded)],
  },
  key: {
    description: 'the private key, PEM',
    needs: 'private-key',
    endings: ['.key'],
    build: (credential, name, options) => {
      return [secretFile(`${name}.key`, keyPem(requirePrivateKey(credential, name), options), options)]
    },
  },
  chain: {
    description: 'the intermediates above the certificate, nearest first, PEM',
    needs: 'intermediate',
    endings: ['.chain.pem'],
    build: (credential, name, options) => {
      return [publicFile(`${name}.chain.pem`, certificatesPem(certificatesAbove(credential, options)))]
    },
  },
  fullchain: {
    description: 'the certificate and its intermediates, what a TLS server sends, PEM',
    needs: 'certificate',
    endings: ['.fullchain.pem'],
    build: (credential, name, options) => {
      const chain = [credential.certificate, ...certificatesAbove(credential, options)]
      return [publicFile(`${name}.fullchain.pem`, certificatesPem(chain))]
    },
  },
  'ca-bundle': {
    description: 'all authorities up to the root, what a peer checks against, PEM',
    needs: 'authority',
    endings: ['.ca-bundle.pem'],
    build: (credential, name) => {
      return [publicFile(`${name}.ca-bundle.pem`, certificatesPem(authorities(credential)))]
    },
  },
  pfx: {
    description: 'PKCS #12 with private key, certificate and intermediates',
    needs: 'private-key',
    endings: ['.pfx'],
    build: async (credential, name, options) => {
      const { pfxProfile: profile, friendlyName = name } = options
      const bytes = await buildKeyStore(credential, { ...options, password: options.password, profile, friendlyName })
      return [secretFile(`${name}.pfx`, bytes, options)]
    },
  },
  truststore: {
    description: 'PKCS #12 with the root alone, which Java takes as trusted',
    needs: 'authority',
    endings: ['.truststore.p12'],
    build: async (credential, name, options) => {
      const trusted = trustAnchors(credential).map((certificate, i) => ({
        certificate,
        alias: i === 0 ? `${name}-ca` : `${name}-ca-${i + 1}`,
      }))
      const { pfxProfile: profile, password, random } = options
      return [publicFile(`${name}.truststore.p12`, await buildTrustStore(trusted, { password, random, profile }))]
    },
  },
  p7b: {
    description: 'PKCS #7 with the certificate and all above it, DER',
    needs: 'certificate',
    endings: ['.p7b'],
    build: ({ certificate, chain }, name) => [publicFile(`${name}.p7b`, encodeP7b([certificate, ...chain]))],
  },
  'p7b-pem': {
    description: 'PKCS #7 with the certificate and all above it, PEM',
    needs: 'certificate',
    endings: ['.p7b.pem'],
    build: ({ certificate, chain }, name) => {
      return [publicFile(`${name}.p7b.pem`, formatPem('PKCS7', encodeP7b([certificate, ...chain])))]
    },
  },
  k8s: {
    description: 'Kubernetes: a kubernetes.io/tls Secret and a ConfigMap with the authorities',
    needs: 'plain-private-key',
    endings: ['.k8s.yaml'],
    build: (credential, name, options) => {
      return [secretFile(`${name}.k8s.yaml`, kubernetesManifests(credential, name, options), options)]
    },
  },
  env: {
    description: 'an environment file (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, …) and the PEM files it names',
    needs: 'authority',
    endings: ['.env', '.ca-bundle.pem', '.fullchain.pem', '.key'],
    build: environmentFiles,
  },
  zip: {
    description: 'every format above in one archive',
    needs: 'certificate',
    endings: ['.zip'],
    build: zipOfEverything,
  },
} as const satisfies Readonly<Record<string, ExportFormat>>

/** A name that `pki export --format` takes. */
export type ExportFormatName = keyof typeof FORMATS

/** The names, in the order in which they are worth listing, with their descriptions. */
export const EXPORT_FORMATS: readonly { readonly name: ExportFormatName; readonly description: string }[] = (
  Object.keys(FORMATS) as ExportFormatName[]
).map((name) => ({ name, description: FORMATS[name].description }))

/** What must be there for a format, so that one can know beforehand. */
export function needOf(format: ExportFormatName): Need {
  return FORMATS[format].needs
}

/** The names of the files that a format gives, known beforehand. Without a private key it may be fewer. */
export function exportFileNames(format: ExportFormatName, name: string): readonly string[] {
  return FORMATS[format].endings.map((ending) => `${name}${ending}`)
}

const WITHOUT_KEY: ReadonlySet<ExportFormatName> = new Set<ExportFormatName>([
  'crt',
  'der',
  'cer',
  'chain',
  'fullchain',
  'ca-bundle',
  'truststore',
  'p7b',
  'p7b-pem',
])

/** Whether the private key goes into a format: if not, nobody need unlock it. */
export function holdsPrivateKey(format: ExportFormatName): boolean {
  return !WITHOUT_KEY.has(format)
}

/** @throws PkiError `usage.option` for a name that is not in {@link EXPORT_FORMATS} */
export function requireExportFormat(text: string): ExportFormatName {
  const found = EXPORT_FORMATS.find(({ name }) => name === text.toLowerCase())
  if (found !== undefined) return found.name
  throw new PkiError('usage.option', `unknown export format: ${text}`, {
    hint: hintOf(
      text,
      EXPORT_FORMATS.map(({ name }) => name),
    ),
  })
}

/**
 * The files that a format gives, not yet written; file names begin with `name`.
 * @throws PkiError `refused.key` if the format needs the private key and it is not there; `input.mismatch`;
 *   `usage.option` where there is nothing to export, such as the intermediates of a root
 */
export async function exportCredential(
  credential: Credential,
  name: string,
  options: ExportOptions & { readonly format: ExportFormatName },
): Promise<readonly Artifact[]> {
  const format: ExportFormat = FORMATS[options.format]
  const problem = missing(format.needs, credential, name, options)
  if (problem !== undefined) throw problem
  return format.build(credential, name, options)
}

/** What stands against an export, undefined if nothing does. */
function missing(need: Need, credential: Credential, name: string, options: ExportOptions): PkiError | undefined {
  const nothing = (why: string) =>
    new PkiError('usage.option', `nothing to export: ${why} ${name}`, { context: { name } })
  const needsKey = need === 'private-key' || need === 'plain-private-key'
  if (needsKey && credential.privateKey === undefined) return missingKey(name)
  if (need === 'plain-private-key' && options.keyPassword !== undefined) {
    return new PkiError('usage.option', `this format cannot hold an encrypted private key: ${name}`, {
      hint: 'leave the key password out',
    })
  }
  if (need === 'intermediate' && certificatesAbove(credential, options).length === 0) {
    return nothing('there is no intermediate above')
  }
  if (need === 'authority' && authorities(credential).length === 0) return nothing('no authority is known above')
  return undefined
}

async function zipOfEverything(credential: Credential, name: string, options: ExportOptions): Promise<Artifact[]> {
  const artifacts = new Map<string, Artifact>()
  for (const [formatName, format] of Object.entries(FORMATS) as [ExportFormatName, ExportFormat][]) {
    if (formatName === 'zip' || missing(format.needs, credential, name, options) !== undefined) continue
    // The environment file brings PEM files that other formats give too; the first of a name stays.
    for (const artifact of await format.build(credential, name, options)) {
      if (!artifacts.has(artifact.fileName)) artifacts.set(artifact.fileName, artifact)
    }
  }
  const { zipArtifacts } = await import('./zip.ts')
  const bytes = zipArtifacts([...artifacts.values()])
  const fileName = `${name}.zip`
  return [credential.privateKey ? secretFile(fileName, bytes, options) : publicFile(fileName, bytes)]
}
