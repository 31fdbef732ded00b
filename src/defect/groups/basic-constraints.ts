/** Who may issue, and how deep (RFC 5280 §4.2.1.9, §6.1.4 (k)–(m)). */

import { boolean, integer, sequence } from '../../der/writer.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import { breach, defectsOf, rejected, webBreach } from '../defect.ts'
import { basicConstraints, criticality, extension, extKeyUsage, keyUsage, restingOn, without } from '../mechanisms.ts'
import { together, UNSPOILED } from '../spoiling.ts'

const NO_CA = { cA: false, pathLenConstraint: undefined }

export const BASIC_CONSTRAINTS = defectsOf('basic-constraints', {
  'authority-not-ca': {
    wrong: 'what issued it says that it is no CA, although its key usage allows to sign certificates',
    rule: 'RFC 5280 §6.1.4 (k)',
    certificates: { authority: basicConstraints(NO_CA) },
    expected: rejected(['basic-constraints.not-ca', 'key-usage.cert-sign-not-ca']),
  },
  'authority-without-basic-constraints': {
    wrong: 'what issued it does not say whether it is a CA',
    rule: 'RFC 5280 §6.1.4 (k)',
    certificates: { authority: without('basicConstraints') },
    expected: rejected(['basic-constraints.missing', 'key-usage.cert-sign-not-ca']),
  },
  'issued-by-a-leaf': {
    wrong: 'it was issued by the holder of a server certificate, who is no authority',
    rule: 'RFC 5280 §6.1.4 (k), (n)',
    certificates: {
      authority: together(basicConstraints(NO_CA), keyUsage('digitalSignature'), extKeyUsage([KEY_PURPOSE.serverAuth])),
    },
    expected: rejected(['basic-constraints.not-ca', 'key-usage.no-cert-sign']),
  },
  'root-not-ca': {
    wrong: 'the root says that it is no CA',
    rule: 'RFC 5937 §3.2',
    certificates: { root: basicConstraints(NO_CA) },
    expected: rejected(['basic-constraints.not-ca', 'key-usage.cert-sign-not-ca']),
  },
  'basic-constraints-not-critical': {
    wrong: 'the basicConstraints of the authority above it are not critical',
    rule: 'RFC 5280 §4.2.1.9',
    certificates: { authority: criticality('basicConstraints', false) },
    expected: breach(['extension.must-be-critical']),
  },
  'path-length-exceeded': {
    wrong: 'an authority with pathLenConstraint 0 has another authority below it',
    rule: 'RFC 5280 §6.1.4 (l)',
    certificates: { upper: basicConstraints({ cA: true, pathLenConstraint: 0 }), authority: UNSPOILED },
    expected: rejected(['path-length.exceeded']),
  },
  'root-path-length-exceeded': {
    wrong: 'the root has pathLenConstraint 0, and there is an authority below it',
    rule: 'RFC 5937 §3.2, RFC 5280 §6.1.4 (l)',
    certificates: { root: basicConstraints({ cA: true, pathLenConstraint: 0 }) },
    expected: rejected(['path-length.exceeded']),
  },
  'path-length-on-a-leaf': {
    wrong: 'it has a pathLenConstraint and is no CA',
    rule: 'RFC 5280 §4.2.1.9',
    certificates: { target: basicConstraints({ cA: false, pathLenConstraint: 0 }, true) },
    expected: breach(['basic-constraints.path-length-not-ca']),
  },
  'path-length-without-cert-sign': {
    wrong: 'the authority above it has a pathLenConstraint, and its key usage does not allow to sign certificates',
    rule: 'RFC 5280 §4.2.1.9, §6.1.4 (n)',
    certificates: { authority: keyUsage('cRLSign') },
    expected: rejected(['basic-constraints.path-length-no-cert-sign', 'key-usage.no-cert-sign']),
  },
  'negative-path-length': {
    wrong: 'the pathLenConstraint of the authority above it is −1',
    rule: 'RFC 5280 §4.2.1.9',
    certificates: { authority: extension('basicConstraints', sequence(boolean(true), integer(-1))) },
    expected: rejected(['extension.malformed', 'key-usage.cert-sign-not-ca']),
  },
  'leaf-is-a-ca': {
    wrong: 'it is a server’s certificate, and says that it is a CA',
    rule: 'CA/B BR §7.1.2.7.8',
    certificates: {
      target: together(
        basicConstraints({ cA: true, pathLenConstraint: undefined }, true),
        // Of a CA, more is asked: a name, a key identifier, a key usage; and constraints are its to make.
        restingOn(
          'subject',
          'subjectKeyIdentifier',
          'keyUsage',
          'nameConstraints',
          'policyMappings',
          'policyConstraints',
        ),
      ),
    },
    expected: webBreach(['webpki.ca-as-leaf']),
  },
})
