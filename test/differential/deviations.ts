/**
 * What the random certificates are made of: deviations from a good certificate, one at a time, so that a
 * counterexample shrinks to the few that matter. Names, addresses and policies come from alphabets so small that what a
 * CA constrains and what a certificate has meet and miss equally often.
 */

import fc from 'fast-check'
import { bitString, context, generalizedTime, integer, nullValue, oid, sequence, time } from '../../src/der/writer.ts'
import { encodeAuthorityKeyIdentifier, encodeSubjectKeyIdentifier } from '../../src/x509/extension-encoding.ts'
import { KEY_USAGES, type KeyUsageName } from '../../src/x509/extension-value.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { ANY_POLICY, EXTENSION, KEY_PURPOSE, SIGNATURE_ALGORITHM } from '../../src/x509/oids.ts'
import { AT, type ExtensionName, type Fields } from '../path/build-certificate.ts'
import type { CertificateParts } from '../x509/certificate-bytes.ts'

/** Fields that replace those of a good certificate; several are applied one after the other by {@link apply}. */
export type Deviation = Fields

/** The period of everything that has no other. Wide, because `certtool` knows no clock but the machine's. */
export const NOT_BEFORE = new Date('2020-01-01T00:00:00Z')
export const NOT_AFTER = new Date('2049-01-01T00:00:00Z')

/** The fields that several deviations make together: lists add up, everything else is replaced. */
export function apply(start: Fields, deviations: readonly Deviation[]): Fields {
  return deviations.reduce(both, start)
}

function both(a: Fields, b: Fields): Fields {
  return {
    ...a,
    ...b,
    extensions: { ...a.extensions, ...b.extensions },
    critical: { ...a.critical, ...b.critical },
    without: [...(a.without ?? []), ...(b.without ?? [])],
    unchecked: {
      extensions: [...(a.unchecked?.extensions ?? []), ...(b.unchecked?.extensions ?? [])],
      parts: { ...a.unchecked?.parts, ...b.unchecked?.parts },
    },
  }
}

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

function parts(replaced: Partial<CertificateParts>): Deviation {
  return { unchecked: { parts: replaced } }
}

const DNS = ['a.test', 'b.test', 'x.a.test', 'y.x.a.test', '*.a.test', 'A.TEST', 'aa.test', 'test', 'other.example']
const DNS_BASES = ['a.test', 'x.a.test', '.a.test', 'test', 'A.test', 'example', '']
const IP = ['10.0.0.1', '10.1.0.1', '192.168.0.1', '::1', 'fe80::1']
const IP_BASES = ['10.0.0.0/8', '10.1.0.0/16', '192.168.0.1/32', '0.0.0.0/0', 'fe80::/10', '::/0']
const EMAIL = ['a@a.test', 'A@a.test', 'a@A.TEST', 'b@x.a.test', 'c@other.example']
const EMAIL_BASES = ['a.test', '.a.test', 'a@a.test', 'x.a.test', 'example', '']
const URI = ['https://a.test/', 'https://x.a.test:8443/p', 'http://user@b.test/', 'https://10.0.0.1/', 'urn:a:b']
const URI_BASES = ['a.test', '.a.test', 'x.a.test', '.test', 'other.example']
const DIRECTORY = ['CN=p,O=x', 'O=y', 'CN=p,O=X']
const DIRECTORY_BASES = ['O=x', 'O=X', 'O=y', 'CN=authority 1,O=x']
const POLICIES = ['1.2.3.1', '1.2.3.2', '1.2.3.3', ANY_POLICY]
const PURPOSES = [KEY_PURPOSE.serverAuth, KEY_PURPOSE.clientAuth, KEY_PURPOSE.emailProtection, '2.5.29.37.0']

const subtree = fc.oneof(
  { weight: 4, arbitrary: pick(...DNS_BASES).map((base) => `dns:${base}`) },
  { weight: 2, arbitrary: pick(...IP_BASES).map((base) => `ip:${base}`) },
  { weight: 2, arbitrary: pick(...EMAIL_BASES).map((base) => `email:${base}`) },
  { weight: 1, arbitrary: pick(...URI_BASES).map((base) => `uri:${base}`) },
  { weight: 2, arbitrary: pick(...DIRECTORY_BASES).map((base) => `dirname:${base}`) },
)

const name = fc.oneof(
  { weight: 4, arbitrary: pick(...DNS).map((value) => `dns:${value}`) },
  { weight: 2, arbitrary: pick(...IP).map((value) => `ip:${value}`) },
  { weight: 2, arbitrary: pick(...EMAIL).map((value) => `email:${value}`) },
  { weight: 1, arbitrary: pick(...URI).map((value) => `uri:${value}`) },
  { weight: 1, arbitrary: pick(...DIRECTORY).map((value) => `dirname:${value}`) },
)

