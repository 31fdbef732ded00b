/** Certificates that are somebody else's, or would be for too many (RFC 9525 §6.3). */

import { defectsOf, rejected, webBreach } from '../defect.ts'
import { alternativeNames, dns, hostOf, subject } from '../mechanisms.ts'
import { together } from '../spoiling.ts'

/** One name alone, made of the labels of the host; no common name beside it. */
const only = (name: (labels: readonly string[]) => string) =>
  together(
    subject('O=Deliberate Defects'),
    alternativeNames((names) => [dns(name(hostOf(names).split('.')))]),
  )

export const IDENTITY = defectsOf('identity', {
  'wrong-host': {
    wrong: 'it is for another host',
    rule: 'RFC 9525 §6.3',
    certificates: {
      target: together(
        subject('CN=wrong.host.test'),
        alternativeNames(() => [dns('wrong.host.test')]),
      ),
    },
    expected: rejected(['identity.mismatch']),
  },
  'wrong-ip-address': {
    wrong: 'it is for another address than the one that is connected to',
    rule: 'RFC 9525 §6.4',
    certificates: {
      target: alternativeNames((names) => [...names, { type: 'iPAddress', value: Uint8Array.of(192, 0, 2, 1) }]),
    },
    asked: { host: '127.0.0.1' },
    expected: rejected(['identity.mismatch']),
  },
  'ip-address-as-dns-name-only': {
    wrong: 'the address that is connected to stands in a dNSName, where addresses are not looked for',
    rule: 'RFC 9525 §6.4',
    certificates: { target: alternativeNames((names) => [...names, dns('127.0.0.1')]) },
    asked: { host: '127.0.0.1' },
    expected: rejected(['san.malformed', 'identity.mismatch']),
  },
  'wildcard-two-labels-deep': {
    wrong: 'its wildcard is asked to stand for two labels, and stands for one',
    rule: 'RFC 9525 §6.3',
    certificates: { target: only(([, ...rest]) => `*.${rest.join('.')}`) },
    asked: { host: 'a.b.defects.test' },
    expected: rejected(['identity.mismatch']),
  },
  'wildcard-for-its-own-domain': {
    wrong: 'its wildcard is asked to stand for no label at all',
    rule: 'RFC 9525 §6.3',
    certificates: { target: only(([, ...rest]) => `*.${rest.join('.')}`) },
    asked: { host: 'defects.test' },
    expected: rejected(['identity.mismatch']),
  },
  'partial-wildcard': {
    wrong: 'its wildcard is a part of a label: w*.defects.test',
    rule: 'RFC 9525 §6.3',
    certificates: { target: only(([first = '', ...rest]) => `${first.slice(0, 1)}*.${rest.join('.')}`) },
    expected: rejected(['san.malformed', 'identity.mismatch']),
  },
  'wildcard-not-leftmost': {
    wrong: 'its wildcard is not the leftmost label: www.*.test',
    rule: 'RFC 9525 §6.3',
    certificates: { target: only(([first, , ...rest]) => [first, '*', ...rest].join('.')) },
    expected: rejected(['san.malformed', 'identity.mismatch']),
  },
  'two-wildcards': {
    wrong: 'it has two wildcards: *.*.test',
    rule: 'RFC 9525 §6.3',
    certificates: { target: only(([, , ...rest]) => ['*', '*', ...rest].join('.')) },
    expected: rejected(['san.malformed', 'identity.mismatch']),
  },
  'wildcard-for-everything': {
    wrong: 'its only name is an asterisk',
    rule: 'RFC 9525 §6.3',
    certificates: { target: only(() => '*') },
    expected: rejected(['san.malformed', 'identity.mismatch']),
  },
  'wildcard-for-a-public-suffix': {
    wrong: 'its wildcard spans a whole top-level domain: *.test',
    rule: 'CA/B BR §3.2.2.6',
    certificates: { target: only((labels) => `*.${labels.at(-1)}`) },
    asked: { host: 'defects.test' },
    expected: webBreach([], ['identity.public-suffix-wildcard']),
  },
})
