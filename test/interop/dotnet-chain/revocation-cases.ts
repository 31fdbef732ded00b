/**
 * Chains of three with evidence on a local server: the same bytes are handed to our side and fetched by .NET. OCSP
 * responses are judged by .NET's own clock, so these chains live around the present.
 */

import { nullValue } from '../../../src/der/writer.ts'
import { type CrlRequest, issueCrl } from '../../../src/issue/crl.ts'
import { type CrlFault, withCrlFault } from '../../../src/issue/crl-fault.ts'
import type { RevocationFlag } from '../../../src/path/x509chain/policy.ts'
import type { Certificate } from '../../../src/x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../../src/x509/crl.ts'
import type { CrlReason, IssuingDistributionPoint } from '../../../src/x509/crl-extension.ts'
import { encodeDistributionPoints, encodeInfoAccess } from '../../../src/x509/extension-encoding.ts'
import { type OcspResponse, parseOcspResponse } from '../../../src/x509/ocsp.ts'
import { ACCESS_METHOD, KEY_PURPOSE } from '../../../src/x509/oids.ts'
import { type Entity, type Fields, intermediate, leaf, root } from '../../path/build-certificate.ts'
import {
  byName,
  certId,
  failedResponse,
  GOOD,
  ocspResponseBytes,
  revokedStatus,
  singleResponse,
  UNKNOWN,
} from '../../x509/ocsp-bytes.ts'
import { type ChainCase, trusting } from './chain-case.ts'
import type { EvidenceServer } from './evidence-server.ts'

const HOUR = 3_600_000
const NOW = Math.floor(Date.now() / 1000) * 1000
const hours = (number: number) => new Date(NOW + number * HOUR)

type MakeCrl = (request: CrlRequest, subject: Certificate) => CrlRequest

/** What speaks of one element. */
interface Evidence {
  /** From a good CRL that lists nothing. */
  readonly crl?: MakeCrl
  readonly ocsp?: (about: Asked) => Uint8Array
}

interface Asked {
  readonly issuer: Entity
  readonly subject: Certificate
}

type Elements = readonly [leaf: Evidence, intermediate: Evidence, root: Evidence]

/** The chain and the evidence on it: `certificates` from the leaf up. */
interface Shape {
  readonly root?: Fields
  readonly intermediate?: Fields
  readonly leaf?: Fields
}

let number = 0

function revocationCase(
  server: EvidenceServer,
  id: string,
  [ofLeaf, ofIntermediate, ofRoot]: Elements,
  policy: Partial<ChainCase['policy']>,
  shape: Shape = {},
): ChainCase {
  const period = { notBefore: hours(-100), notAfter: hours(1000) }
  const names = ['leaf', 'intermediate', 'root'].map((element) => `${element}-${++number}`)
  const [leafName = '', intermediateName = '', rootName = ''] = names
  const top = root({ ...period, ...pointing(server, rootName, ofRoot, shape.root) })
  const middle = intermediate(top, {
    ...period,
    ...pointing(server, intermediateName, ofIntermediate, shape.intermediate),
  })
  const target = leaf(middle, { ...period, ...pointing(server, leafName, ofLeaf, shape.leaf) })
  const crls: CertificateList[] = []
  const ocspResponses: OcspResponse[] = []
  const publish = (name: string, evidence: Evidence, issuer: Entity, subject: Certificate) => {
    if (evidence.crl !== undefined) {
      const bytes = issueCrl(evidence.crl(crlOf(issuer), subject))
      server.put('crl', name, bytes)
      crls.push(parseCrl(bytes))
    }
    if (evidence.ocsp !== undefined) {
      const bytes = evidence.ocsp({ issuer, subject })
      server.put('ocsp', name, bytes)
      ocspResponses.push(parseOcspResponse(bytes))
    }
  }
  publish(leafName, ofLeaf, middle, target)
  publish(intermediateName, ofIntermediate, top, middle.certificate)
  publish(rootName, ofRoot, top, top.certificate)
  const stores = [top.certificate, middle.certificate]
  return {
    id: `revocation: ${id}`,
    certificate: target,
    policy: trusting(stores, {
      verificationTime: new Date(NOW),
      revocationMode: 'Online',
      crls,
      ocspResponses,
      ...policy,
    }),
  }
}

/** The fields of a certificate that says where evidence on it is to be had. */
function pointing(server: EvidenceServer, name: string, { crl, ocsp }: Evidence, fields: Fields = {}): Fields {
  const uri = (kind: 'crl' | 'ocsp') => ({ type: 'uniformResourceIdentifier' as const, value: server.url(kind, name) })
  const fullName = { distributionPoint: { fullName: [uri('crl')] }, reasons: undefined, cRLIssuer: undefined }
  return {
    ...fields,
    extensions: {
      ...(crl && { cRLDistributionPoints: encodeDistributionPoints([fullName]) }),
      ...(ocsp && {
        authorityInfoAccess: encodeInfoAccess([{ accessMethod: ACCESS_METHOD.ocsp, accessLocation: uri('ocsp') }]),
      }),
      ...fields.extensions,
    },
  }
}

