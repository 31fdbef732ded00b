/**
 * What becomes of a certificate whose evidence is in every kind of order and disorder, by CRL, by an OCSP response of
 * the CA, by both, and by one of a responder that the CA delegated: the matrix of .NET's own tests of revocation, judged
 * by RFC 5280 and RFC 6960. The column `dotnet` says what X509Chain on Linux makes of it, by element; where it differs
 * from ours, `differs` says in what. What is marked as concluded nobody has tried.
 */

import { describe, expect, it } from 'vitest'
import type { Signer } from '../../src/keys/keys.ts'
import type { RevocationScope } from '../../src/path/revocation.ts'
import { verifyCertificate } from '../../src/path/verify.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../src/x509/crl.ts'
import type { CrlReason } from '../../src/x509/crl-extension.ts'
import { encodeOcspNoCheck } from '../../src/x509/extension-encoding.ts'
import { type OcspResponse, parseOcspResponse } from '../../src/x509/ocsp.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { extension } from '../x509/certificate-bytes.ts'
import { byName, certId, GOOD, ocspResponseBytes, revokedStatus, singleResponse, UNKNOWN } from '../x509/ocsp-bytes.ts'
import { AT, crlBytes, days, type Holder, holder, revoked, write } from './build-crl.ts'

const ROOT = holder({ name: 'root', serialNumber: 1 })
const CA = holder({ name: 'ca', issuer: ROOT, serialNumber: 2 })
const LEAF = holder({ name: 'leaf', issuer: CA, serialNumber: 7, cA: false })
const STRANGER = holder({ name: 'stranger' })
/** One more certificate of the CA's name, whose key may not sign CRLs. */
const NO_CRL_SIGN = holder({ name: 'ca', issuer: ROOT, serialNumber: 3, keyUsage: ['keyCertSign'] })

const DER_NULL = Uint8Array.of(5, 0)

/** Who tells: `ocsp` is the CA itself, `delegated` a responder of it. */
type Source = 'crl' | 'ocsp' | 'both' | 'delegated'

type Fault =
  | 'unrelated-signer'
  | 'unauthorised-signer'
  | 'corrupt-signature'
  | 'wrong-issuer-name'
  | 'unknown-critical-extension'

/** What the evidence says about one certificate, from yesterday to the day after tomorrow unless told otherwise. */
interface Statement {
  readonly status?: 'good' | 'revoked' | 'on-hold' | 'unknown'
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date | undefined
  readonly fault?: Fault
}

type Told = Statement | 'nothing'

interface Row {
  readonly name: string
  /** Default: good, all of them; of the root nothing is said. `leafOcsp` is for `both`. */
  readonly leaf?: Told
  readonly leafOcsp?: Told
  readonly ca?: Told
  readonly root?: Told
  readonly scope?: RevocationScope
  /** Default: the leaf. */
  readonly target?: Certificate
  /** Errors and evidence findings as `code@certificate`; a source that is left out cannot be in this state. */
  readonly expected: Readonly<Partial<Record<Source, readonly string[]>>> | readonly string[]
  /** By element from the leaf up: `-` is no status. */
  readonly dotnet: string
  readonly differs?: string
}

const REVOKED: Statement = { status: 'revoked' }
const EXPIRED = { thisUpdate: days(-9), nextUpdate: days(-8) }
const FUTURE = { thisUpdate: days(1), nextUpdate: days(3) }
const UNKNOWN_0 = 'unknown@0'

