/** The principal that a certificate makes without anybody's help: the claims of ASP.NET Core, to the letter. */

import { CLAIM_TYPE, CLAIM_VALUE_TYPE } from './claim-types.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { NameInfoOptions } from './name-info.ts'
import { ClaimsPrincipal, type ClaimToMake } from './principal.ts'

export interface DefaultPrincipalOptions extends NameInfoOptions {
  /** The issuer of each claim. Default `LOCAL AUTHORITY`. */
  readonly claimsIssuer?: string | undefined
}

/** The principal with the claims of {@link defaultClaims}; its name is the simple name. */
export function defaultPrincipal(
  certificate: ClientCertificate,
  options: DefaultPrincipalOptions = {},
): ClaimsPrincipal {
  // The authentication type is this constant, whatever the scheme is called.
  return new ClaimsPrincipal(defaultClaims(certificate, options), { authenticationType: 'Certificate' })
}

/** In ASP.NET Core's order. Issuer and thumbprint are always there, the others where there is something to say. */
export function defaultClaims(
  certificate: ClientCertificate,
  options: DefaultPrincipalOptions = {},
): readonly ClaimToMake[] {
  const { claimsIssuer: issuer } = options
  const facts: readonly (readonly [type: string, value: string])[] = [
    [CLAIM_TYPE.x500DistinguishedName, certificate.subject],
    [CLAIM_TYPE.serialNumber, certificate.serialNumber],
    [CLAIM_TYPE.dns, certificate.nameInfo('DnsName', options)],
    [CLAIM_TYPE.name, certificate.nameInfo('SimpleName', options)],
    [CLAIM_TYPE.email, certificate.nameInfo('EmailName', options)],
    [CLAIM_TYPE.upn, certificate.nameInfo('UpnName')],
    [CLAIM_TYPE.uri, certificate.nameInfo('UrlName')],
  ]
  const { base64Binary } = CLAIM_VALUE_TYPE
  return [
    { type: CLAIM_TYPE.issuer, value: certificate.issuer, issuer },
    // Hexadecimal digits, and yet this value type: so ASP.NET Core has it.
    { type: CLAIM_TYPE.thumbprint, value: certificate.thumbprint, valueType: base64Binary, issuer },
    ...facts.filter(([, value]) => !isBlank(value)).map(([type, value]) => ({ type, value, issuer })),
  ]
}

/** .NET's `string.IsNullOrWhiteSpace`: a next line is white space there, and a byte order mark is none. */
function isBlank(text: string): boolean {
  return /^[\s\u0085]*$/.test(text) && !text.includes('\ufeff')
}
