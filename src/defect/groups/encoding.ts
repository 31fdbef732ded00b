/** Encodings that are not DER, or not the DER that RFC 5280 asks for (X.690 §10–11; RFC 5280 §4.1). */

import { contextTag, readWhole, Tag } from '../../der/reader.ts'
import { timeFromElement } from '../../der/values.ts'
import { concatBytes, context, element, generalizedTime, octetString, oid, sequence } from '../../der/writer.ts'
import { EXTENSION } from '../../x509/oids.ts'
import { breach, defectsOf, rejected, UNREADABLE } from '../defect.ts'
import { afterSigning, encoding, extension, field, withLength } from '../mechanisms.ts'
import type { Spoiling } from '../spoiling.ts'

/** Validity whose notAfter is written otherwise. */
function notAfter(write: (end: Date) => Uint8Array): Spoiling {
  return field(
    'validity',
    (validity) => {
      const reader = readWhole(validity, Tag.sequence, 'validity').reader()
      const notBefore = reader.element('notBefore').encoded
      return sequence(notBefore, write(timeFromElement(reader.element('notAfter'), 'notAfter')))
    },
    ['validity', 'encoding'],
  )
}

const utcTime = (text: string) => element(Tag.utcTime, new TextEncoder().encode(text))

/** YYMMDDHHMM */
const minutes = (date: Date) => date.toISOString().slice(2, 16).replace(/[-T:]/g, '')

const withLeadingZero = (integer: Uint8Array) => element(Tag.integer, Uint8Array.of(0), integer.subarray(2))

/** basicConstraints of an end entity as an Extension of its own, written in a way that DER does not have. */
function oddExtensions(odd: Uint8Array): Spoiling {
  return field(
    'extensions',
    (extensions) => {
      const list = readWhole(
        readWhole(extensions as Uint8Array, contextTag(3, true), 'extensions').content,
        Tag.sequence,
        'extensions',
      )
      return context(3, sequence(list.content, odd))
    },
    ['basicConstraints', 'encoding'],
  )
}

const BASIC_CONSTRAINTS = oid(EXTENSION.basicConstraints)
const END_ENTITY = octetString(sequence())

export const ENCODING = defectsOf('encoding', {
  'trailing-bytes': {
    wrong: 'it is followed by octets that do not belong to it',
    rule: 'RFC 5280 §4.1',
    certificates: { target: encoding((bytes) => concatBytes([bytes, Uint8Array.of(0, 0)])) },
    expected: UNREADABLE,
  },
  truncated: {
    wrong: 'its last octet is missing',
    rule: 'X.690 §8.1.3',
    certificates: { target: encoding((bytes) => bytes.subarray(0, -1)) },
    expected: UNREADABLE,
  },
  'indefinite-length': {
    wrong: 'its outermost length is indefinite, which is BER and not DER',
    rule: 'X.690 §10.1',
    certificates: {
      target: encoding((bytes) => concatBytes([withLength(bytes, [0x80]), Uint8Array.of(0, 0)])),
    },
    expected: UNREADABLE,
  },
  'non-minimal-length': {
    wrong: 'the length of its signature is written with one octet more than it needs',
    rule: 'X.690 §10.1',
    certificates: {
      target: afterSigning(
        ({ signature }) => ({ signature: withLength(signature, [0x82, 0, signature[1] as number]) }),
        ['encoding'],
      ),
    },
    expected: UNREADABLE,
  },
  'non-minimal-serial-number': {
    wrong: 'its serial number begins with a zero octet that it does not need',
    rule: 'X.690 §8.3.2',
    certificates: { target: field('serialNumber', withLeadingZero, ['serialNumber', 'encoding']) },
    expected: UNREADABLE,
  },
  'boolean-not-ff': {
    wrong: 'an extension is critical by a TRUE that is written 01; in DER it is FF',
    rule: 'X.690 §11.1',
    certificates: {
      target: oddExtensions(sequence(BASIC_CONSTRAINTS, element(Tag.boolean, Uint8Array.of(1)), END_ENTITY)),
    },
    expected: UNREADABLE,
  },
  'written-out-default': {
    wrong: 'an extension says that it is not critical, which is the default and left out in DER',
    rule: 'X.690 §11.5',
    certificates: {
      target: oddExtensions(sequence(BASIC_CONSTRAINTS, element(Tag.boolean, Uint8Array.of(0)), END_ENTITY)),
    },
    expected: UNREADABLE,
  },
  'written-out-version-1': {
    wrong: 'it says that it is of version 1, which is the default and left out in DER',
    rule: 'X.690 §11.5',
    certificates: {
      target: field('version', () => context(0, element(Tag.integer, Uint8Array.of(0))), ['version', 'encoding']),
    },
    expected: UNREADABLE,
  },
  'key-usage-with-trailing-zero-bits': {
    wrong: 'the bits of its keyUsage go on behind the last that is set; DER ends there',
    rule: 'X.690 §11.2.2',
    certificates: { target: extension('keyUsage', Uint8Array.of(Tag.bitString, 2, 0, 0x80)) },
    expected: rejected(['extension.malformed']),
  },
  'generalized-time-before-2050': {
    wrong: 'its notAfter is written as GeneralizedTime, which is for dates from 2050 on',
    rule: 'RFC 5280 §4.1.2.5',
    certificates: { target: notAfter(generalizedTime) },
    expected: breach(['validity.encoding']),
  },
  'utc-time-without-seconds': {
    wrong: 'its notAfter has no seconds',
    rule: 'RFC 5280 §4.1.2.5.1',
    certificates: { target: notAfter((date) => utcTime(`${minutes(date)}Z`)) },
    expected: UNREADABLE,
  },
  'utc-time-with-offset': {
    wrong: 'its notAfter is a local time with its distance from Greenwich',
    rule: 'RFC 5280 §4.1.2.5.1',
    certificates: { target: notAfter((date) => utcTime(`${minutes(date)}00+0100`)) },
    expected: UNREADABLE,
  },
})
