/** Where roots and intermediates lie, what they are called, who signed, and when. */

import { bitString, integer, nullValue, oid, sequence } from '../../../src/der/writer.ts'
import { createSigner, generateKey, type KeyAlgorithmName } from '../../../src/keys/keys.ts'
import type { Certificate } from '../../../src/x509/certificate.ts'
import { encodeAuthorityKeyIdentifier, encodeSubjectKeyIdentifier } from '../../../src/x509/extension-encoding.ts'
import { parseGeneralNameText } from '../../../src/x509/general-name-text.ts'
import { SIGNATURE_ALGORITHM } from '../../../src/x509/oids.ts'
import {
  AT,
  crossCertificate,
  type Entity,
  type Fields,
  intermediate,
  leaf,
  root,
} from '../../path/build-certificate.ts'
import { type ChainCase, type ChainFields, chainCase, makeChain, trusting } from './chain-case.ts'

/** @param system what `System` trusts in all cases together */
export function trustCases(system: Certificate[]): readonly ChainCase[] {
  return [
    ...placements(system),
    ...sameNames(),
    ...severalWaysUp(),
    ...keyIdentifiers(),
    ...signatures(),
    ...keys(),
    ...periods(),
    ...selfSigned(),
  ]
}

/** Where several certificates fit and none is trusted: which is taken, also when .NET goes over the chain once more. */
function severalWaysUp(): readonly ChainCase[] {
  const top = root()
  const ended = (hours: number) => new Date(AT.getTime() - 3600_000 * hours)
  const issuer = intermediate(top, { notAfter: ended(2) })
  const [later, earlier] = [1, 3].map((hours) => crossCertificate(top, issuer, { notAfter: ended(hours) })) as [
    Entity,
    Entity,
  ]
  const list = (...entities: readonly Entity[]) => entities.map(({ certificate }) => certificate)
  const orders = [
    list(issuer, later, earlier),
    list(earlier, later, issuer),
    list(later, earlier, issuer),
    list(issuer, earlier, later),
  ]
  const outOfDate = orders.map((extraStore, i) => ({
    id: `several ways: all out of date, order ${i + 1}`,
    certificate: leaf(issuer),
    policy: trusting(list(top), { extraStore }),
  }))
  const fresh = intermediate(top, { subject: 'CN=root' })
  const without = ['authorityKeyIdentifier'] as const
  const keys = { old: leaf(top, { without }), new: leaf(fresh, { without }), 'new, with a hint': leaf(fresh) }
  const rollover = Object.entries(keys).flatMap(([key, certificate]) =>
    [list(fresh, top), list(top, fresh)].flatMap((extraStore, i) =>
      (['NoCheck', 'Offline'] as const).map((revocationMode) => ({
        id: `several ways: new key of an unknown root, signed with the ${key}, order ${i + 1}, ${revocationMode}`,
        certificate,
        policy: trusting([], {
          extraStore,
          revocationMode,
          verificationFlags: ['AllowUnknownCertificateAuthority', 'IgnoreEndRevocationUnknown'],
        }),
      })),
    ),
  )
  return [...outOfDate, ...rollover]
}

const PLACES = ['trusted', 'extra', 'nowhere'] as const

/** Root and intermediate, each in the trusted store, in the extra store, or nowhere, in both modes. */
function placements(system: Certificate[]): readonly ChainCase[] {
  return PLACES.flatMap((rootPlace) =>
    PLACES.flatMap((intermediatePlace) =>
      (['System', 'CustomRootTrust'] as const).map((trustMode): ChainCase => {
        const chain = makeChain({})
        const placed = [
          [rootPlace, chain.root.certificate],
          [intermediatePlace, ...chain.intermediates.map(({ certificate }) => certificate)],
        ] as const
        const inPlace = (name: string) => placed.flatMap(([place, ...list]) => (place === name ? list : []))
        const trusted = inPlace('trusted')
        if (trustMode === 'System') system.push(...trusted)
        const stores = {
          extraStore: inPlace('extra'),
          trustMode,
          customTrustStore: trustMode === 'System' ? [] : trusted,
        }
        return {
          id: `place: ${trustMode}, root ${rootPlace}, intermediate ${intermediatePlace}`,
          certificate: chain.leaf,
          policy: { ...trusting([], stores), systemTrustStore: system },
        }
      }),
    ),
  )
}

