/** What `{{…}}` in a template may say: a table, with what each takes and which file it names. */

import type { Artifact } from '../export/artifact.ts'
import { type ExportFormatName, exportCredential } from '../export/formats.ts'
import { kubernetesName } from '../export/kubernetes.ts'
import { certificatesPem, publicFile } from '../export/pem-parts.ts'
import type { Credential } from '../keys/credential.ts'
import type { RandomSource } from '../keys/random.ts'
import type { Certificate } from '../x509/certificate.ts'

/** What of the store a snippet is about; `--server`, `--client`, `--client-ca`. */
export const SNIPPET_ROLES = ['server', 'client', 'clientCa'] as const
export type SnippetRole = (typeof SNIPPET_ROLES)[number]

export interface NamedCredential {
  readonly name: string
  readonly credential: Credential
}

/** Whom client certificates may come from. */
export interface ClientAuthority {
  readonly name: string
  /** The authority, those above it, and those below it, which clients may forget to send. */
  readonly certificates: readonly Certificate[]
}

/** What the placeholders are filled in from. */
export interface SnippetFacts {
  readonly server?: NamedCredential | undefined
  readonly client?: NamedCredential | undefined
  readonly clientCa?: ClientAuthority | undefined
  /** Where the server listens, or the proxy. */
  readonly port: number
  /** Where a proxy sends requests: `http:`, a host, a port, nothing else. */
  readonly backend: URL
  readonly random: RandomSource
}

/** A file of the export folder. */
export interface SnippetFile {
  readonly fileName: string
  /** It holds a private key that is not in the store: {@link build} would throw. */
  readonly lacksKey: boolean
  /** @throws PkiError `refused.key` if it needs the private key and that is not there */
  readonly build: (facts: SnippetFacts) => Promise<Artifact>
}

/** A number is written as it is, a text is quoted, a file is written as its path. */
export type PlaceholderValue = number | string | SnippetFile

interface Placeholder {
  readonly needs: readonly SnippetRole[]
  readonly value: (facts: SnippetFacts) => PlaceholderValue
}

const PLACEHOLDERS = {
  /** The server's certificate and its intermediates, PEM. */
  'server.fullchain': exported('server', 'fullchain', '.fullchain.pem'),
  /** Its private key, PEM, not encrypted: there is nobody to ask when a server starts. */
  'server.key': exported('server', 'key', '.key'),
  /** Certificate, intermediates and private key in one file, PEM. */
  'server.pem': exported('server', 'pem', '.pem'),
  /** The first DNS name in its certificate that is no pattern, else `localhost`. */
  'server.host': fact(['server'], (facts) => serverHost(facts)),
  /** `https://host:port/` */
  'server.url': fact(['server'], (facts) => `https://${serverHost(facts)}:${facts.port}/`),
  /** The name under which `pki export --format k8s` makes its Secret. */
  'server.secret': fact(['server'], (facts) => kubernetesName(named(facts, 'server').name)),
  /** Its name in the store. */
  'server.name': fact(['server'], (facts) => named(facts, 'server').name),
  /** All authorities above the server, what its clients trust, PEM. */
  serverCa: exported('server', 'ca-bundle', '.ca-bundle.pem'),
  /** Whom client certificates may come from: the authority with those above and below it, PEM. */
  clientCa: fact(['clientCa'], clientAuthorityFile),
  /** The contents of that file, in base64. */
  'clientCa.base64': fact(['clientCa'], (facts) => Buffer.from(clientAuthorityPem(facts)).toString('base64')),
  'client.fullchain': exported('client', 'fullchain', '.fullchain.pem'),
  'client.key': exported('client', 'key', '.key'),
  'client.name': fact(['client'], (facts) => named(facts, 'client').name),
  port: fact([], ({ port }) => port),
  /** `http://host:port`, and with the slash of the empty path. */
  'backend.url': fact([], ({ backend }) => backend.href),
  backend: fact([], ({ backend }) => backend.origin),
  'backend.host': fact([], ({ backend }) => backend.hostname.replace(/^\[|\]$/g, '')),
  'backend.port': fact([], ({ backend }) => Number(backend.port || '80')),
} as const satisfies Readonly<Record<string, Placeholder>>

export type PlaceholderName = keyof typeof PLACEHOLDERS

export const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS) as readonly PlaceholderName[]

export function isPlaceholderName(text: string): text is PlaceholderName {
  return Object.hasOwn(PLACEHOLDERS, text)
}

/** Which of the store it takes to fill a placeholder in. */
export function rolesOf(name: PlaceholderName): readonly SnippetRole[] {
  return PLACEHOLDERS[name].needs
}

/** @throws RangeError if a role is missing that {@link rolesOf} names */
export function placeholderValue(name: PlaceholderName, facts: SnippetFacts): PlaceholderValue {
  return PLACEHOLDERS[name].value(facts)
}

function fact(needs: readonly SnippetRole[], value: Placeholder['value']): Placeholder {
  return { needs, value }
}

function exported(role: 'server' | 'client', format: ExportFormatName, ending: string): Placeholder {
  const file = (facts: SnippetFacts): SnippetFile => ({
    fileName: `${named(facts, role).name}${ending}`,
    lacksKey: (format === 'key' || format === 'pem') && named(facts, role).credential.privateKey === undefined,
    build: async (all) => {
      const { name, credential } = named(all, role)
      const artifacts = await exportCredential(credential, name, { random: all.random, format })
      return artifacts[0] as Artifact
    },
  })
  return { needs: [role], value: file }
}

function clientAuthorityFile(facts: SnippetFacts): SnippetFile {
  const fileName = `${authority(facts).name}.client-ca.pem`
  return { fileName, lacksKey: false, build: async (all) => publicFile(fileName, clientAuthorityPem(all)) }
}

function clientAuthorityPem(facts: SnippetFacts): string {
  return certificatesPem(authority(facts).certificates)
}

function serverHost(facts: SnippetFacts): string {
  const names = named(facts, 'server').credential.certificate.decoded.subjectAltName ?? []
  for (const { type, value } of names) if (type === 'dNSName' && !value.startsWith('*')) return value
  return 'localhost'
}

function named(facts: SnippetFacts, role: 'server' | 'client'): NamedCredential {
  return facts[role] ?? missing(role)
}

function authority(facts: SnippetFacts): ClientAuthority {
  return facts.clientCa ?? missing('clientCa')
}

function missing(role: SnippetRole): never {
  throw new RangeError(`the snippet needs ${role}`)
}
