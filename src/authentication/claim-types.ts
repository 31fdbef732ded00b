/** The identifiers of claims: .NET's `ClaimTypes` and `ClaimValueTypes`, as far as certificates give any. */

const IDENTITY = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

/** Types of claims. */
export const CLAIM_TYPE = {
  /** Not a URI: ASP.NET Core writes it so. */
  issuer: 'issuer',
  thumbprint: `${IDENTITY}/thumbprint`,
  x500DistinguishedName: `${IDENTITY}/x500distinguishedname`,
  serialNumber: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/serialnumber',
  dns: `${IDENTITY}/dns`,
  name: `${IDENTITY}/name`,
  email: `${IDENTITY}/emailaddress`,
  upn: `${IDENTITY}/upn`,
  uri: `${IDENTITY}/uri`,
  /** Not in the default principal; the articles' callbacks put the subject here. */
  nameIdentifier: `${IDENTITY}/nameidentifier`,
  role: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  /** Not in the default principal; the name that the article on mutual TLS gives the thumbprint. */
  certificateThumbprint: 'certificate_thumbprint',
} as const

/** Types of the values of claims. */
export const CLAIM_VALUE_TYPE = {
  string: 'http://www.w3.org/2001/XMLSchema#string',
  base64Binary: 'http://www.w3.org/2001/XMLSchema#base64Binary',
} as const

/** The issuer of a claim for which none is named. */
export const LOCAL_AUTHORITY = 'LOCAL AUTHORITY'
