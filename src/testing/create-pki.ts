/**
 * Certificates for one test, in memory and synchronously: a root, an intermediate, servers and clients, made when they
 * are first asked for.
 *
 *     const pki = createPki()
 *     const server = https.createServer(pki.tlsOptions(), handler)
 *     await fetch('https://localhost:8443', pki.client('alice').fetchOptions())
 */

import type { RequestListener } from 'node:http'
import type { ServerOptions } from 'node:https'
import { withDefects } from '../defect/apply.ts'
import { type DefectId, requireDefects } from '../defect/catalogue.ts'
import { formatPem } from '../der/pem.ts'
import { PkiError } from '../errors.ts'
import type { Artifact } from '../export/artifact.ts'
import { certificatesPem, publicFile, secretFile } from '../export/pem-parts.ts'
import { authoritySigner, type CredentialOrder, issueCredential } from '../issue/credential.ts'
import { issueCrl, type RevokedCertificate } from '../issue/crl.ts'
import type { Credential } from '../keys/credential.ts'
import type { KeyAlgorithmName, PrivateKey } from '../keys/keys.ts'
import { BUILT_IN_PROFILES } from '../profile/built-in.ts'
import { addDuration, parseDuration } from '../profile/duration.ts'
import { overrideProfile, type ProfileOverrides } from '../profile/override.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import { markedProfile } from '../seed/mark.ts'
import { createSeededSource, type SeededSource } from '../seed/seeded-source.ts'
import { writeArtifacts } from '../store/file-writer.ts'
import type { CrlReason } from '../x509/crl-extension.ts'
import { guessGeneralName } from '../x509/general-name-text.ts'
import { startTestServer, type TestServer } from './mutual-tls-server.ts'
import { machineClock, machineRandom } from './surroundings.ts'
import { TestCredential, type TlsIdentity } from './test-credential.ts'

/** What {@link createPki} can be told. */
export interface PkiOptions {
  /** What time it is in the certificates; the moment of the call unless said. */
  readonly now?: Date
  /** Makes the same octets from the same text, if `now` is given too. Such certificates carry a mark. */
  readonly seed?: string
  /** The kind of key of everything that does not ask for another; `ec-p256` unless said. */
  readonly key?: KeyAlgorithmName
}

/** How a certificate is to differ from its profile: validity, usages, constraints, … as in {@link ProfileOverrides}. */
export interface TestCertificateOptions extends ProfileOverrides {
  /** Alternative names: `web.test`, `10.0.0.1`, `spiffe://example.test/a`, `email:a@example.test`. */
  readonly names?: readonly string[]
  /** Who issues it: the intermediate unless said. */
  readonly from?: TestCredential
  /** Makes it also if its issuer may not issue it. */
  readonly unchecked?: boolean
}

/** What a deliberately wrong certificate is, apart from its defect. */
export interface DefectOptions extends TestCertificateOptions {
  /** What kind of certificate is spoiled: `server` unless said, `intermediate` for the defects of authorities. */
  readonly profile?: string | CertificateProfile
  /** That of the defect unless said. */
  readonly name?: string
}

/** What `https.createServer` and `tls.createServer` take to demand client certificates from this hierarchy. */
export interface MutualTlsOptions extends TlsIdentity {
  readonly requestCert: true
  readonly rejectUnauthorized: true
}

/** What {@link Pki.serve} can be told. */
export interface ServeOptions {
  /** Whom it claims to be: `server('localhost')` unless said. */
  readonly server?: TestCredential
  /** Anything else that `https.createServer` takes, such as `requestCert: false`. */
  readonly tls?: ServerOptions
}

/** A CRL, in both of its forms. */
export interface TestCrl {
  readonly der: Uint8Array
  readonly pem: string
}

/** A new hierarchy. Nothing is made before it is asked for, and nothing is written. */
export function createPki(options: PkiOptions = {}): Pki {
  return new Pki(options)
}

/**
 * Asking for the same name twice gives the same certificate; asking with options gives a new one of that name. Methods
 * throw PkiError `usage.name` for a name that something of another profile has.
 */
