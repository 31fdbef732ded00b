/** Extensions that must not be there, or not like that (RFC 5280 §4.1.2.8, §4.1.2.9, §4.2). */

import { Tag } from '../../der/reader.ts'
import { context, contextPrimitive, integer, nullValue, oid, sequence } from '../../der/writer.ts'
import { UNKNOWN_EXTENSION } from '../../issue/crl-fault.ts'
import { encodeInfoAccess } from '../../x509/extension-encoding.ts'
import { ACCESS_METHOD, EXTENSION } from '../../x509/oids.ts'
import { breach, defectsOf, rejected, UNREADABLE } from '../defect.ts'
import { extension, extra, field } from '../mechanisms.ts'
import { type Spoiling, together } from '../spoiling.ts'

const unknownCritical = extra({ oid: UNKNOWN_EXTENSION, critical: true, value: nullValue() })

/** Once more, as it stands. */
const twice: Spoiling = {
  touches: ['keyUsage'],
  request: (request) => {
    const copies = request.extensions.filter((one) => one.oid === EXTENSION.keyUsage)
    return { ...request, extensions: [...request.extensions, ...copies] }
  },
}

/** The version field that says `number` − 1, as v1 is 0; v1 is the default and left out. */
const version = (number: number) =>
  field('version', () => (number === 1 ? undefined : context(0, integer(number - 1))), ['version'])

export const EXTENSIONS = defectsOf('extensions', {
  'unknown-critical-extension': {
    wrong: 'it has a critical extension that nobody knows',
    rule: 'RFC 5280 §4.2, §6.1.5 (f)',
    certificates: { target: unknownCritical },
    expected: rejected(['extension.unknown-critical']),
  },
  'authority-unknown-critical-extension': {
    wrong: 'the authority above it has a critical extension that nobody knows',
    rule: 'RFC 5280 §4.2, §6.1.4 (o)',
    certificates: { authority: unknownCritical },
    expected: rejected(['extension.unknown-critical']),
  },
  'duplicate-extension': {
    wrong: 'it has its keyUsage twice',
    rule: 'RFC 5280 §4.2',
    certificates: { target: twice },
    expected: rejected(['extension.duplicate']),
  },
  'malformed-extension': {
    wrong: 'its subjectKeyIdentifier ends in the middle',
    rule: 'RFC 5280 §4.2.1.2',
    certificates: { target: extension('subjectKeyIdentifier', Uint8Array.of(Tag.octetString, 20, 1, 2, 3)) },
    expected: rejected(['extension.malformed']),
  },
  'extension-with-trailing-octets': {
    wrong: 'the value of its basicConstraints goes on behind its end',
    rule: 'X.690 §8.1, RFC 5280 §4.1',
    certificates: { target: extension('basicConstraints', Uint8Array.of(Tag.sequence, 0, Tag.null, 0), true) },
    expected: rejected(['extension.malformed']),
  },
  'no-extension-in-the-list': {
    wrong: 'it has a list of extensions with nothing in it',
    rule: 'RFC 5280 §4.1',
    certificates: { target: field('extensions', () => context(3, sequence()), ['extensions']) },
    expected: UNREADABLE,
  },
  precertificate: {
    wrong: 'it has the poison of Certificate Transparency: it was made to be logged, not to be used',
    rule: 'RFC 6962 §3.1',
    certificates: {
      target: extra({ oid: EXTENSION.precertificatePoison, critical: true, value: nullValue() }, [
        'precertificatePoison',
      ]),
    },
    expected: rejected(['extension.precertificate']),
  },
  'proxy-certificate': {
    wrong: 'it is a proxy certificate, by which a user lends out his rights; verifiers must not take one unasked',
    rule: 'RFC 3820 §3.8, RFC 5280 §6.1.5 (f)',
    certificates: {
      target: extra(
        // id-ppl-inheritAll
        { oid: EXTENSION.proxyCertInfo, critical: true, value: sequence(sequence(oid('1.3.6.1.5.5.7.21.1'))) },
        ['proxyCertInfo'],
      ),
    },
    expected: rejected(['extension.proxy-certificate']),
  },
  'critical-authority-info-access': {
    wrong: 'its authorityInfoAccess is critical',
    rule: 'RFC 5280 §4.2.2.1',
    certificates: {
      target: extension(
        'authorityInfoAccess',
        encodeInfoAccess([
          {
            accessMethod: ACCESS_METHOD.caIssuers,
            accessLocation: { type: 'uniformResourceIdentifier', value: 'http://defects.invalid/authority.cer' },
          },
        ]),
        true,
      ),
    },
    expected: breach(['extension.must-not-be-critical']),
  },
  'empty-distribution-point': {
    wrong: 'its CRL distribution point names neither a place nor an issuer',
    rule: 'RFC 5280 §4.2.1.13',
    certificates: { target: extension('cRLDistributionPoints', sequence(sequence())) },
    expected: breach(['crl-distribution-point.empty']),
  },
  'version-1-with-extensions': {
    wrong: 'it has extensions and says that it is of version 1, which has none',
    rule: 'RFC 5280 §4.1.2.1',
    certificates: { target: version(1) },
    expected: breach(['version.extensions'], ['webpki.version']),
  },
  'version-2-with-extensions': {
    wrong: 'it has extensions and says that it is of version 2, which has none',
    rule: 'RFC 5280 §4.1.2.1',
    certificates: { target: version(2) },
    expected: breach(['version.extensions'], ['webpki.version']),
  },
  'version-4': {
    wrong: 'it says that it is of version 4, which there is not',
    rule: 'RFC 5280 §4.1.2.1',
    certificates: { target: version(4) },
    expected: UNREADABLE,
  },
  'version-1-authority': {
    wrong: 'the authority above it is of version 1 and so cannot say that it is a CA',
    rule: 'RFC 5280 §6.1.4 (k)',
    certificates: {
      authority: together(
        version(1),
        field('extensions', () => undefined, ['extensions']),
      ),
    },
    expected: rejected(['basic-constraints.missing', 'authority-key-identifier.missing'], ['webpki.version']),
  },
  'unique-identifier': {
    wrong: 'it has a subjectUniqueID, which CAs must not use',
    rule: 'RFC 5280 §4.1.2.8',
    certificates: {
      target: field('uniqueIdentifiers', () => [contextPrimitive(2, Uint8Array.of(0, 0x47, 0x11))], [
        'uniqueIdentifiers',
      ]),
    },
    expected: breach(['version.unique-id']),
  },
})
