/**
 * The schema of a profile file: what `profile.ts` says as types, for whoever writes YAML. Reached through `import()`
 * only: built-in profiles are checked when the project is built. `templates/profile.schema.json`, which editors read, is
 * made from it.
 */

import { isOid } from '../der/writer.ts'
import { KEY_ALGORITHM_NAMES } from '../keys/keys.ts'
import { parseTextExtension } from '../x509/extension-text.ts'
import { KEY_USAGES } from '../x509/extension-value.ts'
import { parseSubtreeText } from '../x509/general-name-text.ts'
import { EXTENSION, KEY_PURPOSE } from '../x509/oids.ts'
import { parseKeyPurpose } from '../x509/usage-text.ts'
import { formatJsonSchema, readable, z } from '../yaml-file/schema-language.ts'
import { parseMoment } from './duration.ts'
import { type CertificateProfile, type ExtensionName, NAME_KINDS } from './profile.ts'

const count = z.int().min(0)
const keyUsage = z.enum(KEY_USAGES)
const nameKind = z.enum(NAME_KINDS)
const oid = z.string().refine(isOid, 'not an object identifier')
const moment = readable(parseMoment)
const subtree = readable(parseSubtreeText)
const extensionName = z.enum(Object.keys(EXTENSION) as [ExtensionName, ...ExtensionName[]])
const url = z.string().regex(/^(\{base-url\}|https?:\/\/|ldap:\/\/)/, 'a URL begins with http:// or {base-url}')

const policy = z.strictObject({
  policyIdentifier: oid,
  cps: z.exactOptional(z.string()).describe('URI of a certification practice statement'),
  userNotice: z.exactOptional(z.string().max(200)).describe('Text that a program may show (RFC 5280: 200 characters)'),
})

/** The fields that a profile and whoever overrides one have in common. */
export const FIELD = {
  key: z.enum(KEY_ALGORITHM_NAMES).describe('The kind of key that is made when none is brought along'),
  digest: z
    .enum(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
    .describe("The digest of the signature; otherwise the one that goes with the issuer's key"),
  subject: z.string().describe('RFC 4514 text such as CN={name},O=Example'),
  notAfter: moment.describe('397d, 12h, 6mo, 10y from now, or an instant such as 2030-01-31T12:00:00Z'),
  notBefore: moment.describe('-10m (default) for clocks that run behind, or where validity begins'),
  pathLenConstraint: count,
  keyUsage: z.array(keyUsage),
  extKeyUsage: z
    .array(readable(parseKeyPurpose))
    .describe(`Object identifiers, or ${Object.keys(KEY_PURPOSE).join(', ')}`),
  certificatePolicies: z.array(z.union([oid, policy])),
  subtrees: z.array(subtree).describe('dns:.test, ip:10.0.0.0/8, …'),
  baseUrl: z
    .string()
    .regex(/^https?:\/\//, 'a URL begins with http:// or https://')
    .describe('Where {base-url} leads'),
  subjectKeyIdentifier: z.enum(['rfc7093', 'sha1', 'none']),
  authorityKeyIdentifier: z.enum(['keyIdentifier', 'issuerAndSerial', 'none']),
  extensionNames: z.array(extensionName),
  extensions: z
    .array(readable(parseTextExtension))
    .describe('Further extensions: 2.5.29.19={text}CA=1, 1.2.3={critical}{hex}0500'),
} as const

/** A profile as it stands in its file. */
export const PROFILE_SCHEMA: z.ZodType<CertificateProfile> = z.strictObject({
  description: z.string().min(1).describe('One sentence: what such a certificate is for'),
  key: FIELD.key,
  digest: z.exactOptional(FIELD.digest),
  subject: FIELD.subject,
  validity: z.strictObject({
    notAfter: FIELD.notAfter,
    notBefore: z.exactOptional(FIELD.notBefore),
    beyondIssuer: z
      .exactOptional(z.enum(['shorten', 'refuse']))
      .describe('What happens where the certificate would outlive its issuer'),
  }),
  basicConstraints: z.exactOptional(z.strictObject({ cA: z.boolean(), pathLenConstraint: z.exactOptional(count) })),
  keyUsage: z.exactOptional(FIELD.keyUsage),
  keyUsageForRsa: z.exactOptional(z.array(keyUsage)).describe("Added where the subject's key is an RSA key"),
  keyUsageForEc: z.exactOptional(z.array(keyUsage)).describe("Added where the subject's key is an EC key"),
  extKeyUsage: z.exactOptional(FIELD.extKeyUsage),
  subjectAltName: z.exactOptional(
    z.strictObject({
      default: z
        .exactOptional(z.array(z.string().regex(/^(host|dns|ip|email|uri|upn|dirname|rid|othername):/i)))
        .describe('Names such as dns:{name}, each for the case that none of its kind was given; host: is dns: or ip:'),
      require: z.exactOptional(z.array(nameKind)).describe('Kinds of which there must be a name'),
      atMostOne: z.exactOptional(z.array(nameKind)).describe('Kinds of which there must not be two'),
      uriScheme: z.exactOptional(z.string().regex(/^[a-z][a-z0-9+.-]*$/)).describe('The scheme every URI must have'),
    }),
  ),
  certificatePolicies: z.exactOptional(FIELD.certificatePolicies),
  policyMappings: z.exactOptional(z.array(z.strictObject({ issuerDomainPolicy: oid, subjectDomainPolicy: oid }))),
  policyConstraints: z.exactOptional(
    z.strictObject({ requireExplicitPolicy: z.exactOptional(count), inhibitPolicyMapping: z.exactOptional(count) }),
  ),
  inhibitAnyPolicy: z.exactOptional(count),
  nameConstraints: z.exactOptional(
    z.strictObject({
      permittedSubtrees: z.exactOptional(FIELD.subtrees),
      excludedSubtrees: z.exactOptional(z.array(subtree)),
    }),
  ),
  cRLDistributionPoints: z.exactOptional(z.array(url)).describe('{base-url}/crl/{issuer}.crl; [] for none at all'),
  authorityInfoAccess: z.exactOptional(
    z.strictObject({ ocsp: z.exactOptional(z.array(url)), caIssuers: z.exactOptional(z.array(url)) }),
  ),
  baseUrl: z.exactOptional(FIELD.baseUrl),
  subjectKeyIdentifier: z.exactOptional(FIELD.subjectKeyIdentifier),
  authorityKeyIdentifier: z.exactOptional(FIELD.authorityKeyIdentifier),
  ocspNoCheck: z.exactOptional(z.boolean()),
  critical: z.exactOptional(FIELD.extensionNames).describe('The extensions that are marked critical'),
  extensions: z.exactOptional(FIELD.extensions),
  request: z
    .exactOptional(
      z.strictObject({
        subject: z.exactOptional(z.boolean()),
        subjectAltName: z.exactOptional(z.array(nameKind)),
        narrowUsage: z.exactOptional(z.boolean()),
        extensions: z.exactOptional(z.array(z.union([oid, extensionName]))),
      }),
    )
    .describe('What is taken over from a request (PKCS#10)'),
})

/** The JSON Schema that editors check profile files with, as text. */
export function formatProfileJsonSchema(): string {
  const says = 'What certificates of one kind contain; the fields carry the names of RFC 5280.'
  return formatJsonSchema(PROFILE_SCHEMA, 'Certificate profile', says)
}