export class Pki {
  readonly now: Date
  readonly #key: KeyAlgorithmName | undefined
  readonly #seeded: SeededSource | undefined
  readonly #made = new Map<
    string,
    { readonly profile: string | CertificateProfile; readonly credential: TestCredential }
  >()
  readonly #revoked = new Map<string, RevokedCertificate[]>()
  #crlNumber = 0n

  constructor({ now = machineClock(), seed, key }: PkiOptions) {
    this.now = now
    this.#key = key
    this.#seeded = seed === undefined ? undefined : createSeededSource(seed, { now })
  }

  /** The root: what everything here trusts. Valid for ten years. */
  root(name = 'root', options?: TestCertificateOptions): TestCredential {
    return this.issue('root', name, options)
  }

  /** A certification authority below the root; below another one with `from`. */
  intermediate(name = 'intermediate', options?: TestCertificateOptions): TestCredential {
    return this.issue('intermediate', name, options)
  }

  /** A TLS server. `localhost` is also for 127.0.0.1 and ::1. */
  server(name = 'localhost', options?: TestCertificateOptions): TestCredential {
    return this.issue('server', name, options)
  }

  /** A TLS client; its name is its common name. */
  client(name = 'client', options?: TestCertificateOptions): TestCredential {
    return this.issue('client', name, options)
  }

  /**
   * A certificate by any profile: the name of one that comes with the program, such as `spiffe` or `ocsp-responder`,
   * or one of your own.
   * @throws PkiError `usage.*` for a profile or a value that cannot be read, `refused.issuer`
   */
  issue(profile: string | CertificateProfile, name: string, options?: TestCertificateOptions): TestCredential {
    const names = profile === 'server' && name === 'localhost' ? LOCAL_NAMES : []
    return this.#once(profile, name, options, names, (order) => order)
  }

  /**
   * A certificate that is wrong on purpose, in one way or in several: `pki.defect('expired')`. It is a server for
   * localhost, right in everything else, so that a program which refuses it refuses it for that.
   * @throws PkiError `usage.option` for a defect that takes more than this one certificate, or fits none of its kind
   */
  defect(defects: DefectId | readonly DefectId[], options?: DefectOptions): TestCredential {
    const ids = typeof defects === 'string' ? [defects] : defects
    const { profile = 'server', name = ids.join('-'), ...rest } = options ?? {}
    const names = profile === 'server' ? LOCAL_NAMES : []
    const spoil = (order: CredentialOrder) => withDefects(order, requireDefects(ids))
    return this.#once(profile, name, options && rest, names, spoil)
  }

  /** For `https.createServer` and `tls.createServer`: asks for a client certificate, and lets nobody in without. */
  tlsOptions(server: TestCredential = this.server()): MutualTlsOptions {
    return { ...server.tlsOptions(), requestCert: true, rejectUnauthorized: true }
  }

  /** For `https.request` and what is built on it: `client()` with the root trusted. */
  agent(client: TestCredential = this.client()): ReturnType<TestCredential['agent']> {
    return client.agent()
  }

  /** For `fetch`. @throws PkiError as {@link TestCredential.fetchOptions} */
  fetchOptions(client: TestCredential = this.client()): RequestInit {
    return client.fetchOptions()
  }

  /**
   * Starts an HTTPS server that asks for a client certificate, on a free port. Close it, or declare it with
   * `await using`.
   * @param handler answers with the client's name if undefined, see `WhoAmI`
   */
  serve(handler?: RequestListener, { server, tls }: ServeOptions = {}): Promise<TestServer> {
    return startTestServer({ ...this.tlsOptions(server), ...tls }, handler)
  }

  /** From now on in the CRL of its issuer. */
  revoke({ certificate }: TestCredential, reason?: CrlReason): void {
    const issuer = nameKey(certificate.issuer.encoded)
    const entry = { serialNumber: certificate.serialNumber, revocationDate: this.now, reason }
    this.#revoked.set(issuer, [...(this.#revoked.get(issuer) ?? []), entry])
  }

