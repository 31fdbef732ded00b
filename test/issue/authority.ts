/** Certificates for tests: a fixed clock, real randomness, the fastest keys. */

import { randomBytes } from 'node:crypto'
import { issueCertificate } from '../../src/issue/certificate.ts'
import { requestFromProfile } from '../../src/issue/from-profile.ts'
import type { IssueRequest } from '../../src/issue/issue-request.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { createSigner, generateKey, type PrivateKey } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { overrideProfile, type ProfileOverrides } from '../../src/profile/override.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'

export const NOW = new Date('2026-11-21T12:00:00Z')

export interface TestOrder {
  readonly profile: string | CertificateProfile
  readonly name?: string
  readonly from?: Credential
  readonly names?: readonly string[]
  readonly overrides?: ProfileOverrides
  readonly key?: PrivateKey
  readonly now?: Date
  readonly unchecked?: boolean
}

export function requestFor(order: TestOrder, key = order.key ?? generateKey('ec-p256')): IssueRequest {
  const { profile, name = 'test', from, names = [], overrides = {}, now = NOW, unchecked } = order
  const base = typeof profile === 'string' ? (BUILT_IN_PROFILES[profile] as CertificateProfile) : profile
  return requestFromProfile({
    profile: overrideProfile(base, overrides),
    name,
    issuerName: from === undefined ? undefined : 'ca',
    issuer: from,
    signer: createSigner(from === undefined ? key : (from.privateKey as PrivateKey)),
    publicKey: key.publicKey,
    names: names.map((text): GeneralName => parseGeneralNameText(text)),
    now,
    random: randomBytes,
    unchecked,
  })
}

/** Issues without checking. */
export function issue(order: TestOrder): Credential {
  const key = order.key ?? generateKey('ec-p256')
  const { from } = order
  return {
    certificate: issueCertificate(requestFor(order, key)),
    chain: from === undefined ? [] : [from.certificate, ...from.chain],
    privateKey: key,
  }
}
