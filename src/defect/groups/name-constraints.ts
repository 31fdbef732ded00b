/** Names outside what an authority may issue for, and constraints that are wrong themselves (RFC 5280 §4.2.1.10). */

import { sequence } from '../../der/writer.ts'
import { encodeNameConstraints } from '../../x509/extension-encoding.ts'
import { breach, defectsOf, rejected } from '../defect.ts'
import { alternativeNames, extension, nameConstraints, subject, subtree } from '../mechanisms.ts'

const address = (...octets: readonly number[]) =>
  alternativeNames((names) => [...names, { type: 'iPAddress', value: Uint8Array.from(octets) }])

/** A mask with a hole in it. */
const HOLED_MASK = { type: 'iPAddress', value: Uint8Array.of(10, 0, 0, 0, 255, 0, 255, 0) } as const

export const NAME_CONSTRAINTS = defectsOf('name-constraints', {
  'name-not-permitted': {
    wrong: 'the authority above it may issue for permitted.test, and its host lies elsewhere',
    rule: 'RFC 5280 §6.1.3 (b)',
    certificates: { authority: nameConstraints({ permit: ['dns:permitted.test'] }) },
    expected: rejected(['name-constraints.not-permitted']),
  },
  'name-excluded': {
    wrong: 'the authority above it must not issue for defects.test, and its host lies there',
    rule: 'RFC 5280 §6.1.3 (c)',
    certificates: { authority: nameConstraints({ exclude: ['dns:defects.test'] }) },
    expected: rejected(['name-constraints.excluded']),
  },
  'address-not-permitted': {
    wrong: 'the authority above it may issue for 10.0.0.0/8, and one of its addresses is another',
    rule: 'RFC 5280 §6.1.3 (b)',
    certificates: { authority: nameConstraints({ permit: ['ip:10.0.0.0/8'] }), target: address(192, 0, 2, 1) },
    expected: rejected(['name-constraints.not-permitted']),
  },
  'subject-not-permitted': {
    wrong: 'the authority above it may issue for subjects under O=Permitted, and its own is another',
    rule: 'RFC 5280 §6.1.3 (b)',
    certificates: { authority: nameConstraints({ permit: ['dirname:O=Permitted'] }) },
    expected: rejected(['name-constraints.not-permitted']),
  },
  'mailbox-in-subject-excluded': {
    wrong: 'an e-mail address in its subject lies where the authority above it must not issue',
    rule: 'RFC 5280 §4.2.1.10',
    certificates: {
      authority: nameConstraints({ exclude: ['email:excluded.test'] }),
      target: subject('1.2.840.113549.1.9.1=alice@excluded.test'),
    },
    expected: rejected(['name-constraints.excluded']),
  },
  'root-excludes-name': {
    wrong: 'the root excludes its host; the authority in between has no constraints',
    rule: 'RFC 5937 §3.2, RFC 5280 §6.1.3 (c)',
    certificates: { root: nameConstraints({ exclude: ['dns:defects.test'] }) },
    expected: rejected(['name-constraints.excluded']),
  },
  'name-constraints-not-critical': {
    wrong: 'the constraints of the authority above it are kept, and not critical',
    rule: 'RFC 5280 §4.2.1.10',
    certificates: { authority: nameConstraints({ permit: ['dns:defects.test'] }, false) },
    expected: { ...breach(['name-constraints.not-critical']), rejectedBy: ['rfc5280-strict'] },
  },
  'name-constraints-on-a-leaf': {
    wrong: 'it has nameConstraints and is no CA',
    rule: 'RFC 5280 §4.2.1.10',
    certificates: { target: nameConstraints({ permit: ['dns:defects.test'] }) },
    expected: breach(['name-constraints.not-ca']),
  },
  'empty-name-constraints': {
    wrong: 'the nameConstraints of the authority above it permit and exclude nothing',
    rule: 'RFC 5280 §4.2.1.10',
    certificates: { authority: extension('nameConstraints', sequence(), true) },
    expected: breach(['name-constraints.empty']),
  },
  'name-constraints-with-minimum': {
    wrong: 'a subtree of the authority above it begins one level down, which nobody supports',
    rule: 'RFC 5280 §4.2.1.10',
    certificates: {
      authority: extension(
        'nameConstraints',
        encodeNameConstraints({
          permittedSubtrees: [{ ...subtree('dns:defects.test'), minimum: 1 }],
          excludedSubtrees: [],
        }),
        true,
      ),
    },
    expected: rejected(['name-constraints.minimum-maximum', 'name-constraints.unsupported-distance']),
  },
  'name-constraint-with-leading-dot': {
    wrong: 'the authority above it permits .defects.test: DNS constraints have no leading dot',
    rule: 'RFC 5280 §4.2.1.10, erratum 5997',
    certificates: { authority: nameConstraints({ permit: ['dns:.defects.test'] }) },
    expected: { ...breach(['name-constraints.leading-dot']), rejectedBy: ['rfc5280-strict'] },
  },
  'name-constraint-with-holed-mask': {
    wrong: 'the authority above it excludes addresses by the mask 255.0.255.0, and it has an address',
    rule: 'RFC 5280 §4.2.1.10, RFC 4632 §5.1',
    certificates: {
      authority: extension(
        'nameConstraints',
        encodeNameConstraints({
          permittedSubtrees: [],
          excludedSubtrees: [{ base: HOLED_MASK, minimum: 0, maximum: undefined }],
        }),
        true,
      ),
      target: address(192, 0, 2, 1),
    },
    expected: rejected(['name-constraints.malformed-subtree', 'name-constraints.not-comparable']),
  },
  'name-constraint-of-unsupported-form': {
    wrong: 'the authority above it constrains registered identifiers, which nobody can compare, and it has one',
    rule: 'RFC 5280 §4.2.1.10',
    certificates: {
      authority: extension(
        'nameConstraints',
        encodeNameConstraints({
          permittedSubtrees: [{ base: { type: 'registeredID', value: '2.999.3' }, minimum: 0, maximum: undefined }],
          excludedSubtrees: [],
        }),
        true,
      ),
      target: alternativeNames((names) => [...names, { type: 'registeredID', value: '2.999.3.1' }]),
    },
    expected: rejected(['name-constraints.unsupported-form']),
  },
})
