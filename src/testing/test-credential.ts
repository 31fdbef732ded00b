/** A certificate with its key, in the forms that tests hand to servers and clients. */

import { Agent } from 'node:https'
import { authorities, certificatesPem, trustAnchors } from '../export/pem-parts.ts'
import type { IssuanceProblem } from '../issue/problems.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import { formatPrivateKey } from '../keys/key-file.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { createDispatcher } from './fetch-dispatcher.ts'

/** Who one is and whom one trusts, as `node:tls`, `node:https`, pg, mysql2, nodemailer, … take it; PEM. */
export interface TlsIdentity {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/**
 * A certificate, its key and the certificates above it. It is a `Credential` as well: `exportCredential` makes PFX and
 * every other format of it.
 */
export class TestCredential implements Credential {
  readonly name: string
  readonly certificate: Certificate
  /** The certificates above it, nearest issuer first; the root is the last. */
  readonly chain: readonly Certificate[]
  readonly privateKey: PrivateKey
  /** What a strict verifier will not like about it; empty for everything that was asked for in the usual way. */
  readonly problems: readonly IssuanceProblem[]
  #dispatcher: object | undefined

  constructor(
    name: string,
    { certificate, chain, privateKey }: Credential & { readonly privateKey: PrivateKey },
    problems: readonly IssuanceProblem[],
  ) {
    this.name = name
    this.certificate = certificate
    this.chain = chain
    this.privateKey = privateKey
    this.problems = problems
  }

  /** The certificate with the intermediates behind it: what goes over the wire. PEM. */
  get cert(): string {
    return certificatesPem([this.certificate, ...intermediates(this)])
  }

  /** The private key, PKCS #8. PEM. */
  get key(): string {
    return formatPrivateKey(this.privateKey, { format: 'pkcs8' })
  }

  /** The root it comes from: what a peer trusts, and what this one trusts in a peer of the same pki. PEM. */
  get ca(): string {
    return certificatesPem(trustAnchors(this))
  }

  /** Root and intermediates, for programs that want to know them all. PEM. */
  get caBundle(): string {
    return certificatesPem(authorities(this))
  }

  /** For `tls.connect`, `https.request`, and for servers that do not ask who their clients are. */
  tlsOptions(): TlsIdentity {
    return { cert: this.cert, key: this.key, ca: this.ca }
  }

  /** For `https.request`, axios, got, node-fetch, …: shows this certificate, trusts the root. */
  agent(): Agent {
    return new Agent(this.tlsOptions())
  }

  /**
   * For Node's own `fetch`: `fetch(url, alice.fetchOptions())`.
   * @throws PkiError `input.unsupported` where fetch takes no such thing, or its global dispatcher was replaced
   */
  fetchOptions(): RequestInit {
    this.#dispatcher ??= createDispatcher(this.tlsOptions())
    return { dispatcher: this.#dispatcher } as RequestInit
  }
}
