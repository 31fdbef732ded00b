/** A TLS handshake step by step, for people and as JSON. */

import { DerError } from '../../der/reader.ts'
import type { Fact } from '../../serve/handshake-message.ts'
import type { HandshakeStep } from '../../serve/handshake-recorder.ts'
import type { Handshake } from '../../serve/tls-client.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { formatGeneralName } from '../../x509/general-name-text.ts'
import { formatName } from '../../x509/name-text.ts'
import type { OcspResponse } from '../../x509/ocsp.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import { type CertificateJson, certificateJson } from '../result-json.ts'
import type { CertificateVerdict } from '../verify/certificate-verdict.ts'
import type { Glyphs } from './glyphs.ts'
import { formatInstant } from './relative-time.ts'
import { type VerdictJson, verdictsJson } from './render-verdict-json.ts'
import { verdictLines } from './render-verdict-text.ts'
import { hang, harmless, indent, type Line, span, wrap } from './styled-text.ts'

/** Everything that is known of one connection. */
export interface Connection {
  readonly target: string
  /** The name that was asked for. */
  readonly host: string
  readonly handshake: Handshake
  /** As they were sent, the sender's own first. */
  readonly serverChain: readonly Certificate[]
  readonly clientChain: readonly Certificate[]
  readonly stapled: OcspResponse | DerError | undefined
  /** Undefined if it was not asked for. */
  readonly verdict: CertificateVerdict | undefined
  readonly at: Date
}

export interface ConnectionTextOptions {
  readonly glyphs: Glyphs
  readonly width: number
}

/** The handshake as it went, who is who, and the verdict. */
export function connectionLines(connection: Connection, options: ConnectionTextOptions): readonly Line[] {
  const { handshake, verdict } = connection
  const facts = factRows(connection).flatMap(([label, text]) =>
    hang([span(label.padEnd(18), 'quiet')], wrap([span(harmless(text))], options.width - 20)),
  )
  return [
    headline(connection, options.glyphs),
    [],
    ...indent(
      handshake.steps.flatMap((step) => stepLines(step, options.width - 2)),
      2,
    ),
    [],
    ...indent(facts, 2),
    ...(verdict === undefined ? [] : [[], ...verdictLines(verdict, { ...options, explain: false })]),
  ]
}

function headline({ target, handshake }: Connection, glyphs: Glyphs): Line {
  const { completed, protocol, failure, steps } = handshake
  if (completed) {
    return [span(glyphs.good, 'good'), span(` ${target}`, 'strong'), span(` handshake completed, ${protocol}`)]
  }
  const alert = steps.findLast(({ name, from }) => name === 'Alert' && from === 'server')
  const reason = alert === undefined ? failure : `the server says ${String(alert.facts.description)}`
  return [
    span(glyphs.bad, 'bad'),
    span(` ${target}`, 'strong'),
    span(` handshake failed: ${harmless(reason ?? '')}`, 'bad'),
  ]
}

const SIDE_WIDTH = 8
const NAME_WIDTH = 21

function stepLines({ from, name, facts, at }: HandshakeStep, width: number): readonly Line[] {
  const head: Line = [
    span(`${at.toFixed(1).padStart(6)} ms  `, 'quiet'),
    span(from.padEnd(SIDE_WIDTH)),
    span(name.padEnd(NAME_WIDTH), name === 'Alert' ? 'warn' : 'accent'),
  ]
  const text = Object.entries(facts).flatMap(([key, fact]) => factText(key, fact))
  return hang(head, wrap([span(harmless(text.join('; ')), 'quiet')], width - 11 - SIDE_WIDTH - NAME_WIDTH))
}

/** So many items of a list are shown. */
const SHOWN = 4

function factText(key: string, fact: Fact): readonly string[] {
  const label = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  if (fact === false) return []
  if (fact === true) return [label]
  if (typeof fact !== 'object') return [`${label} ${fact}`]
  if (fact.length === 0) return [`${label} none`]
  const more = fact.length > SHOWN ? `, … (${fact.length})` : ''
  return [`${label} ${fact.slice(0, SHOWN).join(', ')}${more}`]
}

type Row = readonly [label: string, text: string]

function factRows(connection: Connection): readonly Row[] {
  const { handshake, serverChain, clientChain, stapled } = connection
  const { address, cipher, ephemeralKey, hasSession } = handshake
  return [
    ['address', address],
    ...(cipher === undefined ? [] : [['cipher', cipher] as const]),
    ...(ephemeralKey === undefined ? [] : [['ephemeral key', ephemeralKey] as const]),
    ['server sent', chainText(serverChain)],
    ['client sent', clientText(handshake, clientChain)],
    ['stapled', stapledText(stapled)],
    ['session', hasSession ? 'offered for the next time' : 'none offered'],
  ]
}

