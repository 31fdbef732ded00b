/** `pki ocsp query`: a request about certificates of one issuer, and the judgement of the answer. */

import { type Input, malformedInput, requireCertificates } from '../../container/input.ts'
import { DerError } from '../../der/reader.ts'
import { equalBytes } from '../../der/writer.ts'
import { PkiError } from '../../errors.ts'
import { RFC5280 } from '../../path/rule-set.ts'
import { verifyCertificate } from '../../path/verify.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { isCertIdOf, type OcspResponse, parseOcspResponse, type SingleResponse } from '../../x509/ocsp.ts'
import { parseOcspRequest } from '../../x509/ocsp-request.ts'
import { CERT_ID_DIGESTS, encodeCertId, encodeOcspRequest } from '../../x509/ocsp-request-encoding.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import { readInputFile } from '../input-file.ts'
import { openInput, readSource } from '../input-source.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { writeJson } from '../json.ts'
import {
  type JsonOption,
  parseChoice,
  parseFlagInstant,
  refuseTogether,
  type StoreOptions,
  storeFrom,
} from '../options.ts'
import { requireWritable, writeOutput } from '../output-file.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { formatInstant } from '../render/relative-time.ts'
import { type FindingJson, findingJson } from '../render/render-finding-json.ts'
import { harmless } from '../render/styled-text.ts'
import type { OcspQueryJson } from '../result-json.ts'
import { weighFindings } from '../verify/judgement.ts'
import type { OcspExchangeOptions } from './ocsp-exchange.ts'

export interface OcspQueryOptions extends OcspExchangeOptions, StoreOptions, JsonOption {
  readonly issuer?: string
  readonly out?: string
  readonly requestOut?: string
  readonly request?: string
  readonly response?: string
  readonly nonce?: boolean
  readonly digest?: string
  readonly at?: string
  readonly force?: boolean
}

/** RFC 9654 §2.1: a client that can choose sends 32 octets. */
const NONCE_LENGTH = 32

/** A certificate that is asked about. */
interface Asked {
  readonly source: string
  readonly certificate: Certificate
}

/** What an answer says about one certificate, and whether that counts. */
interface Status extends Asked {
  readonly single: SingleResponse | undefined
  readonly reliable: boolean
  readonly findings: readonly FindingJson[]
}

/**
 * Asks, or writes the request, or takes the response out of a file; and judges the response if there is one.
 * @returns 0 if all certificates are good, or nothing was to be judged; 1 otherwise
 */
export async function query(texts: readonly string[], options: OcspQueryOptions, io: Io): Promise<number> {
  const { requestOut, out, force } = options
  requireSense(options, io)
  const at = options.at === undefined ? io.now() : parseFlagInstant(options.at, '--at', io.now())
  const asked: Asked[] = []
  for (const text of texts) asked.push({ source: text, certificate: await readCertificate(text, options, io) })
  const issuer = await readIssuer(texts[0] ?? '', options, io)
  const digest = parseChoice(options.digest ?? 'sha1', CERT_ID_DIGESTS, '--digest')
  const nonce = options.nonce === true ? io.random(NONCE_LENGTH) : undefined
  const certIds = asked.map(({ certificate }) => encodeCertId(certificate, issuer, digest))
  const question = encodeOcspRequest({ certIds, nonce })
  const files = [...writeOutput(requestOut, question, force, io)]
  const encoded = await obtainResponse(question, asked, options, io)
  if (encoded !== undefined) files.push(...writeOutput(out, encoded, force, io))
  const response = encoded && readAs(encoded, options.response ?? 'the answer', parseOcspResponse)
  const sentNonce = options.request === undefined ? nonce : nonceIn(options.request, io)
  const statuses = response === undefined ? [] : asked.map((one) => judge(one, issuer, { response, sentNonce, at }))
  report({ asked, statuses, response, files }, options, io)
  return statuses.every(({ reliable, single }) => reliable && single?.certStatus.type === 'good') ? 0 : 1
}

/** Everything that can be known to fail before anybody is asked. */
function requireSense({ requestOut, out, force, json }: OcspQueryOptions, io: Io): void {
  if (requestOut === '-') refuseTogether({ '--json': json, '--request-out -': true })
  if (out === '-') refuseTogether({ '--json': json, '--out -': true })
  requireWritable(requestOut, force, io)
  requireWritable(out, force, io)
}

/** From a file, or from a responder; none if only the request was wanted. */
async function obtainResponse(
  question: Uint8Array,
  [first]: readonly Asked[],
  options: OcspQueryOptions,
  io: Io,
): Promise<Uint8Array | undefined> {
  refuseTogether({ '--response': options.response, '--url': options.url })
  if (options.response !== undefined) return readInputFile(options.response, io)
  if (first === undefined || (options.requestOut !== undefined && options.url === undefined)) return undefined
  const { askResponder } = await import('./ocsp-exchange.ts')
  return askResponder(question, first.certificate, options)
}

function nonceIn(requestFile: string, io: Io): Uint8Array | undefined {
  return readAs(readInputFile(requestFile, io), requestFile, parseOcspRequest).nonce
}

async function readCertificate(text: string, options: OcspQueryOptions, io: Io): Promise<Certificate> {
  return requireCertificates(await readAll(text, options, io, false))[0]
}

function readAll(text: string, options: OcspQueryOptions, io: Io, withChain: boolean): Promise<Input> {
  const source = openInput(text, { store: storeFrom(options, io), withChain }, io)
  return readSource(source, { privateKeys: 'skip' }, io)
}

