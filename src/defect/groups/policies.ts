/** Certificate policies (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14). */

import { sequence } from '../../der/writer.ts'
import {
  encodeCertificatePolicies,
  encodeInhibitAnyPolicy,
  encodePolicyConstraints,
  encodePolicyMappings,
} from '../../x509/extension-encoding.ts'
import { ANY_POLICY } from '../../x509/oids.ts'
import { breach, defectsOf, rejected } from '../defect.ts'
import { extension } from '../mechanisms.ts'
import { type Spoiling, together } from '../spoiling.ts'

/** In the arc for examples (X.660). */
const GOLD = '2.999.10.1'
const SILVER = '2.999.10.2'

function policies(...identifiers: readonly string[]): Spoiling {
  const value = identifiers.map((policyIdentifier) => ({ policyIdentifier, qualifiers: [] }))
  return extension('certificatePolicies', encodeCertificatePolicies(value))
}

function mapping(issuerDomainPolicy: string, subjectDomainPolicy: string): Spoiling {
  return extension('policyMappings', encodePolicyMappings([{ issuerDomainPolicy, subjectDomainPolicy }]), true)
}

const requirePolicy = (critical = true) =>
  extension(
    'policyConstraints',
    encodePolicyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: undefined }),
    critical,
  )

export const POLICIES = defectsOf('policies', {
  'policy-required': {
    wrong: 'the authority above it requires a policy, and it has none',
    rule: 'RFC 5280 §6.1.3 (f)',
    certificates: { authority: together(policies(GOLD), requirePolicy()) },
    expected: rejected(['policy.required']),
  },
  'policy-of-another-authority': {
    wrong: 'the authority above it requires a policy; it asserts one, and not one that the authority has',
    rule: 'RFC 5280 §6.1.3 (d), (f)',
    certificates: { authority: together(policies(GOLD), requirePolicy()), target: policies(SILVER) },
    expected: rejected(['policy.required']),
  },
  'policy-not-accepted': {
    wrong: 'the path is good for one policy, and the verifier accepts another only',
    rule: 'RFC 5280 §6.1.5 (g)',
    certificates: { authority: policies(GOLD), target: policies(GOLD) },
    asked: { policies: [SILVER] },
    expected: rejected(['policy.not-accepted']),
  },
  'any-policy-inhibited': {
    wrong: 'it asserts anyPolicy, which the authority above it inhibits, and a policy is required',
    rule: 'RFC 5280 §6.1.3 (d)(2)',
    certificates: {
      authority: together(
        policies(GOLD),
        requirePolicy(),
        extension('inhibitAnyPolicy', encodeInhibitAnyPolicy(0), true),
      ),
      target: policies(ANY_POLICY),
    },
    expected: rejected(['policy.required']),
  },
  'any-policy-mapped': {
    wrong: 'the authority above it maps anyPolicy to a policy',
    rule: 'RFC 5280 §6.1.4 (a)',
    certificates: { authority: together(policies(GOLD), mapping(ANY_POLICY, SILVER)) },
    expected: rejected(['policy.mapping-any-policy']),
  },
  'duplicate-policy': {
    wrong: 'it names one policy twice',
    rule: 'RFC 5280 §4.2.1.4',
    certificates: { target: policies(GOLD, GOLD) },
    expected: breach(['policy.duplicate']),
  },
  'policy-mappings-on-a-leaf': {
    wrong: 'it maps policies and is no CA',
    rule: 'RFC 5280 §4.2.1.5',
    certificates: { target: together(policies(GOLD), mapping(GOLD, SILVER)) },
    expected: breach(['policy.mappings-not-ca']),
  },
  'policy-constraints-on-a-leaf': {
    wrong: 'it constrains policies and is no CA',
    rule: 'RFC 5280 §4.2.1.11',
    certificates: {
      target: extension(
        'policyConstraints',
        encodePolicyConstraints({ requireExplicitPolicy: undefined, inhibitPolicyMapping: 0 }),
        true,
      ),
    },
    expected: breach(['policy.constraints-not-ca']),
  },
  'empty-policy-constraints': {
    wrong: 'the policyConstraints of the authority above it hold no constraint',
    rule: 'RFC 5280 §4.2.1.11',
    certificates: { authority: extension('policyConstraints', sequence(), true) },
    expected: breach(['policy.constraints-empty']),
  },
  'policy-constraints-not-critical': {
    wrong: 'the policyConstraints of the authority above it are not critical',
    rule: 'RFC 5280 §4.2.1.11',
    certificates: { authority: together(policies(GOLD), requirePolicy(false)), target: policies(GOLD) },
    expected: breach(['extension.must-be-critical']),
  },
})
