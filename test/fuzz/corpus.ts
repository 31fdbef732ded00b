/** What is mutated: a hierarchy that uses every extension, a CRL, an OCSP response and a request, all of them good. */

import { context, integer, nullValue, octetString, oid, sequence, setOf } from '../../src/der/writer.ts'
import { issueCrl } from '../../src/issue/crl.ts'
import { createSigner, generateKey, type Signer } from '../../src/keys/keys.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { encodeExtensions } from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION, KEY_PURPOSE } from '../../src/x509/oids.ts'
import { encodeSigned } from '../../src/x509/signed.ts'
import { AT, intermediate, leaf, root } from '../path/build-certificate.ts'
import { byName, certId, ocspResponseBytes, singleResponse } from '../x509/ocsp-bytes.ts'

export interface Corpus {
  readonly at: Date
  readonly chain: { readonly leaf: Certificate; readonly intermediate: Certificate; readonly root: Certificate }
  readonly originals: Readonly<
    Record<'leaf' | 'intermediate' | 'root' | 'crl' | 'ocspResponse' | 'request', Uint8Array>
  >
  readonly subjects: readonly Subject[]
  /** Bytes to splice from. */
  readonly material: readonly Uint8Array[]
}

/** Bytes to change, and how the changed bytes are fed to the program. */
export interface Subject {
  readonly kind: keyof Corpus['originals']
  readonly bytes: Uint8Array
  /**
   * Given where `bytes` are the part that is signed: signs what became of it. Behind a bad signature the engine reads
   * nothing, so this alone takes changed names, extensions and entries to the rules.
   */
  readonly seal?: (changed: Uint8Array) => Uint8Array
}

export function makeCorpus(): Corpus {
  const anchor = root({ policies: ['1.2.3.1'] })
  const ca = intermediate(anchor, {
    pathLength: 1,
    permitted: ['dns:test', 'ip:10.0.0.0/8', 'email:test', 'dirname:CN=a.test'],
    excluded: ['uri:bad.test'],
    policies: ['1.2.3.1', '1.2.3.2'],
    mappings: [['1.2.3.2', '1.2.3.3']],
    policyConstraints: { requireExplicitPolicy: 3 },
    inhibitAnyPolicy: 4,
  })
  const names = ['dns:a.test', 'ip:10.1.2.3', 'email:a@test', 'uri:https://a.test/x', 'upn:a@test', 'rid:1.2.3']
  const certificate = leaf(ca, { names, policies: ['1.2.3.1'], extKeyUsage: [KEY_PURPOSE.serverAuth] })
  const originals = {
    leaf: certificate.encoded,
    intermediate: ca.certificate.encoded,
    root: anchor.certificate.encoded,
    crl: crlBytes(ca),
    ocspResponse: ocspBytes(ca, certificate),
    request: requestBytes(),
  }
  const kinds = Object.keys(originals) as (keyof typeof originals)[]
  return {
    at: AT,
    chain: {
      leaf: parseCertificate(originals.leaf),
      intermediate: parseCertificate(originals.intermediate),
      root: parseCertificate(originals.root),
    },
    originals,
    subjects: [
      ...kinds.map((kind) => ({ kind, bytes: originals[kind] })),
      { kind: 'leaf', bytes: certificate.tbs, seal: seal(ca.signer) },
      { kind: 'intermediate', bytes: ca.certificate.tbs, seal: seal(anchor.signer) },
      { kind: 'crl', bytes: parseCrl(originals.crl).tbs, seal: seal(ca.signer) },
    ],
    material: Object.values(originals),
  }
}

/** The same three fields make a certificate and a CRL. */
function seal(signer: Signer): (tbs: Uint8Array) => Uint8Array {
  return (tbs) => encodeSigned(tbs, signer)
}

type Authority = ReturnType<typeof root>

const DAY = 86_400_000

function crlBytes({ certificate, signer }: Authority): Uint8Array {
  const entries = Array.from({ length: 5 }, (_, i) => ({
    serialNumber: BigInt(1000 + i),
    revocationDate: new Date(AT.getTime() - DAY),
    reason: 'keyCompromise' as const,
  }))
  const [thisUpdate, nextUpdate] = [new Date(AT.getTime() - DAY), new Date(AT.getTime() + DAY)]
  return issueCrl({ issuer: certificate, signer, thisUpdate, nextUpdate, number: 1n, entries })
}

function ocspBytes({ certificate, signer }: Authority, target: Certificate): Uint8Array {
  const [thisUpdate, nextUpdate] = [new Date(AT.getTime() - DAY), new Date(AT.getTime() + DAY)]
  const responses = [singleResponse({ certId: certId(certificate, target.serialNumber), thisUpdate, nextUpdate })]
  return ocspResponseBytes({ signer, responderId: byName(certificate), producedAt: thisUpdate, responses })
}

/** A PKCS #10 request by hand: `issue/request.ts` makes them with a heavy library, which has no place in a loop. */
function requestBytes(): Uint8Array {
  const signer = createSigner(generateKey('ec-p256'))
  const wanted = encodeExtensions([
    {
      oid: EXTENSION.subjectAltName,
      critical: false,
      value: encodeGeneralNames([parseGeneralNameText('dns:a.test')]),
    },
  ])
  const attributes = [
    sequence(oid('1.2.840.113549.1.9.14'), setOf(wanted)),
    sequence(oid('1.2.840.113549.1.9.7'), setOf(octetString(nullValue()))),
  ]
  const info = sequence(integer(0), parseNameText('CN=a.test'), signer.publicKey.encoded, context(0, ...attributes))
  return encodeSigned(info, signer)
}
