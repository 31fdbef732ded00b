/**
 * The hierarchy in which every defect is shown: a root, an authority (or two), a server's certificate, and their CRLs.
 * Where nothing is spoiled, it is the good twin, which no rule set has anything to say about.
 */

import { authoritySigner, type CredentialOrder, issueCredential, type NamedAuthority } from '../issue/credential.ts'
import { type CrlRequest, issueCrl } from '../issue/crl.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import { createSigner, generateKey, type KeyAlgorithmName, type PrivateKey } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import { guessGeneralName } from '../x509/general-name-text.ts'
import { parseName } from '../x509/name.ts'
import { parseNameText } from '../x509/name-text.ts'
import { withSpoiling } from './apply.ts'
import type { Defect, Hierarchy, Maker, Presented, Question } from './defect.ts'
import { DAY } from './mechanisms.ts'
import { type Spoiling, UNSPOILED } from './spoiling.ts'

/** The host of every certificate in the gallery (RFC 6761 keeps `.test` for such things). */
const GALLERY_HOST = 'www.defects.test'

/** What a verifier is asked where a defect asks nothing else. The purpose is always to be a TLS server. */
const USUAL_QUESTION: Question = { host: GALLERY_HOST, revocation: false, policies: [] }

/** What is needed to make a hierarchy. */
export interface HierarchyMeans {
  /** The profiles `root`, `intermediate` and `server`. */
  readonly profiles: Readonly<Record<'root' | 'intermediate' | 'server', CertificateProfile>>
  /** The instant to judge for. */
  readonly now: Date
  readonly random: RandomSource
  /** Makes keys, serial numbers and signatures follow from a seed; `random` is not asked then. */
  readonly seeded?: SeededSource | undefined
}

/** A defect made, or its good twin: all that a verifier is given. */
export interface Exhibit {
  readonly target: Credential
  readonly presented: Presented
  /** DER; signed when they are asked for. */
  crls(): readonly Uint8Array[]
  readonly question: Question
}

/** The part of a defect that says how to make it. */
export type Recipe = Pick<Defect, 'certificates' | 'presented' | 'crls' | 'asked' | 'rsaAuthority'>

/** Makes hierarchies one after the other. They share their keys, which is what takes time; RSA keys are made if needed. */
export class HierarchyMaker {
  readonly #means: HierarchyMeans
  readonly #keys = new Map<string, PrivateKey>()
  /** Root and authority without a fault, which most targets hang from. */
  #usual: Omit<Hierarchy, 'target'> | undefined

  constructor(means: HierarchyMeans) {
    this.#means = means
  }

  /** @param defect what is wrong; empty for the good twin */
  make(defect: Recipe = {}): Exhibit {
    const made = this.#hierarchy(defect)
    const presented = defect.presented?.(made, this.#maker()) ?? {
      chain: intermediates(made.target),
      trustAnchors: [made.root.credential.certificate],
    }
    return {
      target: presented.target ?? made.target,
      presented,
      crls: () => this.#crls(made, defect),
      question: { ...USUAL_QUESTION, ...defect.asked },
    }
  }

  #hierarchy({ certificates = {}, rsaAuthority = false }: Recipe): Hierarchy {
    const { root, upper, authority } = this.#authorities(certificates, rsaAuthority)
    return { root, upper, authority, target: this.#target(authority, certificates.target ?? UNSPOILED) }
  }

  #authorities(certificates: NonNullable<Recipe['certificates']>, rsaAuthority: boolean): Omit<Hierarchy, 'target'> {
    const { root: rootSpoiling, upper: upperSpoiling, authority: authoritySpoiling } = certificates
    const isUsual = !rsaAuthority && !rootSpoiling && !upperSpoiling && !authoritySpoiling
    if (isUsual && this.#usual !== undefined) return this.#usual

    const root = this.#root('CN=Defects Root', this.#key('root'), rootSpoiling)
    const upper =
      upperSpoiling &&
      this.#authority('CN=Defects Upper Authority', this.#key('upper'), root, upperSpoiling, { pathLength: 1 })
    const key = rsaAuthority ? this.#key('rsa authority', 'rsa-2048') : this.#key('authority')
    const authority = this.#authority('CN=Defects Authority', key, upper ?? root, authoritySpoiling)
    const made = { root, upper, authority }
    if (isUsual) this.#usual = made
    return made
  }

