/**
 * A certificate profile: what certificates of one kind contain (RFC 5280 §4), as plain data.
 *
 * The fields carry the RFC's names. A profile is a YAML file in `templates/profiles/` or in a project's own
 * `pki-templates/`; `schema.ts` says the same as these types to those who write one, and checks it.
 *
 * Texts may hold placeholders: `{name}`, the name the certificate is made under; `{issuer}`, that of its issuer;
 * `{base-url}`, where revocation information is served.
 */

import type { DigestName, KeyAlgorithmName } from '../keys/keys.ts'
import type { KeyUsageName } from '../x509/extension-value.ts'
import type { EXTENSION } from '../x509/oids.ts'

/** An extension by RFC 5280's name, such as `keyUsage`. */
export type ExtensionName = keyof typeof EXTENSION

/** The forms of name in subjectAltName, by the words that `--dns`, `dns:` and a profile have in common. */
export const NAME_KINDS = ['dns', 'ip', 'email', 'uri', 'upn', 'dirname', 'rid', 'othername'] as const

export type NameKind = (typeof NAME_KINDS)[number]

/** What a kind of certificate contains: plain data, as a file in `templates/profiles/` says it. */
export interface CertificateProfile {
  /** One sentence: what such a certificate is for. */
  readonly description: string
  /** The kind of key that is made when none is brought along. */
  readonly key: KeyAlgorithmName
  /** The digest this certificate is signed with; otherwise the one that goes with the issuer's key. */
  readonly digest?: DigestName
  /** RFC 4514 text with `{name}`; empty for an empty subject. */
  readonly subject: string
  readonly validity: ValidityProfile
  readonly basicConstraints?: { readonly cA: boolean; readonly pathLenConstraint?: number }
  readonly keyUsage?: readonly KeyUsageName[]
  /** What is added to keyUsage where the subject's key is an RSA key. */
  readonly keyUsageForRsa?: readonly KeyUsageName[]
  /** The same for an EC key, which can agree on keys; EdDSA keys only sign. */
  readonly keyUsageForEc?: readonly KeyUsageName[]
  /** Key purposes by name (`serverAuth`) or object identifier, in the order they are written. */
  readonly extKeyUsage?: readonly string[]
  readonly subjectAltName?: SubjectAltNameProfile
  readonly certificatePolicies?: readonly (string | PolicyProfile)[]
  readonly policyMappings?: readonly { readonly issuerDomainPolicy: string; readonly subjectDomainPolicy: string }[]
  readonly policyConstraints?: { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number }
  readonly inhibitAnyPolicy?: number
  /** Texts such as `dns:.test`, `ip:10.0.0.0/8`. */
  readonly nameConstraints?: {
    readonly permittedSubtrees?: readonly string[]
    readonly excludedSubtrees?: readonly string[]
  }
  /**
   * URLs of the CRL. A profile that names any pointer, or says with an empty list that it wants none, keeps to that;
   * one that says nothing about pointers gets all of them as soon as a base URL is given.
   */
  readonly cRLDistributionPoints?: readonly string[]
  /** URLs of the OCSP responder and of the issuer's certificate; as with cRLDistributionPoints. */
  readonly authorityInfoAccess?: { readonly ocsp?: readonly string[]; readonly caIssuers?: readonly string[] }
  /** Where `{base-url}` leads when nobody says otherwise. */
  readonly baseUrl?: string
  /** How the key identifier is made: RFC 7093 §2 method 1 (default), RFC 5280 §4.2.1.2 method 1, or not at all. */
  readonly subjectKeyIdentifier?: 'rfc7093' | 'sha1' | 'none'
  /** The issuer's key identifier (default), its issuer and serial number, or no extension. */
  readonly authorityKeyIdentifier?: 'keyIdentifier' | 'issuerAndSerial' | 'none'
  /** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1). */
  readonly ocspNoCheck?: boolean
  /** The extensions that are marked critical. subjectAltName is critical in any case if the subject is empty. */
  readonly critical?: readonly ExtensionName[]
  /** Further extensions, or replacements, in PowerShell's form: `2.5.29.19={text}CA=1`, `1.2.3={critical}{hex}0500`. */
  readonly extensions?: readonly string[]
  /** What is taken over from a request (PKCS#10); nothing but the key if absent. */
  readonly request?: RequestRules
}

export interface ValidityProfile {
  /** `397d`: that long from now. `2030-01-01T00:00:00Z`: until then. See `duration.ts`. */
  readonly notAfter: string
  /**
   * `-10m`, the default: that long before now, for clocks that run behind; notAfter still counts from now.
   * Anything else is where the validity begins, and where a duration in notAfter counts from.
   */
  readonly notBefore?: string
  /**
   * What happens where the certificate would outlive its issuer: its validity is shortened (default), or it is refused.
   * `refuse-longer`, which no file says but an override: refused, unless it is a duration that the issuer has itself.
   */
  readonly beyondIssuer?: 'shorten' | 'refuse' | 'refuse-longer'
}

export interface SubjectAltNameProfile {
  /**
   * Names such as `dns:{name}`, `uri:spiffe://example.org/{name}`, each of which stands in where no name of its kind
   * was given. `host:{name}` is an IP address or a DNS name, whichever it is.
   */
  readonly default?: readonly string[]
  /** Kinds of which there must be at least one name. */
  readonly require?: readonly NameKind[]
  /** Kinds of which there must not be more than one name. */
  readonly atMostOne?: readonly NameKind[]
  /** The scheme every URI must have. */
  readonly uriScheme?: string
}

export interface PolicyProfile {
  readonly policyIdentifier: string
  /** URI of a certification practice statement. */
  readonly cps?: string
  /** explicitText of a user notice. */
  readonly userNotice?: string
}

export interface RequestRules {
  /** Whether the subject of the request replaces that of the profile. */
  readonly subject?: boolean
  /** Kinds of alternative names that are copied. */
  readonly subjectAltName?: readonly NameKind[]
  /** Whether requested key usages and purposes are copied, as far as the profile has them too. */
  readonly narrowUsage?: boolean
  /** Other extensions that are copied as they stand, by name or object identifier. */
  readonly extensions?: readonly string[]
}

/** Where `{base-url}` leads when neither the profile nor the caller says: the address `pki serve` listens on. */
export const DEFAULT_BASE_URL = 'http://127.0.0.1:8785'

/** The fields that say where revocation information and the issuer's certificate are found. */
export type PointerFields = Pick<CertificateProfile, 'cRLDistributionPoints' | 'authorityInfoAccess'>

const ALL_POINTERS: PointerFields = {
  cRLDistributionPoints: ['{base-url}/crl/{issuer}.crl'],
  authorityInfoAccess: { ocsp: ['{base-url}/ocsp/{issuer}'], caIssuers: ['{base-url}/aia/{issuer}.cer'] },
}

/** The pointers of a profile: its own, or all there are if it says nothing about them and a base URL is given. */
export function pointersOf(profile: CertificateProfile): PointerFields {
  const saysSomething = profile.cRLDistributionPoints !== undefined || profile.authorityInfoAccess !== undefined
  return saysSomething || profile.baseUrl === undefined ? profile : ALL_POINTERS
}