function chainText(chain: readonly Certificate[]): string {
  return chain.length === 0 ? 'no certificate' : chain.map(nameOf).join(', issued by ')
}

function nameOf({ subject, decoded }: Certificate): string {
  const names = (decoded.subjectAltName ?? []).slice(0, SHOWN).map(formatGeneralName)
  const text = subject.isEmpty ? '(empty subject)' : formatName(subject)
  return names.length === 0 ? text : `${text} (${names.join(', ')})`
}

function clientText({ steps }: Handshake, chain: readonly Certificate[]): string {
  const wasAsked = steps.some(({ name }) => name === 'CertificateRequest')
  if (!wasAsked) return 'no certificate: the server did not ask for one'
  return chain.length === 0 ? 'no certificate, although the server asked for one' : chainText(chain)
}

function stapledText(stapled: Connection['stapled']): string {
  if (stapled === undefined) return 'no OCSP response'
  if (stapled instanceof DerError) return `a malformed OCSP response: ${stapled.message}`
  const { responseStatus, basic } = stapled
  if (basic === undefined) return `an OCSP response without an answer: ${responseStatus}`
  return basic.responses
    .map(({ certId, certStatus, thisUpdate, nextUpdate }) => {
      const until = nextUpdate === undefined ? '' : ` until ${formatInstant(nextUpdate)}`
      return `${certStatus.type}: ${formatSerialNumber(certId.serialNumber)}, from ${formatInstant(thisUpdate)}${until}`
    })
    .join('; ')
}

/** `pki connect`: a promise like those in `result-json.ts`. */
export interface ConnectedJson {
  readonly schema: 'pki.connected/1'
  readonly target: string
  readonly address: string
  readonly serverName: string
  readonly completed: boolean
  /** Why the handshake ended before its end; null otherwise. */
  readonly failure: string | null
  readonly protocol: string | null
  readonly cipher: string | null
  readonly ephemeralKey: string | null
  readonly certificateRequested: boolean
  readonly sessionOffered: boolean
  /** In the order in which they passed; beside these fields each has the facts of its message. */
  readonly steps: readonly StepJson[]
  readonly serverCertificates: readonly CertificateJson[]
  readonly clientCertificates: readonly CertificateJson[]
  readonly stapled: StapledJson | null
  /** Null with `--no-verify`, and if the server presented no certificate. */
  readonly verdict: VerdictJson | null
}

export interface StepJson {
  readonly from: 'client' | 'server'
  readonly name: string
  readonly milliseconds: number
  readonly facts: Readonly<Record<string, Fact>>
}

export interface StapledJson {
  /** Null if it could not be read. */
  readonly responseStatus: string | null
  readonly responses: readonly {
    readonly serialNumber: string
    readonly status: 'good' | 'revoked' | 'unknown'
    readonly thisUpdate: string
    readonly nextUpdate: string | null
  }[]
}

export function connectionJson(connection: Connection): ConnectedJson {
  const { target, host, handshake, serverChain, clientChain, stapled, verdict, at } = connection
  const { address, completed, failure, protocol, cipher, ephemeralKey, steps, hasSession } = handshake
  return {
    schema: 'pki.connected/1',
    target,
    address,
    serverName: host,
    completed,
    failure: failure ?? null,
    protocol: protocol ?? null,
    cipher: cipher ?? null,
    ephemeralKey: ephemeralKey ?? null,
    certificateRequested: steps.some(({ name }) => name === 'CertificateRequest'),
    sessionOffered: hasSession,
    steps: steps.map(({ from, name, at: milliseconds, facts }) => ({ from, name, milliseconds, facts })),
    serverCertificates: serverChain.map((certificate) => certificateJson(certificate, at)),
    clientCertificates: clientChain.map((certificate) => certificateJson(certificate, at)),
    stapled: stapled === undefined ? null : stapledJson(stapled),
    verdict: verdict === undefined ? null : (verdictsJson([verdict], { explain: false }).certificates[0] ?? null),
  }
}

function stapledJson(stapled: OcspResponse | DerError): StapledJson {
  if (stapled instanceof DerError) return { responseStatus: null, responses: [] }
  return {
    responseStatus: stapled.responseStatus,
    responses: (stapled.basic?.responses ?? []).map(({ certId, certStatus, thisUpdate, nextUpdate }) => ({
      serialNumber: formatSerialNumber(certId.serialNumber),
      status: certStatus.type,
      thisUpdate: thisUpdate.toISOString(),
      nextUpdate: nextUpdate?.toISOString() ?? null,
    })),
  }
}