const policies = fc.uniqueArray(pick(...POLICIES), { minLength: 1, maxLength: 3 }).map((list) => ({ policies: list }))
const purposes = fc.uniqueArray(pick(...PURPOSES), { minLength: 1, maxLength: 2 })
const keyUsage = fc.uniqueArray(pick<KeyUsageName>(...KEY_USAGES), { maxLength: 3 })

/** Deviations of validity. The boundary to the second is for judges who can be told the instant. */
const distantValidity = pick<Deviation>(
  { notAfter: new Date('2021-01-01T00:00:00Z') },
  { notBefore: new Date('2048-01-01T00:00:00Z') },
)
const closeValidity = pick(-1, 0, 1).chain((seconds) => {
  const date = new Date(AT.getTime() + 1000 * seconds)
  return pick<Deviation>({ notAfter: date }, { notBefore: date })
})

const version = pick<Deviation>(
  parts({ version: undefined, rest: [] }),
  parts({ version: undefined }),
  parts({ version: context(0, integer(1)) }),
)

const serialNumber = pick<Deviation>(
  { serialNumber: 0 },
  { serialNumber: -5 },
  { serialNumber: 2n ** 158n },
  { serialNumber: 2n ** 160n },
)

const UNKNOWN = '1.2.3.4.5'
const unknownExtension = fc.boolean().map<Deviation>((critical) => ({
  unchecked: { extensions: [{ oid: UNKNOWN, critical, value: nullValue() }] },
}))

const MARKED: readonly ExtensionName[] = [
  'basicConstraints',
  'keyUsage',
  'extKeyUsage',
  'subjectAltName',
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
  'nameConstraints',
  'certificatePolicies',
  'policyConstraints',
  'inhibitAnyPolicy',
]
const criticality = fc
  .tuple(pick(...MARKED), fc.boolean())
  .map<Deviation>(([extension, critical]) => ({ critical: { [extension]: critical } }))

const missing = pick<ExtensionName>(
  'basicConstraints',
  'keyUsage',
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
).map<Deviation>((extension) => ({ without: [extension] }))

const FOREIGN_KEY = new Uint8Array(20).fill(0x55)
const keyIdentifiers = pick<Deviation>(
  { extensions: { subjectKeyIdentifier: encodeSubjectKeyIdentifier(FOREIGN_KEY) } },
  { extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ keyIdentifier: FOREIGN_KEY }) } },
  { extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ serialNumber: 99n }) } },
  { extensions: { authorityKeyIdentifier: sequence() } },
)

function authorityKeyIdentifier(hint: { keyIdentifier?: Uint8Array; serialNumber?: bigint }): Uint8Array {
  const { keyIdentifier, serialNumber: authorityCertSerialNumber } = hint
  return encodeAuthorityKeyIdentifier({
    keyIdentifier,
    authorityCertIssuer:
      authorityCertSerialNumber === undefined ? undefined : [parseGeneralNameText('dirname:CN=elsewhere')],
    authorityCertSerialNumber,
  })
}

const duplicate = pick<ExtensionName>('keyUsage', 'subjectKeyIdentifier', 'certificatePolicies').map<Deviation>(
  (extension) => ({
    unchecked: { extensions: [0, 1].map(() => ({ oid: EXTENSION[extension], critical: false, value: sequence() })) },
  }),
)

/** Values that no extension, or not every one, can have: empty, the wrong type, BER, too long, cut off. */
const malformed = fc
  .tuple(
    pick<ExtensionName>(...MARKED, 'cRLDistributionPoints', 'authorityInfoAccess'),
    pick('', '0500', '3000', '3080 0000', '3003020105', '30060101ff020100', '03020780', '0302ff80', '04020102', '0203'),
  )
  .map<Deviation>(([extension, hex]) => ({
    extensions: { [extension]: new Uint8Array(Buffer.from(hex.replace(/ /g, ''), 'hex')) },
  }))