function crlOf({ certificate: issuer, signer }: Entity): CrlRequest {
  return { issuer, signer, thisUpdate: hours(-1), nextUpdate: hours(24), number: 1n, entries: [] }
}

const clear: MakeCrl = (request) => request
const listed: MakeCrl = (request, subject) => listedFor('unspecified')(request, subject)

function listedFor(reason: CrlReason): MakeCrl {
  return (request, { serialNumber }) => ({
    ...request,
    entries: [{ serialNumber, revocationDate: hours(-10), reason }],
  })
}

interface OcspFields {
  readonly status?: Uint8Array
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date | undefined
  readonly signer?: Entity
  readonly certificates?: readonly Certificate[]
}

function ocsp(fields: OcspFields | ((about: Asked) => OcspFields) = {}) {
  return (about: Asked): Uint8Array => {
    const given = typeof fields === 'function' ? fields(about) : fields
    const { status = GOOD, thisUpdate = hours(-1), signer = about.issuer, certificates } = given
    const nextUpdate = 'nextUpdate' in given ? given.nextUpdate : hours(24)
    const single = singleResponse({
      certId: certId(about.issuer.certificate, about.subject.serialNumber),
      status,
      thisUpdate,
      nextUpdate,
    })
    return ocspResponseBytes({
      signer: signer.signer,
      responderId: byName(signer.certificate),
      responses: [single],
      producedAt: thisUpdate,
      ...(certificates && { certificates }),
    })
  }
}

const REVOKED = revokedStatus(hours(-10))

/** A responder with a certificate of its own, from the issuer unless told otherwise. */
function designated(fields: Fields, status: Uint8Array = GOOD, from?: Entity) {
  return ocsp(({ issuer }) => {
    const responder = intermediate(from ?? issuer, {
      subject: 'CN=responder',
      ca: false,
      notBefore: hours(-10),
      notAfter: hours(100),
      ...fields,
    })
    return { status, signer: responder, certificates: [responder.certificate] }
  })
}

const RESPONDER: Fields = { extKeyUsage: [KEY_PURPOSE.OCSPSigning] }

const FLAGS: readonly RevocationFlag[] = ['EndCertificateOnly', 'ExcludeRoot', 'EntireChain']

export function revocationCases(server: EvidenceServer): readonly ChainCase[] {
  return [...matrix(server), ...single(server), ...circumstances(server), ...downloads(server)]
}

/** Every set of revoked elements, under every flag, told in every way. */
function matrix(server: EvidenceServer): readonly ChainCase[] {
  const ways: Readonly<Record<string, (isRevoked: boolean) => Evidence>> = {
    CRL: (isRevoked) => ({ crl: isRevoked ? listed : clear }),
    OCSP: (isRevoked) => ({ ocsp: ocsp({ status: isRevoked ? REVOKED : GOOD }) }),
    both: (isRevoked) => ({ crl: isRevoked ? listed : clear, ocsp: ocsp({ status: isRevoked ? REVOKED : GOOD }) }),
    responder: (isRevoked) => ({ ocsp: designated(RESPONDER, isRevoked ? REVOKED : GOOD) }),
  }
  return Object.entries(ways).flatMap(([way, evidence]) =>
    FLAGS.flatMap((revocationFlag) =>
      Array.from({ length: 8 }, (_, set) => {
        const [leafIs, intermediateIs, rootIs] = [1, 2, 4].map((bit) => (set & bit) !== 0)
        const elements: Elements = [
          evidence(leafIs === true),
          evidence(intermediateIs === true),
          evidence(rootIs === true),
        ]
        const who = ['leaf', 'intermediate', 'root'].filter((_, i) => (set & (1 << i)) !== 0).join(' and ') || 'nobody'
        return revocationCase(server, `${way}, ${revocationFlag}, ${who} revoked`, elements, { revocationFlag })
      }),
    ),
  )
}

