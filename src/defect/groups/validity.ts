/** Validity periods (RFC 5280 §4.1.2.5, §6.1.3 (a)(2)). */

import { defectsOf, rejected, tolerated } from '../defect.ts'
import { DAY, period, SECOND } from '../mechanisms.ts'

export const VALIDITY = defectsOf('validity', {
  expired: {
    wrong: 'it expired yesterday, after two months',
    rule: 'RFC 5280 §6.1.3 (a)(2)',
    certificates: { target: period({ from: -60 * DAY, until: -DAY }) },
    expected: rejected(['validity.expired']),
  },
  'expired-a-second-ago': {
    wrong: 'it expired a second ago: notAfter is its last valid second, and that is over',
    rule: 'RFC 5280 §4.1.2.5',
    certificates: { target: period({ from: -60 * DAY, until: -SECOND }) },
    expected: rejected(['validity.expired']),
  },
  'not-yet-valid': {
    wrong: 'it begins tomorrow',
    rule: 'RFC 5280 §6.1.3 (a)(2)',
    certificates: { target: period({ from: DAY, until: 60 * DAY }) },
    expected: rejected(['validity.not-yet-valid']),
  },
  'ends-before-it-begins': {
    wrong: 'its notAfter lies a day before its notBefore: there is no moment at which it is valid',
    rule: 'RFC 5280 §4.1.2.5',
    certificates: { target: period({ from: -DAY, until: -2 * DAY }) },
    expected: rejected(['validity.expired', 'validity.inverted']),
  },
  'longer-than-398-days': {
    wrong: 'it is valid for 825 days; publicly trusted servers get 398 at most',
    rule: 'CA/B BR §6.3.2',
    certificates: { target: period({ from: -DAY, until: 824 * DAY }) },
    expected: tolerated([], ['webpki.validity-too-long']),
  },
  'authority-expired': {
    wrong: 'the authority that issued it expired yesterday; the certificate itself is still valid',
    rule: 'RFC 5280 §6.1.3 (a)(2)',
    certificates: { authority: period({ from: -60 * DAY, until: -DAY }) },
    expected: rejected(['validity.expired']),
  },
  'authority-not-yet-valid': {
    wrong: 'the authority that issued it becomes valid tomorrow',
    rule: 'RFC 5280 §6.1.3 (a)(2)',
    certificates: { authority: period({ from: DAY }) },
    expected: rejected(['validity.not-yet-valid']),
  },
  'root-expired': {
    wrong: 'the root has expired. §6.1.1 (d) takes a name and a key from an anchor; most verifiers take its dates too',
    rule: 'RFC 5937 §3.2',
    certificates: { root: period({ from: -60 * DAY, until: -DAY }) },
    expected: rejected(['validity.expired']),
  },
})