/** Several certificates of one name. */
function sameNames(): readonly ChainCase[] {
  const past = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') }
  const top = root()
  const mimic = root({ extensions: {}, without: ['subjectKeyIdentifier'] })
  const old = root({ ...past, key: top.signer })
  const a = intermediate(top)
  const oldA = crossCertificate(top, a, past)
  const other = root({ subject: 'CN=other root' })
  const crossA = crossCertificate(other, a)
  const target = leaf(a)
  const noHint = leaf(a, { without: ['authorityKeyIdentifier'] })
  const list = (...entities: readonly { readonly certificate: Certificate }[]) =>
    entities.map(({ certificate }) => certificate)
  const named = (
    id: string,
    certificate: Certificate,
    trusted: readonly Certificate[],
    extraStore?: readonly Certificate[],
  ) => ({ id: `same name: ${id}`, certificate, policy: trusting(trusted, extraStore && { extraStore }) }) as const
  return [
    named('expired intermediate first', target, list(top, oldA, a)),
    named('expired intermediate last', target, list(top, a, oldA)),
    named('expired intermediate alone', target, list(top, oldA)),
    named('expired root first', target, list(old, top, a)),
    named('expired root alone', target, list(old, a)),
    named('another root of that name', target, list(mimic, a)),
    named('another root of that name and the right one', target, list(top, mimic, a)),
    named('another root of that name in the extra store', target, list(top, a), list(mimic)),
    named(
      'leaf without hint, intermediate of another key',
      noHint,
      list(top, intermediate(top, { without: ['subjectKeyIdentifier'] })),
    ),
    named('cross certificate first, its root unknown', target, list(top, crossA, a)),
    named('cross certificate last', target, list(top, a, crossA)),
    named('two ways up', target, list(top, other, crossA, a)),
    named('cross certificate in the extra store', target, list(other), list(a, crossA)),
    named('the intermediate is given twice', target, list(top, a, a), list(a)),
    named('the leaf is in the store', target, [...list(top, a), target]),
    named('the leaf alone is in the store', target, [target]),
    named(
      'two roots that certified each other',
      target,
      list(other),
      list(a, crossCertificate(other, top), crossCertificate(top, other)),
    ),
  ]
}

/** Hints to the issuer that fit and that do not. */
function keyIdentifiers(): readonly ChainCase[] {
  const wrong = new Uint8Array(20).fill(0x55)
  const hint = (fields: { keyIdentifier?: Uint8Array; issuer?: string; serial?: bigint }) => ({
    extensions: {
      authorityKeyIdentifier: encodeAuthorityKeyIdentifier({
        keyIdentifier: fields.keyIdentifier,
        authorityCertIssuer:
          fields.issuer === undefined ? undefined : [parseGeneralNameText(`dirname:${fields.issuer}`)],
        authorityCertSerialNumber: fields.serial,
      }),
    },
  })
  const cases: Readonly<Record<string, ChainFields>> = {
    'leaf names another key': { leaf: hint({ keyIdentifier: wrong }) },
    'leaf names no key': { leaf: { without: ['authorityKeyIdentifier'] } },
    'intermediate names another key': { intermediates: [hint({ keyIdentifier: wrong })] },
    'intermediate has another identifier': {
      intermediates: [{ extensions: { subjectKeyIdentifier: encodeSubjectKeyIdentifier(wrong) } }],
    },
    'intermediate has no identifier': { intermediates: [{ without: ['subjectKeyIdentifier'] }] },
    'root names another key': { root: hint({ keyIdentifier: wrong }) },
    'root names another serial number': { root: hint({ issuer: 'CN=root', serial: 99n }) },
    'leaf names issuer and serial number': {
      intermediates: [{ serialNumber: 77 }],
      leaf: hint({ issuer: 'CN=root', serial: 77n }),
    },
    'leaf names another serial number': {
      intermediates: [{ serialNumber: 77 }],
      leaf: hint({ issuer: 'CN=root', serial: 78n }),
    },
    'leaf names another issuer': {
      intermediates: [{ serialNumber: 77 }],
      leaf: hint({ issuer: 'CN=elsewhere', serial: 77n }),
    },
    'leaf has an empty hint': { leaf: hint({}) },
    'names differ in case': {
      intermediates: [{ subject: 'CN=Intermediate  One' }],
      leaf: issuedBy('CN=intermediate one'),
    },
    'names differ': { leaf: issuedBy('CN=somebody else') },
    'leaf is called as its issuer': { leaf: { subject: 'CN=intermediate 1' } },
    'intermediate is called as the root': { intermediates: [{ subject: 'CN=root' }] },
    'empty names': { intermediates: [{ subject: '' }], leaf: { subject: '' } },
  }
  return Object.entries(cases).map(([id, fields]) => chainCase(`hint: ${id}`, fields))
}

