/** `pki import`: an existing PFX, or certificate and key files, into the store. */

import type { Command } from 'commander'
import { type Input, malformedCertificate } from '../../container/input.ts'
import { readInput } from '../../container/read-input.ts'
import { equalBytes } from '../../der/writer.ts'
import { PkiError } from '../../errors.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import { importedEvent } from '../../store/issued-event.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { checkSignature } from '../../x509/signature.ts'
import { writeWarning } from '../error-report.ts'
import { nameOfFile, readInputFile } from '../input-file.ts'
import type { Io } from '../io.ts'
import {
  addExistingOptions,
  decideAboutExisting,
  type ExistingOptions,
  replacement,
} from '../issuing/existing-certificate.ts'
import { keptCertificate } from '../issuing/made-report.ts'
import { reportMade } from '../issuing/make-certificate.ts'
import { type KeyOptions, keyPem, openKeyNotes } from '../issuing/new-key.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { givenPassword, type PasswordSource, requirePassword } from '../password.ts'

type Options = Pick<KeyOptions, 'encryptKey' | 'keyPasswordFile'> &
  ExistingOptions &
  StoreOptions &
  JsonOption & { readonly name?: string; readonly passwordFile?: string }

export function define(command: Command): void {
  command
    .argument('<files...>', 'PFX, or certificate, chain and key in any files: PEM, DER, PKCS#7')
    .option('--name <name>', 'name in the store (default: that of the first file)')
    .option('--password-file <file>', 'password of the PFX (or PKI_PASSWORD)')
    .option('--encrypt-key', 'encrypt the key in the store; asks for a password')
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
  addStoreOption(command)
  addExistingOptions(command)
  addJsonOption(command)
}

export async function run([files]: readonly [files: readonly string[]], options: Options, io: Io): Promise<number> {
  const [first = '-'] = files
  const name = requireCredentialName(options.name ?? nameOfFile(first))
  const store = storeFrom(options, io)
  const decision = decideAboutExisting(store, name, options, io)
  if (decision.action === 'keep') return reportMade(keptCertificate(store, name, decision.certificate), options, io)

  const inputs: Input[] = []
  for (const file of files) inputs.push(await openInput(file, options, io))
  const { certificate, key } = pairOf(inputs, first)
  if (key === undefined && options.encryptKey === true) throw nothingToEncrypt(files)
  const certificates = inputs.flatMap((input) => input.certificates)
  const stored = key === undefined ? ('none' as const) : { pem: await keyPem(name, key, options, io) }
  const { replace, replaced } = await replacement(decision, store, name)
  const problems = [
    ...(key === undefined ? [] : openKeyNotes(name, options)),
    ...(replaced?.warnings(certificate) ?? []),
  ]
  for (const { message } of problems) writeWarning(io, message)
  const paths = store.put(
    { name, certificate, chain: chainOf(certificate, certificates, store), key: stored },
    importedEvent({ name, certificate }),
    { force: replace, processes: io.process, now: io.now() },
  )
  replaced?.rechain(certificate, io)
  return reportMade({ name, issuedBy: undefined, certificate, outcome: 'imported', problems, paths }, options, io)
}

function nothingToEncrypt(files: readonly string[]): PkiError {
  return new PkiError('usage.option', `--encrypt-key: no private key in ${files.join(', ')}`, {
    hint: 'give the key as well: pki import web.crt web.key --encrypt-key',
  })
}

/** Reads a file; a password is asked for once it turns out that one is needed. */
async function openInput(file: string, { passwordFile, keyPasswordFile }: Options, io: Io): Promise<Input> {
  const bytes = readInputFile(file, io)
  const ofPfx: PasswordSource = {
    what: `file ${file}`,
    flag: '--password-file',
    file: passwordFile,
    variable: 'PKI_PASSWORD',
  }
  const ofKey: PasswordSource = {
    what: file,
    flag: '--key-password-file',
    file: keyPasswordFile,
    variable: 'PKI_KEY_PASSWORD',
  }
  const password = givenPassword(ofPfx, io) ?? givenPassword(ofKey, io)
  try {
    return await readInput(bytes, { source: file, password })
  } catch (error) {
    const isNeeded = error instanceof PkiError && error.code === 'input.password' && password === undefined
    if (!isNeeded || !io.interactive) throw error
    return readInput(bytes, { source: file, password: await requirePassword(ofPfx, io) })
  }
}

/**
 * The certificate that is meant, and its key if there is one: with a key, the certificate it belongs to.
 * @throws PkiError `input.malformed` without a certificate or with one that is broken, `input.mismatch` if the key is
 *   that of none of them
 */
function pairOf(inputs: readonly Input[], file: string): { certificate: Certificate; key: PrivateKey | undefined } {
  const [broken] = inputs.flatMap((input) => input.malformedCertificates)
  if (broken !== undefined) throw malformedCertificate(broken)
  const certificates = inputs.flatMap((input) => input.certificates)
  const [key, ...otherKeys] = inputs.flatMap((input) => input.privateKeys)
  const [firstCertificate] = certificates
  if (firstCertificate === undefined) {
    const hasRequest = inputs.some(({ requests }) => requests.length > 0)
    throw new PkiError('input.malformed', `${file}: no certificate in it`, {
      hint: hasRequest
        ? `pki sign ${file} --from <issuer> --profile <profile> makes one for a request`
        : 'give the certificate as well: pki import web.crt web.key',
      context: { file, expected: 'certificate' },
    })
  }
  if (otherKeys.length > 0) {
    throw new PkiError('input.unsupported', `${otherKeys.length + 1} private keys were given, one can be imported`, {
      hint: 'import them one at a time, each with its certificate; keytool -importkeystore -srcalias <alias> takes one out of several',
    })
  }
  if (key === undefined) return { certificate: firstCertificate, key }
  const certificate = certificates.find(({ publicKey }) => equalBytes(publicKey.encoded, key.publicKey.encoded))
  if (certificate !== undefined) return { certificate, key }
  throw new PkiError('input.mismatch', `${file}: this private key does not belong to the certificate`, {
    hint: 'give the key and the certificate that were made together',
    context: { file },
  })
}

/** The certificates above one, nearest first, as far as they are given or in the store, and really signed it. */
function chainOf(certificate: Certificate, given: readonly Certificate[], store: Store): readonly Certificate[] {
  const chain: Certificate[] = []
  let below = certificate
  while (!below.isSelfIssued || !isSignedBy(below, below)) {
    const known = [certificate, ...chain].map(({ encoded }) => encoded)
    const isIssuer = (other: Certificate) =>
      !known.some((encoded) => equalBytes(encoded, other.encoded)) && isSignedBy(below, other)
    const issuer = given.find(isIssuer) ?? findStored(store, isIssuer)
    if (issuer === undefined) break
    chain.push(issuer)
    below = issuer
  }
  return chain
}

function findStored(store: Store, isIssuer: (certificate: Certificate) => boolean): Certificate | undefined {
  for (const name of store.names()) {
    const certificate = store.readCertificate(name)
    if (isIssuer(certificate)) return certificate
  }
  return undefined
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { signatureAlgorithm, tbs, signature } = certificate
  return (
    certificate.issuer.equals(issuer.subject) &&
    checkSignature(signatureAlgorithm, issuer.publicKey, tbs, signature) === 'valid'
  )
}
