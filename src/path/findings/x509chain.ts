/** Findings of X509Chain alone: why it stopped where the engine would go on, and what it did not even ask. */

import { oidName } from '../../x509/oids.ts'
import type { FindingTable, NoFacts } from './table.ts'

/**
 * Why a certificate of the right name is not taken for the issuer. `malformed`: the certificate itself, for which no
 * issuer is looked for then; `sent-along`: it was not given to the chain.
 */
export type RefusalReason =
  | 'malformed'
  | 'malformed-candidate'
  | 'key-identifier'
  | 'key-type'
  | 'unusable-key'
  | 'in-the-path'
  | 'sent-along'

export interface X509ChainFacts {
  /** `candidate` in the form of RFC 4514; `oid` is the malformed extension, where there is one. */
  'path.candidate-refused': {
    readonly candidate: string
    readonly because: RefusalReason
    readonly oid?: string | undefined
  }
  'path.anchor-not-self-signed': NoFacts
  'revocation.not-asked': { readonly serialNumber: string }
}

const named = (oid: string | undefined): string => (oid === undefined ? 'an extension' : (oidName(oid) ?? oid))

const REFUSALS: Readonly<
  Record<RefusalReason, { readonly why: (oid?: string) => string; readonly cure: (oid?: string) => string }>
> = {
  malformed: {
    why: (oid) => `its own extension ${named(oid)} cannot be read`,
    cure: (oid) => `issue it again with a program that encodes ${named(oid)} correctly`,
  },
  'malformed-candidate': {
    why: (oid) => `that certificate’s extension ${named(oid)} cannot be read`,
    cure: (oid) => `issue the CA certificate again with a program that encodes ${named(oid)} correctly`,
  },
  'key-identifier': {
    why: () => 'its authority key identifier names another key, or another certificate',
    cure: () => 'give the certificate of the CA that has that key, or issue it again',
  },
  'key-type': {
    why: () => 'that certificate’s key is of another kind than its signature',
    cure: () => 'give the certificate of the CA that signed it',
  },
  'unusable-key': {
    why: () => 'that certificate’s public key cannot be used',
    cure: () => 'issue the CA certificate again for a well-formed key on a known curve',
  },
  'in-the-path': {
    why: () => 'that certificate stands in the path already',
    cure: () => 'give a CA certificate that leads to a root',
  },
  'sent-along': {
    why: () => 'ASP.NET Core does not get what a client sends beside its certificate',
    cure: () => 'name it to the handler: in the custom trust store, or in the additional chain certificates',
  },
}

export const X509CHAIN_FINDINGS: FindingTable<X509ChainFacts> = {
  'path.candidate-refused': {
    section: 'RFC 4158 §2.4.1',
    sentence: ({ candidate, because, oid }) =>
      `${candidate || '(empty name)'} is not taken for its issuer: ${REFUSALS[because].why(oid)}`,
    cure: ({ because, oid }) => REFUSALS[because].cure(oid),
  },
  'path.anchor-not-self-signed': {
    section: 'RFC 5280 §6.1.1 (d)',
    sentence: () => 'it was given as trusted, and X509Chain trusts only certificates whose subject is their issuer',
    cure: () => 'trust its root as well',
  },
  'revocation.not-asked': {
    section: 'RFC 5280 §6.3.3',
    sentence: () => 'whether it is revoked was not asked, since something else is wrong with the chain',
    cure: () => 'put the other findings right first',
  },
}