/** The issuer that was named; of a name in the store or a bundle, without one, the certificate above the first. */
async function readIssuer(first: string, options: OcspQueryOptions, io: Io): Promise<Certificate> {
  if (options.issuer !== undefined) return readCertificate(options.issuer, options, io)
  const [certificate, ...above] = requireCertificates(await readAll(first, options, io, true))
  const issuer = above.find(({ subject }) => subject.equals(certificate.issuer))
  if (issuer !== undefined) return issuer
  throw new PkiError('usage.option', 'missing option: --issuer <ca>', {
    hint: 'a request names the issuer by hashes of its name and key: give its certificate',
  })
}

/** @throws PkiError `input.malformed` */
function readAs<T>(bytes: Uint8Array, source: string, parse: (bytes: Uint8Array) => T): T {
  try {
    return parse(bytes)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw malformedInput({ source, block: 1, offset: 0 }, error, 'an OCSP request or response')
  }
}

interface Answer {
  readonly response: OcspResponse
  /** What the response must repeat. */
  readonly sentNonce: Uint8Array | undefined
  readonly at: Date
}

/**
 * What the engine makes of the response, with the issuer as trust anchor: who may sign, from when to when it holds.
 * A certificate that has other faults, such as being expired, is told too.
 */
function judge(one: Asked, issuer: Certificate, { response, sentNonce, at }: Answer): Status {
  const { certificate } = one
  const single = response.basic?.responses.find(({ certId }) => isCertIdOf(certId, certificate, issuer.publicKey))
  const verdict = verifyCertificate(certificate, {
    trustAnchors: [issuer],
    anchorConstraints: false,
    at,
    revocation: { ocspResponses: [response], scope: 'end-entity' },
  })
  const [status] = verdict.statuses
  // What was wrong with the response is told by warnings; the error is that nothing else was at hand.
  const findings = weighFindings(verdict.findings, RFC5280).filter(
    ({ level, code }) => level === 'error' || code.startsWith('revocation.'),
  )
  const repeatsNonce = sentNonce === undefined || equalBytes(sentNonce, response.basic?.nonce ?? new Uint8Array(0))
  return {
    ...one,
    single,
    reliable: status !== undefined && status.state !== 'unknown' && repeatsNonce,
    findings: [...(repeatsNonce ? [] : [OTHER_NONCE]), ...findings.map(findingJson)],
  }
}

/** The engine does not know what was asked, so that this is no finding of its own. */
const OTHER_NONCE: FindingJson = {
  code: 'ocsp.nonce',
  level: 'error',
  certificate: 0,
  facts: {},
  section: 'RFC 9654 §2.1',
  sentence: 'the response does not repeat the nonce of the request',
  cure: 'ask again; a response that was made beforehand can be judged without --nonce and --request',
  platformName: null,
}

interface Outcome {
  readonly asked: readonly Asked[]
  /** None without a response. */
  readonly statuses: readonly Status[]
  readonly response: OcspResponse | undefined
  readonly files: readonly string[]
}

function report(outcome: Outcome, { json, requestOut }: OcspQueryOptions, io: Io): void {
  const { asked, statuses, response, files } = outcome
  if (json === true) {
    writeJson(io, queryJson(outcome))
    return
  }
  if (response !== undefined) io.stdout.write(statusText(statuses, response, io))
  if (requestOut === undefined || requestOut === '-') return
  const about = asked.map(({ certificate }) => `  ${formatSerialNumber(certificate.serialNumber)}`)
  const written = files.map((file) => `  ${paint(io.stdout).quiet('written to')} ${displayPath(file, io)}`)
  const head = `${paint(io.stdout).good(glyphs(io).good)} ${paint(io.stdout).strong('OCSP request')}`
  io.stdout.write(`${[head, ...about, ...written].join('\n')}\n`)
}

function queryJson({ statuses, response, files }: Outcome): OcspQueryJson {
  return {
    schema: 'pki.ocsp-query/1',
    responseStatus: response?.responseStatus ?? null,
    certificates: statuses.map(({ source, certificate, single, reliable, findings }) => {
      const revoked = single?.certStatus.type === 'revoked' ? single.certStatus : undefined
      return {
        source,
        serialNumber: formatSerialNumber(certificate.serialNumber),
        status: single?.certStatus.type ?? null,
        reliable,
        revocationTime: revoked?.revocationTime.toISOString() ?? null,
        revocationReason: revoked?.revocationReason ?? null,
        thisUpdate: single?.thisUpdate.toISOString() ?? null,
        nextUpdate: single?.nextUpdate?.toISOString() ?? null,
        findings,
      }
    }),
    files,
  }
}

/** A line for each certificate, and below it why its status does not count or what else is wrong. */
function statusText(statuses: readonly Status[], { responseStatus }: OcspResponse, io: Io): string {
  const colors = paint(io.stdout)
  const marks = glyphs(io)
  const lines = statuses.flatMap(({ source, single, reliable, findings }) => {
    const isGood = reliable && single?.certStatus.type === 'good'
    const mark = isGood ? colors.good(marks.good) : colors.bad(marks.bad)
    const doubt = reliable || single === undefined ? '' : ', but the response cannot be relied on'
    const why = findings.map(({ sentence }) => `    ${harmless(sentence)}`)
    return [`${mark} ${colors.strong(harmless(source))}  ${wordsOf(single, responseStatus)}${doubt}`, ...why]
  })
  return `${lines.join('\n')}\n`
}

function wordsOf(single: SingleResponse | undefined, responseStatus: string): string {
  if (responseStatus !== 'successful') return `no answer: ${responseStatus}`
  if (single === undefined) return 'the response says nothing about it'
  const { certStatus, thisUpdate } = single
  if (certStatus.type !== 'revoked') return `${certStatus.type}, as of ${formatInstant(thisUpdate)}`
  const { revocationTime, revocationReason = 'unspecified' } = certStatus
  return `revoked since ${formatInstant(revocationTime)}: ${revocationReason}`
}