  #maker(): Maker {
    return {
      now: this.#means.now,
      key: (name) => this.#key(name),
      createSigner: this.#means.seeded?.createSigner ?? createSigner,
      root: (subject, key) => this.#root(subject, key),
      authority: (subject, key, issuer) => this.#authority(subject, key, issuer),
      target: (issuer, spoiling) => this.#target(issuer, spoiling),
    }
  }

  #key(name: string, algorithm: KeyAlgorithmName = 'ec-p256'): PrivateKey {
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    const key = this.#means.seeded?.key(name, algorithm) ?? generateKey(algorithm)
    this.#keys.set(name, key)
    return key
  }

  #root(subject: string, key: PrivateKey, spoiling = UNSPOILED): NamedAuthority {
    const credential = this.#issue('root', { subject, key, issuer: undefined, spoiling })
    return { name: 'root', credential }
  }

  #authority(
    subject: string,
    key: PrivateKey,
    issuer: NamedAuthority,
    spoiling = UNSPOILED,
    { pathLength = 0 } = {},
  ): NamedAuthority {
    const credential = this.#issue('intermediate', { subject, key, issuer, spoiling, pathLength })
    return { name: 'authority', credential }
  }

  #target(issuer: NamedAuthority | undefined, spoiling = UNSPOILED): Credential {
    const subject = `CN=${GALLERY_HOST}`
    return this.#issue('server', { subject, key: this.#key('target'), issuer, spoiling, names: [GALLERY_HOST] })
  }

  #issue(profileName: keyof HierarchyMeans['profiles'], wanted: Wanted): Credential {
    const { now, random, seeded, profiles } = this.#means
    const { subject, key, issuer, spoiling, names = [], pathLength } = wanted
    const { validity, basicConstraints, ...profile } = profiles[profileName]
    const constraints = pathLength === undefined ? basicConstraints : { cA: true, pathLenConstraint: pathLength }
    const order: CredentialOrder = {
      profile: {
        ...profile,
        // Not shortened to that of its issuer: of an expired authority, nothing else is to be wrong.
        validity: { ...validity, beyondIssuer: 'refuse' },
        ...(constraints && { basicConstraints: constraints }),
      },
      name: profileName,
      issuer,
      key,
      subject: parseName(parseNameText(subject)),
      names: names.map(guessGeneralName),
      unchecked: true,
      now,
      random,
      seeded,
    }
    return issueCredential(withSpoiling(order, spoiling)).credential
  }

  /** One CRL of the root and one of each authority, a minute old, good for a week. */
  #crls(made: Hierarchy, { crls = {} }: Recipe): readonly Uint8Array[] {
    const { now, seeded } = this.#means
    const issuers = { root: made.root, upper: made.upper, authority: made.authority }
    return Object.entries(issuers).flatMap(([place, issuer]) => {
      if (issuer === undefined) return []
      const request: CrlRequest = {
        issuer: issuer.credential.certificate,
        signer: authoritySigner(issuer, {}, {}, seeded?.createSigner),
        thisUpdate: new Date(now.getTime() - MINUTE),
        nextUpdate: new Date(now.getTime() + 7 * DAY),
        number: 1n,
        entries: [],
      }
      const spoiling = crls[place as 'root' | 'authority']
      const spoiled = spoiling === undefined ? request : spoiling(request, made, this.#maker())
      return spoiled === undefined ? [] : [issueCrl(spoiled)]
    })
  }
}

const MINUTE = 60_000

interface Wanted {
  readonly subject: string
  readonly key: PrivateKey
  readonly issuer: NamedAuthority | undefined
  readonly spoiling: Spoiling
  readonly names?: readonly string[]
  readonly pathLength?: number
}