function issuedBy(subject: string): Fields {
  return { unchecked: { parts: { issuer: root({ subject }).certificate.subject.encoded } } }
}

const POSITIONS = ['leaf', 'intermediate', 'root'] as const
type Position = (typeof POSITIONS)[number]

/** Fields for one certificate of a chain of three. */
export function at(position: Position, fields: Fields): ChainFields {
  return position === 'intermediate' ? { intermediates: [fields] } : { [position]: fields }
}

export function everywhere(id: string, fields: Fields, more: ChainFields = {}): readonly ChainCase[] {
  return POSITIONS.map((position) => chainCase(`${id}, ${position}`, { ...more, ...at(position, fields) }))
}

function signatures(): readonly ChainCase[] {
  const bad: Fields = { unchecked: { parts: { signatureValue: bitString(new Uint8Array(70)) } } }
  const parts = (signatureAlgorithm: Uint8Array, signature = signatureAlgorithm): Fields => ({
    unchecked: { parts: { signatureAlgorithm, signature } },
  })
  const ecdsa256 = sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA256']))
  const ecdsa384 = sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA384']))
  const unknown = sequence(oid('1.2.3.4.5'))
  const rsa = sequence(oid(SIGNATURE_ALGORITHM.sha256WithRSAEncryption), nullValue())
  const withNull = sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA256']), nullValue())
  const onlyIntermediate = (id: string, fields: ChainFields): ChainCase => {
    const { leaf, intermediates } = makeChain(fields)
    return { id, certificate: leaf, policy: trusting(intermediates.map(({ certificate }) => certificate)) }
  }
  const rootInExtra = (id: string, fields: ChainFields): ChainCase => {
    const { leaf, intermediates, root } = makeChain(fields)
    const extraStore = [root, ...intermediates].map(({ certificate }) => certificate)
    return { id, certificate: leaf, policy: trusting([], { extraStore }) }
  }
  return [
    ...everywhere('signature: bad', bad),
    chainCase('signature: bad everywhere', { root: bad, intermediates: [bad], leaf: bad }),
    chainCase('signature: bad in leaf and root', { root: bad, leaf: bad }),
    rootInExtra('signature: bad in an untrusted root', { root: bad }),
    rootInExtra('signature: bad in leaf and untrusted root', { root: bad, leaf: bad }),
    onlyIntermediate('signature: bad in an intermediate without issuer', { intermediates: [bad] }),
    onlyIntermediate('signature: bad in the leaf, root missing', { leaf: bad }),
    ...everywhere('signature: unknown algorithm', parts(unknown)),
    ...everywhere('signature: algorithm of another key', parts(rsa)),
    ...everywhere('signature: two algorithms', parts(ecdsa256, ecdsa384)),
    ...everywhere('signature: superfluous parameters', parts(withNull)),
    ...everywhere('signature: unused bits', {
      unchecked: { parts: { signatureValue: bitString(new Uint8Array(71), 1) } },
    }),
  ]
}

const KEYS: readonly KeyAlgorithmName[] = [
  'rsa-2048',
  'rsa-3072',
  'rsa-pss-2048',
  'ec-p384',
  'ec-p521',
  'ec-secp256k1',
  'ec-brainpool-p256r1',
  'ed25519',
  'ed448',
]