/** What may be wrong with the evidence on the leaf, alone and for an intermediate. */
function single(server: EvidenceServer): readonly ChainCase[] {
  const fault =
    (name: CrlFault, made: MakeCrl = clear): MakeCrl =>
    (request, subject) =>
      withCrlFault(made(request, subject), name)
  const idp =
    (issuingDistributionPoint: Partial<IssuingDistributionPoint>, made: MakeCrl = clear): MakeCrl =>
    (request, subject) => ({ ...made(request, subject), issuingDistributionPoint })
  const elsewhere = { fullName: [{ type: 'uniformResourceIdentifier' as const, value: 'http://elsewhere.test/crl' }] }
  const stranger = root({ subject: 'CN=stranger', notBefore: hours(-10), notAfter: hours(100) })
  const kinds: Readonly<Record<string, Evidence>> = {
    nothing: {},
    'CRL of a bad signature': { crl: fault('bad-signature') },
    'CRL of a bad signature that lists it': { crl: fault('bad-signature', listed) },
    'CRL out of date': { crl: fault('expired') },
    'CRL out of date that lists it': { crl: fault('expired', listed) },
    'CRL from the future': { crl: fault('future') },
    'CRL from the future that lists it': { crl: fault('future', listed) },
    'CRL of another issuer': { crl: fault('wrong-issuer') },
    'CRL of another issuer that lists it': { crl: fault('wrong-issuer', listed) },
    'CRL with an unknown critical extension': { crl: fault('unknown-critical') },
    'CRL with an unknown critical extension that lists it': { crl: fault('unknown-critical', listed) },
    'CRL without nextUpdate': { crl: (request) => ({ ...request, nextUpdate: undefined }) },
    'CRL that has it on hold': { crl: listedFor('certificateHold') },
    'CRL that removes it': { crl: listedFor('removeFromCRL') },
    'CRL for users': { crl: idp({ onlyContainsUserCerts: true }) },
    'CRL for CAs': { crl: idp({ onlyContainsCACerts: true }) },
    'CRL for attribute certificates': { crl: idp({ onlyContainsAttributeCerts: true }) },
    'CRL for CAs that lists it': { crl: idp({ onlyContainsCACerts: true }, listed) },
    'CRL for some reasons': { crl: idp({ onlySomeReasons: ['keyCompromise'] }) },
    'CRL for some reasons that lists it': { crl: idp({ onlySomeReasons: ['keyCompromise'] }, listed) },
    'indirect CRL': { crl: idp({ indirectCRL: true }) },
    'CRL for another distribution point': { crl: idp({ distributionPoint: elsewhere }) },
    'CRL for another distribution point that lists it': { crl: idp({ distributionPoint: elsewhere }, listed) },
    'CRL out of date, OCSP good': { crl: fault('expired'), ocsp: ocsp() },
    'CRL out of date, OCSP revoked': { crl: fault('expired'), ocsp: ocsp({ status: REVOKED }) },
    'CRL clear, OCSP revoked': { crl: clear, ocsp: ocsp({ status: REVOKED }) },
    'CRL lists it, OCSP good': { crl: listed, ocsp: ocsp() },
    'CRL of a bad signature lists it, OCSP good': { crl: fault('bad-signature', listed), ocsp: ocsp() },
    'CRL for some reasons, OCSP good': { crl: idp({ onlySomeReasons: ['keyCompromise'] }), ocsp: ocsp() },
    'OCSP good, out of date': { ocsp: ocsp({ thisUpdate: hours(-48), nextUpdate: hours(-24) }) },
    'OCSP revoked, out of date': { ocsp: ocsp({ status: REVOKED, thisUpdate: hours(-48), nextUpdate: hours(-24) }) },
    'OCSP good, from the future': { ocsp: ocsp({ thisUpdate: hours(2) }) },
    'OCSP revoked, from the future': { ocsp: ocsp({ status: REVOKED, thisUpdate: hours(2) }) },
    'OCSP good without nextUpdate': { ocsp: ocsp({ nextUpdate: undefined }) },
    'OCSP good without nextUpdate, two days old': { ocsp: ocsp({ thisUpdate: hours(-48), nextUpdate: undefined }) },
    'OCSP unknown': { ocsp: ocsp({ status: UNKNOWN }) },
    'OCSP says try later': { ocsp: () => failedResponse(3) },
    'OCSP of a stranger': { ocsp: ocsp({ signer: stranger, certificates: [stranger.certificate] }) },
    'OCSP of a stranger, revoked': {
      ocsp: ocsp({ status: REVOKED, signer: stranger, certificates: [stranger.certificate] }),
    },
    'OCSP of a responder of a stranger': { ocsp: designated(RESPONDER, GOOD, stranger) },
    'OCSP of a responder without the purpose': { ocsp: designated({}) },
    'OCSP of a responder for anything': { ocsp: designated({ extKeyUsage: [KEY_PURPOSE.anyExtendedKeyUsage] }) },
    'OCSP of an expired responder': { ocsp: designated({ ...RESPONDER, notAfter: hours(-1) }) },
    'OCSP of a responder without digitalSignature': {
      ocsp: designated({ ...RESPONDER, keyUsage: ['keyEncipherment'] }),
    },
    'OCSP of a bad signature': {
      ocsp: ocsp(({ issuer }) => ({ signer: { ...stranger, certificate: issuer.certificate } })),
    },
    'OCSP of a bad signature, revoked': {
      ocsp: ocsp(({ issuer }) => ({ status: REVOKED, signer: { ...stranger, certificate: issuer.certificate } })),
    },
  }
  const good: Evidence = { crl: clear }
  return Object.entries(kinds).flatMap(([id, evidence]) => [
    revocationCase(server, `leaf has ${id}`, [evidence, good, {}], {}),
    revocationCase(server, `leaf has ${id}, alone`, [evidence, {}, {}], { revocationFlag: 'EndCertificateOnly' }),
    revocationCase(server, `intermediate has ${id}`, [good, evidence, {}], {}),
  ])
}

