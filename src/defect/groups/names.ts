/** Subjects and alternative names (RFC 5280 §4.1.2.4, §4.1.2.6, §4.2.1.6). */

import { Tag } from '../../der/reader.ts'
import { contextPrimitive, element, sequence, utf8String } from '../../der/writer.ts'
import { encodeName, parseName } from '../../x509/name.ts'
import { ATTRIBUTE } from '../../x509/oids.ts'
import { breach, defectsOf, rejected, UNREADABLE, webBreach } from '../defect.ts'
import {
  alternativeNames,
  criticality,
  dns,
  extension,
  field,
  hostOf,
  restingOn,
  subject,
  subjectName,
  without,
} from '../mechanisms.ts'
import { together } from '../spoiling.ts'

/** Not by text, which has an escape for it: what is wrong is to be seen. */
const NUL_IN_COMMON_NAME = parseName(
  encodeName([[{ oid: ATTRIBUTE.commonName, encoded: utf8String('www.defects.test\0.attacker.test') }]]),
)

/** The names it should have, and one more. */
const withDnsName = (name: string) => alternativeNames((names) => [...names, dns(name)])

export const NAMES = defectsOf('names', {
  nameless: {
    wrong: 'it has neither a subject nor an alternative name',
    rule: 'RFC 5280 §4.1.2.6',
    certificates: { target: together(subject(''), without('subjectAltName')) },
    expected: rejected(['subject.empty', 'identity.mismatch'], ['webpki.san-missing']),
  },
  'empty-subject-san-not-critical': {
    wrong: 'its subject is empty and its subjectAltName, the only name it has, is not critical',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: { target: together(subject(''), criticality('subjectAltName', false)) },
    expected: breach(['subject.empty-san-not-critical']),
  },
  'no-san': {
    wrong: 'it has no subjectAltName: its host stands in the common name alone, where nobody looks any more',
    rule: 'RFC 9525 §2, CA/B BR §7.1.2.7.12',
    certificates: { target: without('subjectAltName') },
    expected: rejected(['identity.mismatch'], ['webpki.san-missing']),
  },
  'common-name-only': {
    wrong: 'its host is its common name, and its subjectAltName has another name',
    rule: 'RFC 9525 §6.3',
    certificates: { target: alternativeNames(() => [dns('other.defects.test')]) },
    expected: rejected(['identity.mismatch'], ['webpki.common-name-not-in-san']),
  },
  'common-name-not-in-san': {
    wrong: 'its common name is a name that its subjectAltName does not have',
    rule: 'CA/B BR §7.1.4.3',
    certificates: { target: together(subject('CN=unlisted.defects.test'), restingOn('subjectAltName')) },
    expected: webBreach(['webpki.common-name-not-in-san']),
  },
  'critical-san': {
    wrong: 'its subjectAltName is critical although it has a subject',
    rule: 'CA/B BR §7.1.2.7.12',
    certificates: { target: criticality('subjectAltName', true) },
    expected: webBreach(['webpki.san-critical']),
  },
  'empty-san': {
    wrong: 'its subjectAltName is a list of no names',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: { target: extension('subjectAltName', sequence()) },
    expected: rejected(['extension.malformed', 'identity.mismatch'], ['webpki.san-missing']),
  },
  'ip-address-in-dns-name': {
    wrong: 'one of its DNS names is an IP address, which belongs in an iPAddress',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: { target: withDnsName('127.0.0.1') },
    expected: breach(['san.malformed']),
  },
  'malformed-ip-address': {
    wrong: 'one of its IP addresses has five octets',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: {
      target: alternativeNames((names) => [...names, { type: 'iPAddress', value: Uint8Array.of(10, 0, 0, 0, 1) }]),
    },
    expected: breach(['san.malformed']),
  },
  'ip-address-with-mask': {
    wrong: 'one of its IP addresses has a mask behind it, as name constraints have',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: {
      target: alternativeNames((names) => [
        ...names,
        { type: 'iPAddress', value: Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0) },
      ]),
    },
    expected: breach(['san.malformed']),
  },
  'nul-in-dns-name': {
    wrong: 'one of its DNS names goes on behind a NUL: programs in C saw the host before it alone (CVE-2009-2408)',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: { target: alternativeNames((names) => [dns(`${hostOf(names)}\0.attacker.test`)]) },
    expected: rejected(['san.malformed', 'identity.mismatch'], ['webpki.common-name-not-in-san']),
  },
  'nul-in-common-name': {
    wrong: 'its common name goes on behind a NUL',
    rule: 'CA/B BR §7.1.4.3',
    certificates: {
      target: together(subjectName(NUL_IN_COMMON_NAME), restingOn('subjectAltName')),
    },
    expected: webBreach(['webpki.common-name-not-in-san']),
  },
  'underscore-in-dns-name': {
    wrong: 'one of its DNS names has an underscore, which host names do not have',
    rule: 'RFC 5280 §4.2.1.6, RFC 1034 §3.5',
    certificates: { target: withDnsName('under_score.defects.test') },
    expected: breach(['san.malformed']),
  },
  'space-as-dns-name': {
    wrong: 'one of its DNS names is a space',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: { target: withDnsName(' ') },
    expected: breach(['san.malformed']),
  },
  'dns-name-with-final-dot': {
    wrong: 'one of its DNS names ends with a dot; the preferred name syntax has none',
    rule: 'RFC 5280 §4.2.1.6, RFC 1034 §3.5',
    certificates: { target: withDnsName('dot.defects.test.') },
    expected: breach(['san.malformed']),
  },
  'dns-name-not-ascii': {
    wrong: 'one of its DNS names is UTF-8 in an IA5String; it should be in Punycode',
    rule: 'RFC 5280 §7.2',
    certificates: {
      target: extension('subjectAltName', () =>
        sequence(contextPrimitive(2, new TextEncoder().encode('bücher.defects.test'))),
      ),
    },
    expected: rejected(['extension.malformed', 'identity.mismatch'], ['webpki.san-missing']),
  },
  'malformed-email-address': {
    wrong: 'its rfc822Name is no mailbox: it has no @',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: {
      target: alternativeNames((names) => [...names, { type: 'rfc822Name', value: 'nobody.defects.test' }]),
    },
    expected: breach(['san.malformed']),
  },
  'malformed-uri': {
    wrong: 'its URI has no scheme',
    rule: 'RFC 5280 §4.2.1.6',
    certificates: {
      target: alternativeNames((names) => [
        ...names,
        { type: 'uniformResourceIdentifier', value: '//www.defects.test/path' },
      ]),
    },
    expected: breach(['san.malformed']),
  },
  'authority-nameless': {
    wrong: 'the authority that issued it has an empty subject, and so it has an empty issuer',
    rule: 'RFC 5280 §4.1.2.4, §4.1.2.6',
    certificates: { authority: subject('') },
    expected: breach(['issuer.empty', 'subject.empty']),
  },
  'empty-relative-name': {
    wrong: 'its subject has a RelativeDistinguishedName with no attribute in it',
    rule: 'RFC 5280 §4.1.2.4',
    certificates: { target: field('subject', () => sequence(element(Tag.set)), ['subject']) },
    expected: UNREADABLE,
  },
})
