/** What a platform says about a certificate, in the platform's own words: beside ours in every form of output. */

import { CLAIM_VALUE_TYPE, LOCAL_AUTHORITY } from '../../authentication/claim-types.ts'
import type { ClaimsPrincipal } from '../../authentication/principal.ts'
import type { X509ChainResult } from '../../path/x509chain/chain.ts'

/** `--json` has it as `platform`. */
export interface PlatformReport {
  readonly name: 'x509chain' | 'aspnetcore'
  /** What X509Chain says; null if no chain was built. */
  readonly chain: ChainReport | null
  /** What ASP.NET Core's certificate authentication makes of it; null if that was not asked for. */
  readonly authentication: AuthenticationReport | null
}

export interface ChainReport {
  /** What `Build` returns. */
  readonly valid: boolean
  /** Why `Build` throws, null if it does not. */
  readonly threw: string | null
  /** `ChainStatus`, by the names of X509ChainStatusFlags. */
  readonly status: readonly string[]
  /** `ChainElementStatus` of each element, from the certificate upward. */
  readonly elements: readonly (readonly string[])[]
}

export interface AuthenticationReport {
  readonly outcome: 'Success' | 'Fail'
  /** The message of the failure, null on success. */
  readonly failure: string | null
  /** Of an endpoint that requires authentication: 200, or 403, or 500 where the handler throws. */
  readonly httpStatus: 200 | 403 | 500
  /** Of the default principal, in its order; empty without success. */
  readonly claims: readonly ClaimReport[]
}

export interface ClaimReport {
  readonly type: string
  readonly value: string
  readonly valueType: string
  readonly issuer: string
}

export function chainReport({ valid, threw, status, elements }: X509ChainResult): ChainReport {
  const names = (list: X509ChainResult['status']) => list.map(({ flag }) => flag)
  return { valid, threw: threw ?? null, status: names(status), elements: elements.map((one) => names(one.status)) }
}

export function claimReports({ claims }: ClaimsPrincipal): readonly ClaimReport[] {
  return claims.map(({ type, value, valueType, issuer }) => ({ type, value, valueType, issuer }))
}

/** What a claim carries that most do not, in words; empty for a string that nobody in particular says. */
export function claimNotes({ valueType, issuer }: ClaimReport): readonly string[] {
  return [
    ...(valueType === CLAIM_VALUE_TYPE.string ? [] : [valueType.replace(/^.*#/, '')]),
    ...(issuer === LOCAL_AUTHORITY ? [] : [`issued by ${issuer}`]),
  ]
}