const algorithms = pick<Deviation>(
  parts({ signatureAlgorithm: sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA256']), nullValue()) }),
  parts({ signature: sequence(oid(SIGNATURE_ALGORITHM['ecdsa-with-SHA384'])) }),
  parts({ signatureValue: bitString(new Uint8Array(70)) }),
)

const timeEncoding = fc.constant<Deviation>(parts({ validity: sequence(generalizedTime(NOT_BEFORE), time(NOT_AFTER)) }))

/** What can be wrong with any certificate. */
const faults = [
  { weight: 2, arbitrary: unknownExtension },
  { weight: 2, arbitrary: criticality },
  { weight: 2, arbitrary: missing },
  { weight: 2, arbitrary: keyIdentifiers },
  { weight: 1, arbitrary: keyUsage.map<Deviation>((list) => ({ keyUsage: list })) },
  { weight: 1, arbitrary: duplicate },
  { weight: 1, arbitrary: malformed },
  { weight: 1, arbitrary: algorithms },
  { weight: 1, arbitrary: version },
  { weight: 1, arbitrary: serialNumber },
  { weight: 1, arbitrary: timeEncoding },
  { weight: 1, arbitrary: distantValidity },
]

export interface Alphabet {
  /** Whether periods begin and end within a second of the instant. */
  readonly toTheSecond: boolean
}

function commonFaults({ toTheSecond }: Alphabet): typeof faults {
  return toTheSecond ? [...faults, { weight: 1, arbitrary: closeValidity }] : faults
}

/** What a CA may well have, and what may well be wrong with it: few faults, because every leaf below shares them. */
export function authorityDeviations(alphabet: Alphabet): fc.Arbitrary<readonly Deviation[]> {
  const habit = fc.oneof(
    { weight: 3, arbitrary: fc.nat(3).map<Deviation>((pathLength) => ({ pathLength })) },
    { weight: 4, arbitrary: fc.array(subtree, { minLength: 1, maxLength: 4 }).map((permitted) => ({ permitted })) },
    { weight: 4, arbitrary: fc.array(subtree, { minLength: 1, maxLength: 2 }).map((excluded) => ({ excluded })) },
    { weight: 6, arbitrary: policies },
    { weight: 2, arbitrary: mappings },
    { weight: 2, arbitrary: policyConstraints },
    { weight: 1, arbitrary: fc.nat(2).map<Deviation>((inhibitAnyPolicy) => ({ inhibitAnyPolicy })) },
    { weight: 2, arbitrary: purposes.map((extKeyUsage) => ({ extKeyUsage })) },
    { weight: 1, arbitrary: fc.constant<Deviation>({ keyUsage: ['keyCertSign'] }) },
    { weight: 1, arbitrary: fc.constant<Deviation>({ subject: 'CN=elsewhere,O=y' }) },
  )
  const fault = fc.oneof(...commonFaults(alphabet), {
    weight: 2,
    arbitrary: pick<Deviation>({ keyUsage: ['cRLSign'] }, { ca: false }, { subject: '' }),
  })
  return several(habit, fault, 12)
}

/** No deviation half of the time, then one or two habits; a fault in one of `faultOnceIn` certificates. */
function several(
  habit: fc.Arbitrary<Deviation>,
  fault: fc.Arbitrary<Deviation>,
  faultOnceIn: number,
): fc.Arbitrary<readonly Deviation[]> {
  return fc
    .tuple(
      fc.oneof(fc.constant([]), fc.array(habit, { minLength: 1, maxLength: 2 })),
      fc.oneof(
        { weight: faultOnceIn - 1, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fault.map((one) => [one]) },
      ),
    )
    .map(([habits, wrong]) => [...habits, ...wrong])
}

// anyPolicy once in ten: it must not be mapped.
const mapped = pick(...Array.from({ length: 3 }, () => POLICIES.slice(0, 3)).flat(), ANY_POLICY)
const mappings = fc
  .array(fc.tuple(mapped, mapped), { minLength: 1, maxLength: 2 })
  .map<Deviation>((pairs) => ({ mappings: pairs }))

const policyConstraints = pick<Deviation>(
  { policyConstraints: { requireExplicitPolicy: 0 } },
  { policyConstraints: { requireExplicitPolicy: 1 } },
  { policyConstraints: { inhibitPolicyMapping: 0 } },
  { policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 1 } },
  { policyConstraints: {} },
)

const SUBJECTS = [
  '',
  'CN=a.test,O=x',
  'CN=b.test,O=y',
  'O=X',
  'CN=Some Person,O=x',
  '1.2.840.113549.1.9.1=#16086140612e74657374,O=x',
]

/** The same for an end entity. */
export function leafDeviations(alphabet: Alphabet): fc.Arbitrary<readonly Deviation[]> {
  const habit = fc.oneof(
    { weight: 12, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => ({ names })) },
    { weight: 4, arbitrary: pick(...SUBJECTS).map<Deviation>((subject) => ({ subject })) },
    { weight: 6, arbitrary: policies },
    { weight: 4, arbitrary: purposes.map((extKeyUsage) => ({ extKeyUsage })) },
    { weight: 1, arbitrary: fc.constant<Deviation>({ ca: true }) },
    { weight: 1, arbitrary: fc.constant<Deviation>({ without: ['subjectAltName'] }) },
  )
  const fault = fc.oneof(
    ...commonFaults(alphabet),
    { weight: 1, arbitrary: fc.constant<Deviation>({ pathLength: 0 }) },
    { weight: 1, arbitrary: policyConstraints },
  )
  return several(habit, fault, 4)
}

export const POLICY_ALPHABET: readonly string[] = POLICIES
