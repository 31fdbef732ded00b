/**
 * The schema of a hierarchy file. Reached through `import()` only, because it brings zod; `templates/hierarchy.schema.json`,
 * which editors read, is made from it.
 */

import { PkiError } from '../errors.ts'
import { EXPORT_FORMATS, type ExportFormatName } from '../export/formats.ts'
import { PFX_CONSUMERS, type PfxConsumer } from '../export/pfx-profile.ts'
import { parseDuration, parseMoment } from '../profile/duration.ts'
import { FIELD } from '../profile/schema.ts'
import { requireCredentialName } from '../store/credential-name.ts'
import { CRL_REASONS } from '../x509/crl-extension.ts'
import { guessGeneralName } from '../x509/general-name-text.ts'
import { parseNameText } from '../x509/name-text.ts'
import { formatJsonSchema, readable, z } from '../yaml-file/schema-language.ts'
import type { FileRevocation } from './hierarchy-file.ts'
import { MAX_CERTIFICATES } from './hierarchy-file.ts'
import { numbered } from './numbered-name.ts'

/** A text in which `{name}` and `{n}` stand for something, tried with a sample of each. */
const filled = (text: string) => numbered(text.replaceAll('{name}', 'name'), 1)

const nonEmpty = z.string().min(1)
const name = readable((text) => requireCredentialName(numbered(text, 1)))
const instant = readable(parseMoment)
const positiveDuration = readable((text) => {
  const { months, seconds } = parseDuration(text)
  if (months + seconds <= 0) throw new PkiError('usage.time', `not a time that lasts: ${text}`)
})
const listOf = <T extends z.ZodType>(item: T) => z.union([item, z.array(item)])

const REASONS = CRL_REASONS.filter(
  (reason): reason is FileRevocation['reason'] => reason !== undefined && reason !== 'removeFromCRL',
)
const FORMATS = EXPORT_FORMATS.map(({ name: format }) => format) as [ExportFormatName, ...ExportFormatName[]]
const CONSUMERS = Object.keys(PFX_CONSUMERS) as [PfxConsumer, ...PfxConsumer[]]

const OVERRIDES = {
  key: z.exactOptional(FIELD.key),
  digest: z.exactOptional(FIELD.digest),
  subject: z
    .exactOptional(readable((text) => parseNameText(filled(text))))
    .describe('RFC 4514 text such as CN={name},O=Example'),
  notAfter: z.exactOptional(FIELD.notAfter),
  notBefore: z.exactOptional(FIELD.notBefore),
  cA: z.exactOptional(z.boolean()).describe('Makes it an authority, or says that it is none'),
  pathLenConstraint: z
    .exactOptional(z.union([FIELD.pathLenConstraint, z.literal('none')]))
    .describe('How many authorities may stand below it; none for no limit'),
  keyUsage: z.exactOptional(FIELD.keyUsage),
  extKeyUsage: z.exactOptional(FIELD.extKeyUsage),
  certificatePolicies: z.exactOptional(FIELD.certificatePolicies),
  permit: z.exactOptional(FIELD.subtrees),
  exclude: z.exactOptional(FIELD.subtrees),
  baseUrl: z.exactOptional(FIELD.baseUrl),
  subjectKeyIdentifier: z.exactOptional(FIELD.subjectKeyIdentifier),
  authorityKeyIdentifier: z.exactOptional(FIELD.authorityKeyIdentifier),
  ocspNoCheck: z.exactOptional(z.boolean()),
  critical: z.exactOptional(FIELD.extensionNames).describe('Extensions to mark critical'),
  notCritical: z.exactOptional(FIELD.extensionNames).describe('Extensions not to mark critical'),
  extensions: z.exactOptional(FIELD.extensions),
  omit: z.exactOptional(z.array(nonEmpty)).describe('Extensions to leave out, by name or object identifier'),
} as const

/** The keys of an entry that go to its profile as they are. */
export const OVERRIDE_KEYS = Object.keys(OVERRIDES) as (keyof typeof OVERRIDES)[]

const revocation = z.strictObject({
  reason: z.exactOptional(z.enum(REASONS)),
  at: z.exactOptional(instant).describe('From when on; the time of issue if absent'),
  invalidityDate: z.exactOptional(instant).describe('Since when it was not trustworthy, if that was earlier'),
})