function keys(): readonly ChainCase[] {
  return KEYS.map((name) => {
    const key = createSigner(generateKey(name))
    return chainCase(`key: ${name}`, { root: { key }, intermediates: [{ key }] })
  })
}

/** Each end of each period, a second before and behind the instant, and on it; read to the second, and between two. */
function periods(): readonly ChainCase[] {
  const shift = (seconds: number) => new Date(AT.getTime() + 1000 * seconds)
  const past = { notBefore: shift(-9e7), notAfter: shift(-8e7) }
  const future = { notBefore: shift(8e7), notAfter: shift(9e7) }
  const boundary = [-1, 0, 1].flatMap((seconds) => [
    ...everywhere(`period: ends at ${seconds} s`, { notAfter: shift(seconds) }),
    ...everywhere(`period: begins at ${seconds} s`, { notBefore: shift(seconds) }),
  ])
  const between = [0, 1, 999].flatMap((milliseconds) => {
    const policy = { verificationTime: new Date(AT.getTime() + milliseconds) }
    return [
      chainCase(`period: ends ${milliseconds} ms ago`, { leaf: { notAfter: AT }, policy }),
      chainCase(`period: ends a second later, ${milliseconds} ms on`, { leaf: { notAfter: shift(1) }, policy }),
      chainCase(`period: begins ${milliseconds} ms ago`, { leaf: { notBefore: AT }, policy }),
    ]
  })
  const rootless = (id: string, fields: ChainFields): ChainCase => {
    const { leaf, intermediates } = makeChain(fields)
    return { id, certificate: leaf, policy: trusting(intermediates.map(({ certificate }) => certificate)) }
  }
  return [
    ...boundary,
    ...between,
    ...everywhere('period: empty', { notBefore: shift(10), notAfter: shift(-10) }),
    ...everywhere('period: over', past),
    ...everywhere('period: to come', future),
    rootless('period: over, the intermediate whose issuer is missing', { intermediates: [past] }),
    rootless('period: over, the leaf below an intermediate without issuer', { leaf: past }),
    { id: 'period: over, a leaf alone', certificate: makeChain({ leaf: past }).leaf, policy: trusting([]) },
    chainCase('period: leaf over, intermediate to come, root over', {
      root: past,
      intermediates: [future],
      leaf: past,
    }),
  ]
}

/** Chains of one. */
function selfSigned(): readonly ChainCase[] {
  const end: Fields = { subject: 'CN=alone', ca: false }
  const kinds: Readonly<Record<string, Fields>> = {
    'end entity': end,
    'end entity without basicConstraints': { ...end, without: ['basicConstraints', 'keyUsage'] },
    'end entity with keyUsage digitalSignature': { ...end, keyUsage: ['digitalSignature'] },
    CA: {},
    'CA without keyCertSign': { keyUsage: ['digitalSignature'] },
    'bad signature': { ...end, unchecked: { parts: { signatureValue: bitString(new Uint8Array(70)) } } },
    'bad signature, CA': { unchecked: { parts: { signatureValue: bitString(new Uint8Array(70)) } } },
    over: { ...end, notAfter: AT },
    'critical key identifier': { ...end, critical: { subjectKeyIdentifier: true } },
    'version 1': { unchecked: { parts: { version: undefined, rest: [] } } },
    'version 2': { unchecked: { parts: { version: new Uint8Array([0xa0, 3, 2, 1, 1]), rest: [] } } },
    'negative serial number': { ...end, unchecked: { parts: { serialNumber: integer(-5) } } },
  }
  return Object.entries(kinds).flatMap(([id, fields]) => {
    const { certificate } = root(fields)
    return [
      { id: `alone: ${id}, trusted`, certificate, policy: trusting([certificate]) },
      { id: `alone: ${id}, in the extra store`, certificate, policy: trusting([], { extraStore: [certificate] }) },
      {
        id: `alone: ${id}, allowed`,
        certificate,
        policy: trusting([], { verificationFlags: ['AllowUnknownCertificateAuthority'] }),
      },
    ]
  })
}
