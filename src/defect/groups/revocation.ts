/** Revoked certificates, and CRLs that do not help (RFC 5280 §5, §6.3). */

import type { RevokedCertificate } from '../../issue/crl.ts'
import { type CrlFault, withCrlFault } from '../../issue/crl-fault.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { CrlReason } from '../../x509/crl-extension.ts'
import { type CrlSpoiling, type DefectEntry, defectsOf, rejected } from '../defect.ts'
import { DAY, keyUsage } from '../mechanisms.ts'

const asked = { revocation: true }

function entry({ serialNumber }: Certificate, now: Date, reason: CrlReason): RevokedCertificate {
  return { serialNumber, revocationDate: new Date(now.getTime() - DAY), reason }
}

const revokes =
  (reason: CrlReason): CrlSpoiling =>
  (request, { target }, { now }) => ({
    ...request,
    entries: [entry(target.certificate, now, reason)],
  })

const fault =
  (name: CrlFault): CrlSpoiling =>
  (request) =>
    withCrlFault(request, name)

/** A CRL of the authority that decides nothing: why, the second finding says. */
function useless(
  crl: CrlSpoiling,
  ...why: Parameters<typeof rejected>[0]
): Pick<DefectEntry, 'crls' | 'asked' | 'expected'> {
  return { asked, crls: { authority: crl }, expected: rejected(['revocation.unknown', ...why]) }
}

export const REVOCATION = defectsOf('revocation', {
  revoked: {
    wrong: 'it was revoked yesterday because its key was compromised',
    rule: 'RFC 5280 §6.1.3 (a)(3)',
    asked,
    crls: { authority: revokes('keyCompromise') },
    expected: rejected(['revocation.revoked']),
  },
  'on-hold': {
    wrong: 'it is on hold: revoked for the time being',
    rule: 'RFC 5280 §5.3.1',
    asked,
    crls: { authority: revokes('certificateHold') },
    expected: rejected(['revocation.revoked']),
  },
  'authority-revoked': {
    wrong: 'the authority above it was revoked, and with it all that it says',
    rule: 'RFC 5280 §6.3.3 (f)',
    asked,
    crls: {
      root: (request, { authority }, { now }) => ({
        ...request,
        entries: [entry(authority.credential.certificate, now, 'cACompromise')],
      }),
    },
    expected: rejected(['revocation.revoked', 'revocation.issuer-revoked']),
  },
  'revoked-in-stale-crl': {
    wrong:
      'it was revoked, and the CRL that says so should have been replaced an hour ago: too old to clear, not to condemn',
    rule: 'RFC 5280 §6.3.3 (a)(1)',
    asked,
    crls: {
      authority: (request, made, maker) => {
        const revoking = revokes('keyCompromise')(request, made, maker)
        return revoking && withCrlFault(revoking, 'expired')
      },
    },
    expected: rejected(['revocation.revoked']),
  },
  'missing-crl': {
    wrong: 'nobody can say whether it is revoked: there is no CRL of its issuer',
    rule: 'RFC 5280 §6.3.3',
    ...useless(() => undefined),
  },
  'stale-crl': {
    wrong: 'the CRL about it should have been replaced an hour ago',
    rule: 'RFC 5280 §6.3.3 (a)(1)',
    ...useless(fault('expired'), 'revocation.crl-expired'),
  },
  'crl-not-yet-valid': {
    wrong: 'the CRL about it begins in an hour',
    rule: 'RFC 5280 §5.1.2.4',
    ...useless(fault('future'), 'revocation.crl-not-yet-valid'),
  },
  'crl-by-wrong-key': {
    wrong: 'the CRL about it names its issuer, and was signed with another key',
    rule: 'RFC 5280 §6.3.3 (g)',
    ...useless(
      (request, _, maker) => ({ ...request, signer: maker.createSigner(maker.key('stranger')) }),
      'revocation.crl-signature',
    ),
  },
  'crl-of-another-issuer': {
    wrong: 'there is a CRL, of somebody else',
    rule: 'RFC 5280 §6.3.3 (b)(1)',
    ...useless(fault('wrong-issuer')),
  },
  'crl-for-authorities-only': {
    wrong: 'the CRL of its issuer is for CA certificates only, and it is none',
    rule: 'RFC 5280 §6.3.3 (b)(2)(iii)',
    ...useless(
      (request) => ({ ...request, issuingDistributionPoint: { onlyContainsCACerts: true } }),
      'revocation.crl-scope',
    ),
  },
  'crl-unknown-critical-extension': {
    wrong: 'the CRL about it has a critical extension that nobody knows',
    rule: 'RFC 5280 §5.2',
    ...useless(fault('unknown-critical'), 'revocation.crl-critical-extension'),
  },
  'authority-without-crl-sign': {
    wrong: 'the authority above it signed a CRL, which its key usage does not allow',
    rule: 'RFC 5280 §6.3.3 (f)',
    certificates: { authority: keyUsage('keyCertSign') },
    asked,
    expected: rejected(['revocation.unknown', 'revocation.crl-issuer-no-crl-sign']),
  },
})
