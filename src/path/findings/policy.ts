/** Findings about certificate policies (RFC 5280 §6.1.3 (d)–(f), §6.1.4 (a)(b), §6.1.5 (g); RFC 9618). */

import type { FindingTable, NoFacts } from './table.ts'

export interface PolicyFacts {
  /** No policy is valid for the path down to this certificate, and one is required. */
  'policy.required': { readonly policies: readonly string[] }
  /** Policies are valid for the path, but none that the caller accepts. */
  'policy.not-accepted': { readonly valid: readonly string[]; readonly accepted: readonly string[] }
  'policy.mapping-any-policy': { readonly issuerDomainPolicy: string; readonly subjectDomainPolicy: string }
  'policy.unknown-qualifier': { readonly policy: string; readonly qualifier: string }
  'policy.duplicate': { readonly policy: string }
  'policy.mappings-not-ca': NoFacts
  'policy.constraints-empty': NoFacts
  'policy.constraints-not-ca': NoFacts
}

const list = (policies: readonly string[]): string => (policies.length === 0 ? 'none' : policies.join(', '))

export const POLICY_FINDINGS: FindingTable<PolicyFacts> = {
  'policy.required': {
    section: 'RFC 5280 §6.1.3 (f), §6.1.5 (g)',
    sentence: ({ policies }) =>
      `a certificate policy is required, but none is valid for the whole path; this certificate asserts: ${list(policies)}`,
    cure: () => 'issue every certificate of the path with a policy that its issuer asserts or maps',
  },
  'policy.not-accepted': {
    section: 'RFC 5280 §6.1.5 (g)',
    sentence: ({ valid, accepted }) =>
      `the policies of the path (${list(valid)}) are not the accepted ones (${list(accepted)})`,
    cure: () => 'accept one of the policies of the path, or issue the path under an accepted policy',
  },
  'policy.mapping-any-policy': {
    section: 'RFC 5280 §6.1.4 (a)',
    sentence: ({ issuerDomainPolicy, subjectDomainPolicy }) =>
      `it maps ${issuerDomainPolicy} to ${subjectDomainPolicy}, and anyPolicy cannot be mapped`,
    cure: () => 'issue the CA with mappings between single policies',
  },
  'policy.unknown-qualifier': {
    section: 'RFC 5280 §4.2.1.4',
    sentence: ({ policy, qualifier }) =>
      `its critical certificatePolicies qualify ${policy} with ${qualifier}, which is not understood`,
    cure: () => 'issue it without that qualifier, or with certificatePolicies not critical',
  },
  'policy.duplicate': {
    section: 'RFC 5280 §4.2.1.4',
    sentence: ({ policy }) => `its certificatePolicies name ${policy} more than once`,
    cure: () => 'issue it with each policy once',
  },
  'policy.mappings-not-ca': {
    section: 'RFC 5280 §4.2.1.5',
    sentence: () => 'it has policyMappings but is not a CA',
    cure: () => 'issue it without policyMappings',
  },
  'policy.constraints-empty': {
    section: 'RFC 5280 §4.2.1.11',
    sentence: () => 'its policyConstraints hold no constraint',
    cure: () => 'issue it without policyConstraints, or with a constraint in them',
  },
  'policy.constraints-not-ca': {
    section: 'RFC 5280 §4.2.1.11, §4.2.1.14',
    sentence: () => 'it constrains policies but is not a CA',
    cure: () => 'issue it without policyConstraints and inhibitAnyPolicy',
  },
}