  /**
   * The CRL of an authority, with what was revoked so far; valid for a week.
   * OpenSSL, and so Node, wants one of every authority: `crl: [pki.crl().pem, pki.crl(pki.root()).pem]`.
   */
  crl(issuer: TestCredential = this.intermediate()): TestCrl {
    this.#crlNumber += 1n
    const create = this.#seeded?.createSigner
    const der = issueCrl({
      issuer: issuer.certificate,
      signer: authoritySigner({ name: issuer.name, credential: issuer }, {}, {}, create),
      thisUpdate: this.now,
      nextUpdate: addDuration(this.now, parseDuration('7d')),
      number: this.#crlNumber,
      entries: this.#revoked.get(nameKey(issuer.certificate.subject.encoded)) ?? [],
    })
    return { der, pem: formatPem('X509 CRL', der) }
  }

  /**
   * Writes what was made so far: `<name>.crt` with the intermediates behind it, `<name>.key` for its owner's eyes only,
   * and `ca.crt` with the root.
   * @returns the paths
   * @throws PkiError `refused.exists`, `refused.write`, and then the folder is as it was
   */
  writeTo(folder: string): readonly string[] {
    const files: Artifact[] = [publicFile('ca.crt', certificatesPem([this.root().certificate]))]
    for (const { credential } of this.#made.values()) {
      const { name, cert, key } = credential
      const fileName = name.replace(/[^A-Za-z0-9._@-]/g, '_')
      files.push(publicFile(`${fileName}.crt`, cert), secretFile(`${fileName}.key`, key, { random: machineRandom }))
    }
    return writeArtifacts(folder, files)
  }

  #once(
    profile: string | CertificateProfile,
    name: string,
    options: TestCertificateOptions | undefined,
    defaultNames: readonly string[],
    spoil: (order: CredentialOrder) => CredentialOrder,
  ): TestCredential {
    const known = this.#made.get(name)
    if (known !== undefined && known.profile !== profile) {
      throw new PkiError('usage.name', `${name} is the name of something else already`, { context: { name } })
    }
    if (known !== undefined && options === undefined) return known.credential
    const credential = this.#issue(spoil(this.#order(profile, name, { names: defaultNames, ...options })))
    this.#made.set(name, { profile, credential })
    return credential
  }

  #order(
    profile: string | CertificateProfile,
    name: string,
    { names = [], from, unchecked, ...overrides }: TestCertificateOptions,
  ): CredentialOrder {
    const found = typeof profile === 'string' ? requireBuiltInProfile(profile) : profile
    const merged = overrideProfile(found, { key: this.#key, ...overrides })
    const issuer = from ?? this.#issuerOf(profile)
    return {
      profile: this.#seeded === undefined ? merged : markedProfile(merged),
      name,
      issuer: issuer && { name: issuer.name, credential: issuer },
      names: names.map(guessGeneralName),
      unchecked,
      now: this.now,
      random: machineRandom,
      seeded: this.#seeded,
    }
  }

  #issuerOf(profile: string | CertificateProfile): TestCredential | undefined {
    if (profile === 'root') return undefined
    return profile === 'intermediate' ? this.root() : this.intermediate()
  }

  #issue(order: CredentialOrder): TestCredential {
    const { credential, problems } = issueCredential(order)
    return new TestCredential(order.name, credential as Credential & { privateKey: PrivateKey }, problems)
  }
}

const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1']

function requireBuiltInProfile(name: string): CertificateProfile {
  const found = Object.hasOwn(BUILT_IN_PROFILES, name) ? BUILT_IN_PROFILES[name] : undefined
  if (found !== undefined) return found
  const names = Object.keys(BUILT_IN_PROFILES).sort().join(', ')
  throw new PkiError('usage.profile', `unknown profile: ${name}`, { hint: `profiles are ${names}` })
}

const nameKey = (encoded: Uint8Array) => Buffer.from(encoded).toString('latin1')
