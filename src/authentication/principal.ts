/** Who somebody is found to be: .NET's `ClaimsPrincipal` with the one identity that a certificate gives. */

import { CLAIM_TYPE, CLAIM_VALUE_TYPE, LOCAL_AUTHORITY } from './claim-types.ts'

/** One thing that is said about somebody. */
export interface Claim {
  /** A URI, mostly: see `CLAIM_TYPE`. */
  readonly type: string
  readonly value: string
  /** A URI: see `CLAIM_VALUE_TYPE`. */
  readonly valueType: string
  /** Who says so. */
  readonly issuer: string
}

/** A claim to be made; what is left out is said by nobody in particular, and a string. */
export interface ClaimToMake extends Pick<Claim, 'type' | 'value'> {
  readonly valueType?: string | undefined
  readonly issuer?: string | undefined
}

export interface PrincipalOptions {
  /** How it was found out. Empty: nobody is authenticated. Default `Certificate`. */
  readonly authenticationType?: string | undefined
  /** The type of the claim that holds the name. Default `CLAIM_TYPE.name`. */
  readonly nameClaimType?: string | undefined
}

/** Immutable; to change one, make another from its claims. */
export class ClaimsPrincipal {
  readonly claims: readonly Claim[]
  readonly authenticationType: string
  readonly nameClaimType: string

  constructor(claims: readonly ClaimToMake[], options: PrincipalOptions = {}) {
    this.claims = MADE.has(claims) ? (claims as readonly Claim[]) : makeClaims(claims)
    this.authenticationType = options.authenticationType ?? 'Certificate'
    this.nameClaimType = options.nameClaimType ?? CLAIM_TYPE.name
  }

  /** Whether this is somebody. */
  get isAuthenticated(): boolean {
    return this.authenticationType !== ''
  }

  /** The value of the first claim that holds a name. */
  get name(): string | undefined {
    return this.findFirst(this.nameClaimType)?.value
  }

  /** The first claim of a type; types compare without regard to case, as in .NET. */
  findFirst(type: string): Claim | undefined {
    const wanted = type.toLowerCase()
    return this.claims.find((one) => one.type === type || one.type.toLowerCase() === wanted)
  }

  /** All claims of a type, in their order. */
  findAll(type: string): readonly Claim[] {
    const wanted = type.toLowerCase()
    return this.claims.filter((one) => one.type.toLowerCase() === wanted)
  }

  /** Whether there is a claim of this type with this value; values compare exactly. */
  hasClaim(type: string, value: string): boolean {
    return this.findAll(type).some((one) => one.value === value)
  }

  /** Another object that says the same: what one request hangs on its principal, no other one finds there. */
  clone(): ClaimsPrincipal {
    return new ClaimsPrincipal(this.claims, this)
  }
}

/** Lists that were made here and cannot change: a copy may share them. */
const MADE = new WeakSet<object>()

function makeClaims(claims: readonly ClaimToMake[]): readonly Claim[] {
  const made = Object.freeze(claims.map(claim))
  MADE.add(made)
  return made
}

function claim({ type, value, valueType, issuer }: ClaimToMake): Claim {
  return Object.freeze({
    type,
    value,
    valueType: valueType ?? CLAIM_VALUE_TYPE.string,
    issuer: issuer ?? LOCAL_AUTHORITY,
  })
}
