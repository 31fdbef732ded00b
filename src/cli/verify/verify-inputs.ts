/**
 * The certificates and CRLs of a verification, each held to what it is for: trust anchors must all be readable, the
 * target must be a certificate, and what stands between may be damaged, which is reported and helps nobody.
 */

import {
  type Input,
  type InputEncoding,
  malformedCertificate,
  requireCertificates,
  requireTrustAnchors,
} from '../../container/input.ts'
import { DerError } from '../../der/reader.ts'
import { PkiError } from '../../errors.ts'
import type { MalformedInput } from '../../path/verify.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../x509/crl.ts'
import { type OcspResponse, parseOcspResponse } from '../../x509/ocsp.ts'
import { type InputSource, isFolder, openInput, openInputs, readSource } from '../input-source.ts'
import type { Io } from '../io.ts'

/** Where inputs come from, and the password for those that need one. */
export interface InputContext {
  readonly store: Store
  readonly passwordFile: string | undefined
  readonly io: Io
}

/**
 * All certificates of the files and names given. One that cannot be read is an error, lest less be trusted than meant;
 * none at all is one too, and never means somebody else's roots.
 * @throws PkiError `usage.option`, `input.…`
 */
export async function readTrustAnchors(
  texts: readonly string[],
  context: InputContext,
): Promise<readonly Certificate[]> {
  if (texts.length === 0) {
    throw new PkiError('usage.option', 'no trust anchor given', {
      hint: 'name the CA certificate to be trusted: --trust root.crt, or --trust root for one in the store',
    })
  }
  const anchors: Certificate[] = []
  for (const text of texts)
    anchors.push(...requireTrustAnchors(await read(openInput(text, context, context.io), context)))
  return anchors
}

/** What is to be verified, and what came in the same file. */
export interface Target {
  readonly certificate: Certificate
  /** The certificates behind it: they may stand above it. */
  readonly issuers: readonly Certificate[]
  readonly malformed: readonly MalformedInput[]
}

/**
 * The first certificate of a file is the target; a name in the store brings its chain along.
 * @throws PkiError `input.malformed` if the first one is not a certificate, and `input.…`
 */
export async function readTarget(text: string, context: InputContext): Promise<Target> {
  const input = await read(openInput(text, { ...context, withChain: true }, context.io), context)
  const first = input.malformedCertificates.find(({ certificatesBefore }) => certificatesBefore === 0)
  if (first !== undefined) throw malformedCertificate(first)
  const [certificate, ...issuers] = requireCertificates({ ...input, malformedCertificates: [] })
  return { certificate, issuers, malformed: malformedIn(input) }
}

/** Things of a kind, and those that should have been of that kind. */
export interface Readable<T> {
  readonly items: readonly T[]
  readonly malformed: readonly MalformedInput[]
}

/** The certificates of files and folders that may stand in a path. @throws PkiError `input.…` */
export async function readUntrusted(texts: readonly string[], context: InputContext): Promise<Readable<Certificate>> {
  const { items, malformed } = await readAll(texts, context)
  return {
    items: items.flatMap(({ certificates }) => certificates),
    malformed: [...malformed, ...items.flatMap(malformedIn)],
  }
}

/**
 * The CRLs of files and folders. A text that leads to none is a mistake.
 * @throws PkiError `input.malformed`, `input.…`
 */
export async function readCrls(texts: readonly string[], context: InputContext): Promise<Readable<CertificateList>> {
  return readEvidence(texts, { what: 'CRL', of: (input) => input.crls, parse: parseCrl }, context)
}

/**
 * The OCSP responses of files and folders, likewise.
 * @throws PkiError `input.malformed`, `input.…`
 */
export async function readOcspResponses(
  texts: readonly string[],
  context: InputContext,
): Promise<Readable<OcspResponse>> {
  const what = 'OCSP response'
  return readEvidence(texts, { what, of: (input) => input.ocspResponses, parse: parseOcspResponse }, context)
}

/** A kind of evidence: its name, where an input has it, and how it is read. */
interface EvidenceForm<T> {
  readonly what: string
  readonly of: (input: Input) => readonly InputEncoding[]
  readonly parse: (bytes: Uint8Array) => T
}

async function readEvidence<T>(
  texts: readonly string[],
  form: EvidenceForm<T>,
  context: InputContext,
): Promise<Readable<T>> {
  const all: Readable<T>[] = []
  for (const text of texts) {
    const { items, malformed } = await readAll([text], context)
    const encodings = items.flatMap(form.of)
    if (encodings.length === 0) {
      const { what } = form
      throw new PkiError('input.malformed', `${text}: no ${what} in it`, { context: { file: text, expected: what } })
    }
    all.push({ items: [], malformed }, ...encodings.map((encoding) => parseEvidence(encoding, form)))
  }
  return together(all)
}

function parseEvidence<T>({ encoded, place }: InputEncoding, { what, parse }: EvidenceForm<T>): Readable<T> {
  try {
    return { items: [parse(encoded)], malformed: [] }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    const source = `the ${what} in block ${place.block} of ${place.source}`
    return { items: [], malformed: [{ source, error }] }
  }
}

/** In a folder there may be other things: what is not readable at all is reported, and only where it was named an error. */
async function readAll(texts: readonly string[], context: InputContext): Promise<Readable<Input>> {
  const all: Readable<Input>[] = []
  for (const text of texts) {
    const readOne = isFolder(text, context.io) ? readIfOurs : readNamed
    for (const source of openInputs(text, context, context.io)) all.push(await readOne(source, context))
  }
  return together(all)
}

async function readNamed(source: InputSource, context: InputContext): Promise<Readable<Input>> {
  return { items: [await read(source, context)], malformed: [] }
}

async function readIfOurs(source: InputSource, context: InputContext): Promise<Readable<Input>> {
  try {
    return await readNamed(source, context)
  } catch (error) {
    if (!(error instanceof PkiError && error.cause instanceof DerError)) throw error
    return { items: [], malformed: [{ source: source.source, error: error.cause }] }
  }
}

function together<T>(all: readonly Readable<T>[]): Readable<T> {
  return { items: all.flatMap(({ items }) => items), malformed: all.flatMap(({ malformed }) => malformed) }
}

function read(source: InputSource, { passwordFile, io }: InputContext): Promise<Input> {
  return readSource(source, { passwordFile, privateKeys: 'skip' }, io)
}

function malformedIn({ malformedCertificates }: Input): readonly MalformedInput[] {
  return malformedCertificates.map(({ place, error }) => ({ source: `block ${place.block} of ${place.source}`, error }))
}