const ROWS: readonly Row[] = [
  { name: 'nothing revoked', expected: [], dotnet: '- - -' },
  { name: 'leaf revoked', leaf: REVOKED, expected: ['revoked@0'], dotnet: 'Revoked - -' },
  {
    name: 'intermediate revoked',
    ca: REVOKED,
    expected: ['issuer-revoked@0', 'revoked@1'],
    dotnet: 'RevocationStatusUnknown Revoked -',
  },
  {
    name: 'intermediate revoked, and only the leaf asked about',
    ca: REVOKED,
    scope: 'end-entity',
    expected: [],
    dotnet: '- - -',
  },
  {
    name: 'leaf and intermediate revoked',
    leaf: REVOKED,
    ca: REVOKED,
    expected: ['issuer-revoked@0', 'revoked@1'],
    dotnet: 'RevocationStatusUnknown Revoked -',
  },
  { name: 'root revoked, not asked about', root: REVOKED, expected: [], dotnet: '- - -' },
  {
    name: 'root revoked',
    root: REVOKED,
    scope: 'entire-chain',
    expected: ['issuer-revoked@0', 'issuer-revoked@1', 'revoked@2'],
    dotnet: 'RevocationStatusUnknown RevocationStatusUnknown Revoked',
  },
  {
    name: 'root revoked, as the target',
    root: REVOKED,
    scope: 'end-entity',
    target: ROOT.certificate,
    expected: ['revoked@0'],
    dotnet: 'Revoked',
  },
  {
    name: 'root and leaf revoked',
    root: REVOKED,
    leaf: REVOKED,
    scope: 'entire-chain',
    expected: ['issuer-revoked@0', 'issuer-revoked@1', 'revoked@2'],
    dotnet: 'RevocationStatusUnknown RevocationStatusUnknown Revoked',
  },
  {
    name: 'root and intermediate revoked',
    root: REVOKED,
    ca: REVOKED,
    scope: 'entire-chain',
    expected: ['issuer-revoked@0', 'issuer-revoked@1', 'revoked@2'],
    dotnet: 'RevocationStatusUnknown RevocationStatusUnknown Revoked',
  },
  {
    name: 'everything revoked',
    root: REVOKED,
    ca: REVOKED,
    leaf: REVOKED,
    scope: 'entire-chain',
    expected: ['issuer-revoked@0', 'issuer-revoked@1', 'revoked@2'],
    dotnet: 'RevocationStatusUnknown RevocationStatusUnknown Revoked',
  },
  { name: 'nothing said of the root', scope: 'entire-chain', expected: [], dotnet: '- - -' },
  {
    name: 'nothing said of the leaf',
    leaf: 'nothing',
    expected: [UNKNOWN_0],
    dotnet: 'RevocationStatusUnknown - -',
  },
  {
    name: 'nothing said of the intermediate: the leaf keeps its own',
    ca: 'nothing',
    leaf: REVOKED,
    expected: ['revoked@0', 'unknown@1'],
    dotnet: 'Revoked RevocationStatusUnknown -',
  },
  {
    name: 'unrelated signer',
    leaf: { fault: 'unrelated-signer' },
    expected: {
      crl: [UNKNOWN_0],
      ocsp: [UNKNOWN_0, 'ocsp-responder-not-found@0'],
      both: [UNKNOWN_0, 'ocsp-responder-not-found@0'],
      delegated: [UNKNOWN_0, 'ocsp-responder-unauthorized@0'],
    },
    dotnet: 'RevocationStatusUnknown - -',
  },
  {
    name: 'signer without the authority',
    leaf: { fault: 'unauthorised-signer' },
    expected: {
      crl: [UNKNOWN_0, 'crl-issuer-no-crl-sign@0'],
      ocsp: [UNKNOWN_0, 'ocsp-responder-unauthorized@0'],
      both: [UNKNOWN_0, 'crl-issuer-no-crl-sign@0', 'ocsp-responder-unauthorized@0'],
      delegated: [UNKNOWN_0, 'ocsp-responder-unauthorized@0'],
    },
    dotnet: 'RevocationStatusUnknown - -',
  },
  ...(['good', 'revoked'] as const).map((status) => ({
    name: `corrupt signature, ${status}`,
    leaf: { status, fault: 'corrupt-signature' as const },
    expected: {
      crl: [UNKNOWN_0, 'crl-signature@0'],
      ocsp: [UNKNOWN_0, 'ocsp-signature@0'],
      both: [UNKNOWN_0, 'crl-signature@0', 'ocsp-signature@0'],
      delegated: [UNKNOWN_0, 'ocsp-signature@0'],
    },
    dotnet: 'RevocationStatusUnknown - -',
  })),
  {
    name: 'wrong issuer name',
    leaf: { status: 'revoked', fault: 'wrong-issuer-name' },
    expected: [UNKNOWN_0],
    dotnet: 'RevocationStatusUnknown - -',
  },
  {
    name: 'unknown critical extension',
    leaf: { fault: 'unknown-critical-extension' },
    expected: {
      crl: [UNKNOWN_0, 'crl-critical-extension@0'],
      ocsp: [UNKNOWN_0, 'ocsp-critical-extension@0'],
      both: [UNKNOWN_0, 'crl-critical-extension@0', 'ocsp-critical-extension@0'],
      delegated: [UNKNOWN_0, 'ocsp-critical-extension@0'],
    },
    dotnet: 'RevocationStatusUnknown - - (CRL)',
    differs: 'nothing is known of responses that have one',
  },
  {
    name: 'out of date, not revoked',
    leaf: EXPIRED,
    expected: {
      crl: [UNKNOWN_0, 'crl-expired@0'],
      ocsp: [UNKNOWN_0, 'ocsp-expired@0'],
      both: [UNKNOWN_0, 'crl-expired@0', 'ocsp-expired@0'],
      delegated: [UNKNOWN_0, 'ocsp-expired@0'],
    },
    dotnet: 'RevocationStatusUnknown - -',
  },
  {
    name: 'out of date, revoked',
    leaf: { ...REVOKED, ...EXPIRED },
    expected: ['revoked@0'],
    dotnet: 'Revoked - -',
  },
  {
    name: 'out of date, on hold',
    leaf: { status: 'on-hold', ...EXPIRED },
    expected: {
      crl: [UNKNOWN_0, 'crl-expired@0'],
      ocsp: [UNKNOWN_0, 'ocsp-expired@0'],
      both: [UNKNOWN_0, 'crl-expired@0', 'ocsp-expired@0'],
      delegated: [UNKNOWN_0, 'ocsp-expired@0'],
    },
    dotnet: 'Revoked - -',
    differs: 'a hold that is long past may have been lifted',
  },
  { name: 'on hold', leaf: { status: 'on-hold' }, expected: ['revoked@0'], dotnet: 'Revoked - -' },
  { name: 'without nextUpdate', leaf: { nextUpdate: undefined }, expected: [], dotnet: '- - -' },
  {
    name: 'without nextUpdate, a month old',
    leaf: { thisUpdate: days(-30), nextUpdate: undefined },
    expected: {
      crl: [],
      ocsp: [UNKNOWN_0, 'ocsp-expired@0'],
      both: [],
      delegated: [UNKNOWN_0, 'ocsp-expired@0'],
    },
    dotnet: '- - -',
    differs: 'we take such a response for a day only, because it says that newer ones are there at any time',
  },
  {
    name: 'from the future',
    leaf: FUTURE,
    expected: {
      crl: [UNKNOWN_0, 'crl-not-yet-valid@0'],
      ocsp: [UNKNOWN_0, 'ocsp-not-yet-valid@0'],
      both: [UNKNOWN_0, 'crl-not-yet-valid@0', 'ocsp-not-yet-valid@0'],
      delegated: [UNKNOWN_0, 'ocsp-not-yet-valid@0'],
    },
    dotnet: '- - - (CRL), RevocationStatusUnknown - - (OCSP, concluded)',
    differs: 'takes a CRL of the future as if it were current',
  },
  {
    name: 'from the future, revoked',
    leaf: { ...REVOKED, ...FUTURE },
    expected: {
      crl: [UNKNOWN_0, 'crl-not-yet-valid@0'],
      ocsp: [UNKNOWN_0, 'ocsp-not-yet-valid@0'],
      both: [UNKNOWN_0, 'crl-not-yet-valid@0', 'ocsp-not-yet-valid@0'],
      delegated: [UNKNOWN_0, 'ocsp-not-yet-valid@0'],
    },
    dotnet: 'Revoked - - (CRL), RevocationStatusUnknown - - (OCSP, concluded)',
    differs: 'takes a CRL of the future as if it were current',
  },
  {
    name: 'unknown to the responder',
    leaf: { status: 'unknown' },
    expected: {
      ocsp: [UNKNOWN_0, 'ocsp-status-unknown@0'],
      both: [UNKNOWN_0, 'ocsp-status-unknown@0'],
      delegated: [UNKNOWN_0, 'ocsp-status-unknown@0'],
    },
    dotnet: 'RevocationStatusUnknown - -',
  },
  // Where CRL and OCSP do not agree; .NET asks for OCSP only where the CRL leaves it open.
  {
    name: 'CRL: revoked, OCSP: good',
    leaf: REVOKED,
    leafOcsp: {},
    expected: { both: ['revoked@0'] },
    dotnet: 'Revoked - -',
  },
  {
    name: 'CRL: good, OCSP: revoked',
    leafOcsp: REVOKED,
    expected: { both: ['revoked@0'] },
    dotnet: '- - -',
    differs: 'does not look at the response; all evidence at hand counts here',
  },
  { name: 'CRL: good, OCSP: unknown', leafOcsp: { status: 'unknown' }, expected: { both: [] }, dotnet: '- - -' },
  { name: 'CRL: good, OCSP: out of date', leafOcsp: EXPIRED, expected: { both: [] }, dotnet: '- - -' },
  { name: 'CRL: out of date, OCSP: good', leaf: EXPIRED, leafOcsp: {}, expected: { both: [] }, dotnet: '- - -' },
  {
    name: 'CRL: out of date and revoked, OCSP: good',
    leaf: { ...REVOKED, ...EXPIRED },
    leafOcsp: {},
    expected: { both: [] },
    dotnet: 'Revoked - -',
    differs: 'stops at the CRL; here what is current wins over what is not',
  },
  {
    name: 'CRL: corrupt and revoked, OCSP: good',
    leaf: { ...REVOKED, fault: 'corrupt-signature' },
    leafOcsp: {},
    expected: { both: [] },
    dotnet: '- - -',
  },
  {
    name: 'CRL: corrupt, OCSP: revoked',
    leaf: { fault: 'corrupt-signature' },
    leafOcsp: REVOKED,
    expected: { both: ['revoked@0'] },
    dotnet: 'Revoked - -',
  },
]