/** What is wrong with the chain, and what the issuer may sign. */
function circumstances(server: EvidenceServer): readonly ChainCase[] {
  const good: Evidence = { crl: clear }
  const bad: Evidence = { crl: listed }
  const past = { notAfter: hours(-1) }
  const shapes: Readonly<Record<string, Shape>> = {
    'leaf over': { leaf: past },
    'intermediate over': { intermediate: past },
    'root over': { root: past },
    'intermediate may not sign CRLs': { intermediate: { keyUsage: ['keyCertSign'] } },
    'root may not sign CRLs': { root: { keyUsage: ['keyCertSign'] } },
    'intermediate without keyUsage': { intermediate: { without: ['keyUsage'] } },
    'intermediate is no CA': { intermediate: { ca: false } },
    'leaf with an unknown critical extension': {
      leaf: { unchecked: { extensions: [{ oid: '1.2.3.4', critical: true, value: nullValue() }] } },
    },
    'leaf with a name that is not permitted': { intermediate: { permitted: ['dns:b.test'] } },
    'leaf for another purpose': { leaf: { extKeyUsage: [KEY_PURPOSE.serverAuth] } },
  }
  const applicationPolicy = [KEY_PURPOSE.clientAuth]
  return Object.entries(shapes).flatMap(([id, shape]) =>
    FLAGS.flatMap((revocationFlag) => [
      revocationCase(
        server,
        `${id}, ${revocationFlag}, all clear`,
        [good, good, good],
        { revocationFlag, applicationPolicy },
        shape,
      ),
      revocationCase(
        server,
        `${id}, ${revocationFlag}, leaf revoked`,
        [bad, good, good],
        { revocationFlag, applicationPolicy },
        shape,
      ),
      revocationCase(
        server,
        `${id}, ${revocationFlag}, intermediate revoked`,
        [good, bad, good],
        { revocationFlag, applicationPolicy },
        shape,
      ),
    ]),
  )
}

/** Issuers that are to be had where the certificates below them say. */
function downloads(server: EvidenceServer): readonly ChainCase[] {
  const period = { notBefore: hours(-100), notAfter: hours(1000) }
  const issuerAt = (value: string): Fields['extensions'] => ({
    authorityInfoAccess: encodeInfoAccess([
      { accessMethod: ACCESS_METHOD.caIssuers, accessLocation: { type: 'uniformResourceIdentifier', value } },
    ]),
  })
  const download = (id: string, name: string, isServed: (which: 'lower' | 'upper' | 'root') => boolean): ChainCase => {
    const pointer = (which: string) => ({ extensions: issuerAt(server.url('ca', `${name}-${which}`)) ?? {} })
    const top = root({ ...period, subject: `CN=${name} root` })
    const upper = intermediate(top, { ...period, subject: `CN=${name} upper`, ...pointer('root') })
    const lower = intermediate(upper, { ...period, subject: `CN=${name} lower`, ...pointer('upper') })
    const target = leaf(lower, { ...period, ...pointer('lower') })
    const served = Object.entries({ lower, upper, root: top }).filter(([which]) => isServed(which as 'lower'))
    for (const [which, { certificate }] of served) server.put('ca', `${name}-${which}`, certificate.encoded)
    const trusted = id.includes('untrusted') ? [] : [top.certificate]
    const downloadedIssuers = served.map(([, { certificate }]) => certificate)
    return {
      id: `download: ${id}`,
      certificate: target,
      policy: trusting(trusted, { verificationTime: new Date(NOW), downloadedIssuers }),
    }
  }
  return [
    download('both intermediates', 'a', (which) => which !== 'root'),
    download('nothing is there', 'b', () => false),
    download('the lower one alone', 'c', (which) => which === 'lower'),
    download('everything, the root untrusted', 'd', () => true),
  ]
}
