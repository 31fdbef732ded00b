/** Extensions that RFC 5280 does not define but certificates carry (RFC 7633, RFC 9608, RFC 6960, RFC 6962, Microsoft, Netscape). */

import { contextTag, DerError, readWhole, Tag } from '../der/reader.ts'
import { asciiFromElement, namedBits, readCount, readOid, timeFromElement } from '../der/values.ts'
import { parseCertificatePolicies } from '../x509/extension-value.ts'
import { EXTENSION, oidName } from '../x509/oids.ts'
import { describeSignedCertificateTimestamps } from './describe-sct.ts'
import { fields, list, number, oidValue, text, time, type Value } from './description.ts'

/** By identifier: extension value → description. @throws DerError for a value that does not decode */
export const VENDOR_EXTENSION_DESCRIBERS: Readonly<Record<string, (value: Uint8Array) => Value>> = {
  [EXTENSION.privateKeyUsagePeriod]: describePrivateKeyUsagePeriod,
  [EXTENSION.tlsFeature]: describeTlsFeature,
  [EXTENSION.noRevAvail]: describeNull,
  [EXTENSION.ocspNoCheck]: describeNull,
  [EXTENSION.precertificatePoison]: describeNull,
  [EXTENSION.signedCertificateTimestamps]: describeSignedCertificateTimestamps,
  [EXTENSION.applicationPolicies]: describeApplicationPolicies,
  [EXTENSION.certificateTemplate]: describeCertificateTemplate,
  [EXTENSION.netscapeCertType]: describeNetscapeCertType,
  [EXTENSION.netscapeComment]: (value) => text(asciiFromElement(whole(value, Tag.ia5String), 'netscapeComment')),
}

const whole = (value: Uint8Array, tag: number) => readWhole(value, tag, 'extension value')

/** PrivateKeyUsagePeriod (RFC 3280 §4.2.1.4, dropped by RFC 5280): two GeneralizedTimes, each optional. */
function describePrivateKeyUsagePeriod(value: Uint8Array): Value {
  const what = 'privateKeyUsagePeriod'
  const reader = whole(value, Tag.sequence).reader()
  const notBefore = reader.optional(contextTag(0, false), what)
  const notAfter = reader.optional(contextTag(1, false), what)
  reader.finish(what)
  return fields({
    notBefore: notBefore && time(timeFromElement(notBefore, what)),
    notAfter: notAfter && time(timeFromElement(notAfter, what)),
  })
}

/** Names of the TLS extensions that RFC 7633 speaks of. */
const TLS_FEATURE: Readonly<Record<number, string>> = { 5: 'status_request', 17: 'status_request_v2' }

function describeTlsFeature(value: Uint8Array): Value {
  const reader = whole(value, Tag.sequence).reader()
  const features: Value[] = []
  while (!reader.atEnd) {
    const feature = readCount(reader.expect(Tag.integer, 'tlsFeature'), 'tlsFeature')
    features.push(text(TLS_FEATURE[feature] ?? String(feature)))
  }
  return list(features)
}

/** Extensions whose presence is all they say. */
function describeNull(value: Uint8Array): Value {
  if (whole(value, Tag.null).content.length !== 0) throw new DerError('a NULL with content', 0)
  return text('present')
}

/** Microsoft's certificate template, version 2: identifier, major and minor version. */
function describeCertificateTemplate(value: Uint8Array): Value {
  const what = 'certificateTemplate'
  const reader = whole(value, Tag.sequence).reader()
  const template = readOid(reader, what)
  const major = reader.optional(Tag.integer, what)
  const minor = reader.optional(Tag.integer, what)
  reader.finish(what)
  return fields({
    templateID: oidValue(template, oidName(template)),
    majorVersion: major && number(readCount(major, what)),
    minorVersion: minor && number(readCount(minor, what)),
  })
}

/** Microsoft's list has the syntax of certificatePolicies and the meaning of extKeyUsage; it may be empty. */
function describeApplicationPolicies(value: Uint8Array): Value {
  if (whole(value, Tag.sequence).content.length === 0) return list([])
  return list(parseCertificatePolicies(value).map(({ policyIdentifier: oid }) => oidValue(oid, oidName(oid))))
}

const NETSCAPE_TYPES = ['sslClient', 'sslServer', 'smime', 'objectSigning', 'reserved', 'sslCA', 'smimeCA', 'objectCA']

function describeNetscapeCertType(value: Uint8Array): Value {
  const bits = namedBits(whole(value, Tag.bitString), 'netscapeCertType')
  return list(bits.map((bit) => text(NETSCAPE_TYPES[bit] ?? String(bit))))
}
