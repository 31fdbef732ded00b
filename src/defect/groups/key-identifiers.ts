/** Key identifiers, which help to find issuers (RFC 5280 §4.2.1.1, §4.2.1.2). */

import { encodeAuthorityKeyIdentifier } from '../../x509/extension-encoding.ts'
import { breach, defectsOf, tolerated, webBreach } from '../defect.ts'
import { authorityKeyIdentifier, criticality, extension, without } from '../mechanisms.ts'

const NOBODY = new Uint8Array(20)
const BY_KEY = { authorityCertIssuer: undefined, authorityCertSerialNumber: undefined }

export const KEY_IDENTIFIERS = defectsOf('key-identifiers', {
  'no-authority-key-identifier': {
    wrong: 'it does not say which key of its issuer signed it',
    rule: 'RFC 5280 §4.2.1.1',
    certificates: { target: without('authorityKeyIdentifier') },
    expected: breach(['authority-key-identifier.missing']),
  },
  'wrong-authority-key-identifier': {
    wrong: 'its authorityKeyIdentifier names a key that is not its issuer’s; the signature is good',
    rule: 'RFC 5280 §4.2.1.1',
    certificates: { target: authorityKeyIdentifier(() => ({ ...BY_KEY, keyIdentifier: NOBODY })) },
    expected: tolerated(['path.key-identifier-mismatch']),
  },
  'authority-key-identifier-by-issuer-and-serial': {
    wrong:
      'its authorityKeyIdentifier names its issuer by that one’s issuer and serial number, without a key identifier',
    rule: 'RFC 5280 §4.2.1.1',
    certificates: {
      target: authorityKeyIdentifier((_, { issuer }) => ({
        keyIdentifier: undefined,
        authorityCertIssuer: issuer && [{ type: 'directoryName', value: issuer.certificate.issuer }],
        authorityCertSerialNumber: issuer?.certificate.serialNumber,
      })),
    },
    expected: breach(
      ['authority-key-identifier.no-key-identifier'],
      ['webpki.authority-key-identifier-issuer', 'webpki.authority-key-identifier-no-key-identifier'],
    ),
  },
  'authority-key-identifier-with-issuer': {
    wrong: 'its authorityKeyIdentifier holds issuer and serial number beside the key identifier',
    rule: 'CA/B BR §7.1.2.11.1',
    certificates: {
      target: authorityKeyIdentifier(({ keyIdentifier }, { issuer }) => ({
        keyIdentifier,
        authorityCertIssuer: issuer && [{ type: 'directoryName', value: issuer.certificate.issuer }],
        authorityCertSerialNumber: issuer?.certificate.serialNumber,
      })),
    },
    expected: webBreach(['webpki.authority-key-identifier-issuer']),
  },
  'empty-authority-key-identifier': {
    wrong: 'its authorityKeyIdentifier is empty',
    rule: 'RFC 5280 §4.2.1.1',
    certificates: { target: authorityKeyIdentifier(() => ({ ...BY_KEY, keyIdentifier: undefined })) },
    expected: breach(
      ['authority-key-identifier.no-key-identifier'],
      ['webpki.authority-key-identifier-no-key-identifier'],
    ),
  },
  'critical-authority-key-identifier': {
    wrong: 'its authorityKeyIdentifier is critical',
    rule: 'RFC 5280 §4.2.1.1',
    certificates: { target: criticality('authorityKeyIdentifier', true) },
    expected: breach(['extension.must-not-be-critical']),
  },
  'critical-subject-key-identifier': {
    wrong: 'its subjectKeyIdentifier is critical',
    rule: 'RFC 5280 §4.2.1.2',
    certificates: { target: criticality('subjectKeyIdentifier', true) },
    expected: breach(['extension.must-not-be-critical']),
  },
  'authority-without-subject-key-identifier': {
    wrong: 'the authority above it has no subjectKeyIdentifier',
    rule: 'RFC 5280 §4.2.1.2',
    certificates: { authority: without('subjectKeyIdentifier') },
    expected: breach(['subject-key-identifier.missing']),
  },
  'root-of-another-key-identifier': {
    wrong: 'the root is self-signed, and its authorityKeyIdentifier is not its subjectKeyIdentifier',
    rule: 'CA/B BR §7.1.2.1.3',
    certificates: {
      root: extension('authorityKeyIdentifier', encodeAuthorityKeyIdentifier({ ...BY_KEY, keyIdentifier: NOBODY })),
    },
    expected: webBreach(['webpki.root-authority-key-identifier']),
  },
})