/** Evidence of one source for one row. */
interface Evidence {
  readonly crls: readonly CertificateList[]
  readonly ocspResponses: readonly OcspResponse[]
}

function dates(statement: Pick<Statement, 'thisUpdate' | 'nextUpdate'>) {
  const { thisUpdate, nextUpdate } = { thisUpdate: days(-1), nextUpdate: days(2), ...statement }
  return { thisUpdate, nextUpdate }
}

/** A signer that does its work and spoils the last octet. */
function spoiled(signer: Signer): Signer {
  const sign: Signer['sign'] = (tbs) => {
    const signature = Uint8Array.from(signer.sign(tbs))
    const last = signature.length - 1
    return signature.with(last, (signature[last] ?? 0) ^ 1)
  }
  return { ...signer, sign }
}

const REASONS: Partial<Record<string, CrlReason>> = { revoked: 'keyCompromise', 'on-hold': 'certificateHold' }

function crlOf(issuer: Holder, serialNumber: number, told: Told): readonly CertificateList[] {
  if (told === 'nothing' || told.status === 'unknown') return []
  const { fault, status = 'good', ...statement } = told
  const reason = REASONS[status]
  const bytes = crlBytes(crlSigner(issuer, fault), {
    ...dates(statement),
    entries: reason === undefined ? [] : [revoked(serialNumber, { reason })],
    ...(fault === 'unknown-critical-extension'
      ? { extensions: [{ oid: '1.2.3.4', critical: true, value: DER_NULL }] }
      : {}),
  })
  return [parseCrl(bytes)]
}