const crl = z.strictObject({ validFor: positiveDuration.describe('From thisUpdate to nextUpdate: 7d') })

/** Formats that are written in one way or another for the program that is to read them. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set(['pfx', 'truststore', 'zip'])

const oneExport = z
  .strictObject({
    format: listOf(z.enum(FORMATS)),
    out: z
      .exactOptional(
        z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._@+/-]*$/, 'a relative path without ..'),
      )
      .describe('Folder below exports/ in the store'),
    for: z.exactOptional(z.enum(CONSUMERS)).describe('The program that is to read the PFX'),
  })
  .refine(({ format, for: program }) => program === undefined || [format].flat().some((one) => FOR_PROGRAMS.has(one)), {
    path: ['for'],
    message: 'nothing to write for a program: it goes with pfx, truststore and zip',
  })

const entryFields = z.strictObject({
  profile: z.exactOptional(nonEmpty).describe('What kind of certificate; pki templates lists them'),
  from: z.exactOptional(name).describe('Who issues it, for an entry that does not stand inside its issuer'),
  crossSigns: z.exactOptional(name).describe('The authority whose key and subject this certificate is for'),
  names: z
    .exactOptional(z.array(readable((text) => guessGeneralName(filled(text)))))
    .describe('Alternative names: web.test, 127.0.0.1, upn:alice@corp.test, {name}.test'),
  count: z.exactOptional(z.int().min(1).max(MAX_CERTIFICATES)).describe('How many; {n} in the name counts them'),
  serialNumber: z.exactOptional(
    z.union([z.int(), z.string().regex(/^-?(0x[0-9a-fA-F]+|\d+)$/, 'write 4711 or 0x1267')]),
  ),
  unchecked: z.exactOptional(z.boolean()).describe('Make it even if its issuer may not issue it'),
  defect: z.exactOptional(listOf(nonEmpty)).describe('What is wrong with it on purpose; pki defects list shows them'),
  revoked: z
    .exactOptional(z.union([z.boolean(), z.enum(REASONS), revocation]))
    .describe('Without it, what pki apply had put on hold is lifted; false lifts also what pki revoke has put on hold'),
  crl: z.exactOptional(z.union([z.boolean(), crl])).describe('Makes a list of what it has revoked'),
  exports: z.exactOptional(z.array(z.union([z.enum(FORMATS), oneExport]))),
  ...OVERRIDES,
})

/** An entry as it is written. */
export type WrittenEntry = z.output<typeof entryFields> & { readonly issues?: WrittenEntries }

/** By name: an entry, the name of its profile for short, or nothing where everything follows from its place. */
export type WrittenEntries = Readonly<Record<string, WrittenEntry | string | null>>

const entry: z.ZodType<WrittenEntry> = z.strictObject({
  ...entryFields.shape,
  get issues() {
    return z.exactOptional(entries).describe('What it issues')
  },
})

const entries: z.ZodType<WrittenEntries> = z.record(name, z.union([z.null(), nonEmpty, entry]))

/** A file as it is written. */
export const HIERARCHY_SCHEMA = z.strictObject({
  version: z.literal(1),
  description: z.exactOptional(z.string()),
  seed: z.exactOptional(nonEmpty).describe('Keys and all else that is random follow from it: for tests only'),
  now: z.exactOptional(instant).describe('The time of issue, instead of the clock: for tests only'),
  unmarked: z.exactOptional(z.boolean()).describe('Leaves out the comment that says that it is made from a seed'),
  defaults: z
    .exactOptional(z.strictObject(OVERRIDES))
    .describe('What holds for every entry that does not say otherwise'),
  profiles: z
    .exactOptional(z.record(nonEmpty, z.strictObject({ extends: nonEmpty, ...OVERRIDES })))
    .describe('Profiles of its own: another one, and what is different'),
  certificates: entries,
})

/** The JSON Schema that editors check hierarchy files with, as text. */
export function formatHierarchyJsonSchema(): string {
  const says = 'A hierarchy of certificates: pki apply makes what is described here and nothing more.'
  return formatJsonSchema(HIERARCHY_SCHEMA, 'Certificate hierarchy', says)
}
