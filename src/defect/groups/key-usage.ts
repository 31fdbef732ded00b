/** What keys may be used for (RFC 5280 §4.2.1.3, §4.2.1.12). */

import { Tag } from '../../der/reader.ts'
import { element, sequence } from '../../der/writer.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import { breach, defectsOf, rejected, webBreach } from '../defect.ts'
import { basicConstraints, extension, extKeyUsage, keyUsage, restingOn, without } from '../mechanisms.ts'
import { together } from '../spoiling.ts'

export const KEY_USAGE = defectsOf('key-usage', {
  'authority-without-cert-sign': {
    wrong: 'the key usage of the authority above it does not allow to sign certificates',
    rule: 'RFC 5280 §6.1.4 (n)',
    certificates: {
      authority: together(basicConstraints({ cA: true, pathLenConstraint: undefined }), keyUsage('cRLSign')),
    },
    expected: rejected(['key-usage.no-cert-sign']),
  },
  'authority-without-key-usage': {
    wrong: 'the authority above it has no keyUsage',
    rule: 'RFC 5280 §4.2.1.3',
    certificates: { authority: without('keyUsage') },
    expected: breach(['key-usage.missing']),
  },
  'cert-sign-without-ca': {
    wrong: 'its key usage allows to sign certificates, and it is no CA',
    rule: 'RFC 5280 §4.2.1.9',
    certificates: { target: keyUsage('digitalSignature', 'keyCertSign') },
    expected: breach(['key-usage.cert-sign-not-ca']),
  },
  'empty-key-usage': {
    wrong: 'its keyUsage has no bit set',
    rule: 'RFC 5280 §4.2.1.3',
    certificates: { target: together(keyUsage(), restingOn('extKeyUsage')) },
    expected: rejected(['key-usage.empty', 'purpose.key-usage']),
  },
  'key-usage-for-another-purpose': {
    wrong: 'its key may sign CRLs only, which goes with no handshake',
    rule: 'RFC 5280 §4.2.1.12',
    certificates: { target: together(keyUsage('cRLSign'), restingOn('extKeyUsage')) },
    expected: rejected(['purpose.key-usage']),
  },
  'malformed-key-usage': {
    wrong: 'its keyUsage is an OCTET STRING where a BIT STRING belongs',
    rule: 'RFC 5280 §4.2.1.3',
    certificates: { target: extension('keyUsage', element(Tag.octetString, Uint8Array.of(0x80))) },
    expected: rejected(['extension.malformed']),
  },
  'wrong-purpose': {
    wrong: 'it is for clients, and a server presents it',
    rule: 'RFC 5280 §4.2.1.12',
    certificates: { target: extKeyUsage([KEY_PURPOSE.clientAuth]) },
    expected: rejected(['purpose.not-allowed']),
  },
  'no-purpose': {
    wrong: 'it has no extKeyUsage: RFC 5280 takes that as all purposes, browsers as none',
    rule: 'CA/B BR §7.1.2.7.6',
    certificates: { target: without('extKeyUsage') },
    expected: webBreach(['webpki.purpose-missing']),
  },
  'any-purpose': {
    wrong: 'its only purpose is anyExtendedKeyUsage',
    rule: 'CA/B BR §7.1.2.7.10',
    certificates: { target: extKeyUsage([KEY_PURPOSE.anyExtendedKeyUsage]) },
    expected: webBreach(['purpose.only-any', 'webpki.purpose-any']),
  },
  'critical-purpose': {
    wrong: 'its extKeyUsage is critical',
    rule: 'CA/B BR §7.1.2.7.6',
    certificates: { target: extKeyUsage([KEY_PURPOSE.serverAuth], true) },
    expected: webBreach(['webpki.purpose-critical']),
  },
  'empty-purpose-list': {
    wrong: 'its extKeyUsage is a list of no purposes',
    rule: 'RFC 5280 §4.2.1.12',
    certificates: { target: extension('extKeyUsage', sequence()) },
    expected: rejected(['extension.malformed'], ['webpki.purpose-missing']),
  },
  'authority-for-another-purpose': {
    wrong: 'the authority above it is for clients: its purposes are a limit to what is below, for most but the RFC',
    rule: 'CA/B BR §7.1.2.10.6',
    certificates: { authority: extKeyUsage([KEY_PURPOSE.clientAuth]) },
    expected: breach(['purpose.not-allowed-by-issuer']),
  },
  'root-with-purpose': {
    wrong: 'the root has an extKeyUsage',
    rule: 'CA/B BR §7.1.2.1.2',
    certificates: { root: extKeyUsage([KEY_PURPOSE.serverAuth]) },
    expected: webBreach(['webpki.purpose-in-root']),
  },
})