function crlSigner(issuer: Holder, fault: Fault | undefined): Holder {
  switch (fault) {
    case 'unrelated-signer':
      return STRANGER
    case 'unauthorised-signer':
      return NO_CRL_SIGN
    case 'corrupt-signature':
      return { ...issuer, signer: spoiled(issuer.signer) }
    case 'wrong-issuer-name':
      return holder({ name: 'other', signer: issuer.signer })
    default:
      return issuer
  }
}

function responseOf(issuer: Holder, serialNumber: number, told: Told, isDelegated: boolean): readonly OcspResponse[] {
  if (told === 'nothing') return []
  const { fault, status = 'good', ...statement } = told
  const { by, certificates } = responderFor(issuer, fault, isDelegated)
  const signer = fault === 'corrupt-signature' ? spoiled(by.signer) : by.signer
  const named = fault === 'wrong-issuer-name' ? holder({ name: 'other', signer: issuer.signer }) : issuer
  const reason = REASONS[status]
  const single = singleResponse({
    certId: certId(named.certificate, serialNumber),
    status: status === 'unknown' ? UNKNOWN : reason === undefined ? GOOD : revokedStatus(days(-10), reason),
    ...dates(statement),
    ...(fault === 'unknown-critical-extension' ? { extensions: [extension('1.2.3.4', DER_NULL, true)] } : {}),
  })
  const responderId = byName(by.certificate)
  return [
    parseOcspResponse(ocspResponseBytes({ signer, responderId, responses: [single], producedAt: AT, certificates })),
  ]
}

