/** Every verification flag against every thing that can be wrong, and the options of revocation without evidence. */

import { bitString, nullValue } from '../../../src/der/writer.ts'
import { REVOCATION_FLAGS } from '../../../src/path/x509chain/policy.ts'
import { VERIFICATION_FLAGS, type VerificationFlag } from '../../../src/path/x509chain/verification-flags.ts'
import { KEY_PURPOSE } from '../../../src/x509/oids.ts'
import type { Fields } from '../../path/build-certificate.ts'
import { type ChainCase, type ChainFields, chainCase, makeChain, trusting } from './chain-case.ts'

const WRONG: Readonly<Record<string, ChainFields>> = {
  NotTimeValid: { leaf: { notAfter: new Date('2026-02-01T00:00:00Z') } },
  'NotTimeValid of the root': { root: { notAfter: new Date('2026-02-01T00:00:00Z') } },
  NotSignatureValid: { leaf: { unchecked: { parts: { signatureValue: bitString(new Uint8Array(70)) } } } },
  NotValidForUsage: {
    leaf: { extKeyUsage: [KEY_PURPOSE.serverAuth] },
    policy: { applicationPolicy: [KEY_PURPOSE.clientAuth] },
  },
  'NotValidForUsage by policy': { policy: { certificatePolicy: ['1.2.3'] }, leaf: { policies: ['1.2.4'] } },
  InvalidBasicConstraints: { intermediates: [{ ca: false }] },
  HasNotPermittedNameConstraint: { intermediates: [{ permitted: ['dns:b.test'] }] },
  HasExcludedNameConstraint: { intermediates: [{ excluded: ['dns:a.test'] }] },
  HasNotSupportedCriticalExtension: {
    leaf: { unchecked: { extensions: [{ oid: '1.2.3.4', critical: true, value: nullValue() }] } },
  },
  'RevocationStatusUnknown of all': { policy: { revocationMode: 'Online', revocationFlag: 'EntireChain' } },
  'RevocationStatusUnknown of the end': { policy: { revocationMode: 'Online', revocationFlag: 'EndCertificateOnly' } },
}

export function flagCases(): readonly ChainCase[] {
  const sets: Readonly<Record<string, readonly VerificationFlag[]>> = {
    none: [],
    all: VERIFICATION_FLAGS,
    'both of revocation': ['IgnoreEndRevocationUnknown', 'IgnoreCertificateAuthorityRevocationUnknown'],
    ...Object.fromEntries(VERIFICATION_FLAGS.map((flag) => [flag, [flag]])),
  }
  return Object.entries(sets).flatMap(([name, verificationFlags]) => [
    ...Object.entries(WRONG).map(([wrong, fields]) =>
      chainCase(`flags: ${wrong}, ${name}`, { ...fields, policy: { ...fields.policy, verificationFlags } }),
    ),
    unfinished('UntrustedRoot', name, { verificationFlags }, true),
    unfinished('PartialChain', name, { verificationFlags }, false),
    unfinished('UntrustedRoot and revocation', name, { verificationFlags, revocationMode: 'Online' }, true),
    unfinished('PartialChain and revocation', name, { verificationFlags, revocationMode: 'Online' }, false),
  ])
}

function unfinished(wrong: string, name: string, policy: Partial<ChainCase['policy']>, knowsRoot: boolean): ChainCase {
  const { leaf, intermediates, root } = makeChain({})
  const extraStore = [...(knowsRoot ? [root] : []), ...intermediates].map(({ certificate }) => certificate)
  return { id: `flags: ${wrong}, ${name}`, certificate: leaf, policy: trusting([], { ...policy, extraStore }) }
}

/** Revocation with nothing to go by, for chains of one to four that are good, late, or bad. */
export function unknownRevocationCases(): readonly ChainCase[] {
  const over: Fields = { notAfter: new Date('2026-02-01T00:00:00Z') }
  const bad: Fields = { unchecked: { parts: { signatureValue: bitString(new Uint8Array(70)) } } }
  const chains: Readonly<Record<string, ChainFields>> = {
    'chain of two': { intermediates: [] },
    'chain of three': {},
    'chain of four': { intermediates: [{}, {}] },
    'leaf over': { leaf: over },
    'bad signature': { leaf: bad },
    'bad signature of the root': { root: bad },
    'no CA': { intermediates: [{ ca: false }] },
  }
  return REVOCATION_FLAGS.flatMap((revocationFlag) =>
    (['Online', 'Offline'] as const).flatMap((revocationMode) => {
      const policy = { revocationFlag, revocationMode }
      const alone = makeChain({}).root.certificate
      const name = `${revocationMode}, ${revocationFlag}`
      return [
        ...Object.entries(chains).map(([id, fields]) =>
          chainCase(`unknown revocation: ${id}, ${name}`, { ...fields, policy }),
        ),
        { id: `unknown revocation: root alone, ${name}`, certificate: alone, policy: trusting([alone], policy) },
        { id: `unknown revocation: untrusted root alone, ${name}`, certificate: alone, policy: trusting([], policy) },
      ]
    }),
  )
}