/** Who signs the response, and the certificate that comes along. */
function responderFor(issuer: Holder, fault: Fault | undefined, isDelegated: boolean) {
  const delegate = (from: Holder, purpose: string) =>
    holder({
      name: 'responder',
      issuer: from,
      serialNumber: 20,
      cA: false,
      extKeyUsage: [purpose],
      extensions: [write('ocspNoCheck', encodeOcspNoCheck())],
    })
  if (fault === 'unauthorised-signer') return sentAlong(delegate(issuer, KEY_PURPOSE.serverAuth))
  const from = fault === 'unrelated-signer' ? STRANGER : issuer
  return isDelegated ? sentAlong(delegate(from, KEY_PURPOSE.OCSPSigning)) : { by: from, certificates: [] }
}

function sentAlong(by: Holder) {
  return { by, certificates: [by.certificate] }
}

function evidenceOf(source: Source, { leaf = {}, leafOcsp = leaf, ca = {}, root = 'nothing' }: Row): Evidence {
  const about: readonly (readonly [Holder, number, Told, Told])[] = [
    [CA, 7, leaf, leafOcsp],
    [ROOT, 2, ca, ca],
    [ROOT, 1, root, root],
  ]
  const byCrl = source === 'crl' || source === 'both'
  return {
    crls: byCrl
      ? mergedCrls(
          about.flatMap(([issuer, serial, told]) => crlOf(issuer, serial, told)),
          ca,
          root,
        )
      : [],
    ocspResponses:
      source === 'crl'
        ? []
        : about.flatMap(([issuer, serial, , told]) => responseOf(issuer, serial, told, source === 'delegated')),
  }
}

/** The root has one CRL, for the intermediate and for itself. */
function mergedCrls(crls: readonly CertificateList[], ca: Told, root: Told): readonly CertificateList[] {
  if (ca === 'nothing' || root === 'nothing') return crls
  const entries = [...(ca.status === 'revoked' ? [revoked(2)] : []), ...(root.status === 'revoked' ? [revoked(1)] : [])]
  const others = crls.filter(({ issuer }) => !issuer.equals(ROOT.certificate.subject))
  return [...others, parseCrl(crlBytes(ROOT, { ...dates({}), entries }))]
}

function judge(row: Row, evidence: Evidence): readonly string[] {
  const verdict = verifyCertificate(row.target ?? LEAF.certificate, {
    trustAnchors: [ROOT.certificate],
    untrusted: [CA.certificate, NO_CRL_SIGN.certificate],
    at: AT,
    revocation: { ...evidence, scope: row.scope ?? 'exclude-root' },
  })
  expect(verdict.valid).toBe(verdict.findings.every(({ code }) => code !== 'revocation.revoked' && !isUnknown(code)))
  return verdict.findings.map(({ code, certificate }) => `${code.replace('revocation.', '')}@${certificate}`)
}

function isUnknown(code: string): boolean {
  return code === 'revocation.unknown' || code === 'revocation.issuer-revoked'
}

const SOURCES: readonly Source[] = ['crl', 'ocsp', 'both', 'delegated']

describe.each(SOURCES)('by %s', (source) => {
  const rows = ROWS.flatMap((row) => {
    const expected = Array.isArray(row.expected)
      ? row.expected
      : (row.expected as Partial<Record<Source, string[]>>)[source]
    return expected === undefined ? [] : [{ ...row, expected: expected as readonly string[] }]
  })

  it.each(rows)('$name', ({ expected, ...row }) => {
    expect(judge({ ...row, expected }, evidenceOf(source, row as Row))).toEqual(expected)
  })
})

describe('the column of .NET', () => {
  /** What a set of findings is in its words, as far as it has words for it: statuses by element. */
  function inItsWords(codes: readonly string[], length: number): string {
    const statuses = Array.from({ length }, (_, i) => {
      if (codes.includes(`revoked@${i}`)) return 'Revoked'
      const isOpen = codes.includes(`unknown@${i}`) || codes.includes(`issuer-revoked@${i}`)
      return isOpen ? 'RevocationStatusUnknown' : '-'
    })
    return statuses.join(' ')
  }

  it.each(ROWS)('says where it differs: $name', ({ expected, dotnet, differs }) => {
    const bySource = Array.isArray(expected) ? { crl: expected } : (expected as Record<string, readonly string[]>)
    const length =
      dotnet
        .split(',')[0]
        ?.replace(/ \(.*\)/, '')
        .split(' ').length ?? 0
    const same = Object.values(bySource).every((codes) => inItsWords(codes, length) === dotnet)
    expect(same).toBe(differs === undefined)
  })
})
