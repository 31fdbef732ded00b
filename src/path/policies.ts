/**
 * Certificate policies along a path: the state and the steps of RFC 5280 §6.1 that deal with them.
 *
 * The RFC keeps a valid_policy_tree, in which one policy can stand at the end of many branches: with mappings it
 * grows exponentially with the depth (CVE-2023-0464). RFC 9618 replaces it by a graph with the same answers: at each
 * depth one node for each policy, with all its parents. That is what stands here; its size is linear in the size of
 * the certificates. A graph is NULL when its deepest level is empty. Nodes without descendants are not deleted step
 * by step: they matter only at the end, where they are left out.
 */

import type { Certificate } from '../x509/certificate.ts'
import type { PolicyConstraints } from '../x509/extension-value.ts'
import { ANY_POLICY } from '../x509/oids.ts'
import { type Finding, finding } from './findings.ts'

/** The inputs (c), (e), (f), (g) of §6.1.1; what is left out is the RFC's most permissive value. */
export interface PolicyInputs {
  /** user-initial-policy-set; anyPolicy alone, or left out, accepts every policy. */
  readonly initialPolicySet?: readonly string[] | undefined
  /** initial-explicit-policy: at least one accepted policy must be valid for the path. */
  readonly explicitPolicy?: boolean | undefined
  /** initial-policy-mapping-inhibit */
  readonly inhibitPolicyMapping?: boolean | undefined
  /** initial-any-policy-inhibit */
  readonly inhibitAnyPolicy?: boolean | undefined
}

/** The policies under which a path is valid (§6.1.6). anyPolicy stands for every policy. */
export interface PolicyOutcome {
  readonly authorityConstrained: readonly string[]
  readonly userConstrained: readonly string[]
}

export const NO_POLICIES: PolicyOutcome = { authorityConstrained: [], userConstrained: [] }

interface PolicyNode {
  readonly validPolicy: string
  readonly parents: readonly PolicyNode[]
  expectedPolicySet: readonly string[]
}

type Level = Map<string, PolicyNode>

const ROOT_LEVEL: ReadonlyMap<string, PolicyNode> = new Map([
  [ANY_POLICY, { validPolicy: ANY_POLICY, parents: [], expectedPolicySet: [ANY_POLICY] }],
])

/** What policy processing keeps along one path. */
export class PolicyState {
  /** explicit_policy, inhibit_anyPolicy, policy_mapping: certificates still allowed without the constraint. */
  #explicitPolicy: number
  #inhibitAnyPolicy: number
  #policyMapping: number
  #userInitialPolicySet: ReadonlySet<string> | undefined
  /** The levels of the valid_policy_graph, depth 0 first; undefined once it is NULL. */
  #graph: ReadonlyMap<string, PolicyNode>[] | undefined = [ROOT_LEVEL]
  /** Found missing at some certificate: then the wrap-up has nothing to add. */
  #missing = false

  /**
   * §6.1.2 (a), (d), (e), (f).
   * @param n certificates in the path, the anchor not counted
   */
  constructor(n: number, inputs: PolicyInputs) {
    this.#explicitPolicy = inputs.explicitPolicy ? 0 : n + 1 // (d)
    this.#inhibitAnyPolicy = inputs.inhibitAnyPolicy ? 0 : n + 1 // (e)
    this.#policyMapping = inputs.inhibitPolicyMapping ? 0 : n + 1 // (f)
    const accepted = inputs.initialPolicySet
    if (accepted !== undefined && !accepted.includes(ANY_POLICY)) this.#userInitialPolicySet = new Set(accepted)
  }

  /** RFC 5937 §3.2: a trust anchor's own policy extensions narrow the inputs. */
  constrainByAnchor({ decoded }: Certificate): void {
    const policies = decoded.certificatePolicies?.map((policy) => policy.policyIdentifier)
    if (policies !== undefined && !policies.includes(ANY_POLICY)) {
      const accepted = this.#userInitialPolicySet
      this.#userInitialPolicySet = new Set(policies.filter((policy) => accepted === undefined || accepted.has(policy)))
    }
    this.#constrain(decoded.policyConstraints, decoded.inhibitAnyPolicy)
  }

  /** §6.1.3 (d), (e), (f) for certificate i. `index` is its place in the path, for findings. */
  process({ decoded, isSelfIssued }: Certificate, isFinal: boolean, index: number, findings: Finding[]): void {
    const policies = decoded.certificatePolicies
    if (policies === undefined) {
      this.#graph = undefined // (e)
    } else if (this.#graph !== undefined) {
      const anyPolicyCounts = this.#inhibitAnyPolicy > 0 || (!isFinal && isSelfIssued)
      const asserted = policies.map((policy) => policy.policyIdentifier)
      this.#append(nextLevel(this.#deepest(), asserted, anyPolicyCounts)) // (d)
    }
    if (this.#explicitPolicy > 0 || this.#graph !== undefined || this.#missing) return // (f)
    this.#missing = true
    findings.push(
      finding('policy.required', index, { policies: policies?.map((policy) => policy.policyIdentifier) ?? [] }),
    )
  }

  /** §6.1.4 (a), (b), (h), (i), (j) for certificate i. */
  prepareNext({ decoded, isSelfIssued }: Certificate, index: number, findings: Finding[]): void {
    const mappings = decoded.policyMappings
    if (mappings !== undefined) {
      const foul = mappings.find((m) => m.issuerDomainPolicy === ANY_POLICY || m.subjectDomainPolicy === ANY_POLICY)
      if (foul !== undefined)
        findings.push(finding('policy.mapping-any-policy', index, { ...foul })) // (a)
      else this.#map(mappings) // (b)
    }
    if (!isSelfIssued) {
      // (h)
      if (this.#explicitPolicy > 0) this.#explicitPolicy--
      if (this.#policyMapping > 0) this.#policyMapping--
      if (this.#inhibitAnyPolicy > 0) this.#inhibitAnyPolicy--
    }
    this.#constrain(decoded.policyConstraints, decoded.inhibitAnyPolicy) // (i), (j)
  }

  /** §6.1.5 (a), (b), (g) for the final certificate. */
  wrapUp({ decoded }: Certificate, index: number, findings: Finding[]): PolicyOutcome {
    if (this.#explicitPolicy > 0) this.#explicitPolicy-- // (a)
    if (decoded.policyConstraints?.requireExplicitPolicy === 0) this.#explicitPolicy = 0 // (b)
    if (this.#graph === undefined && this.#explicitPolicy > 0) return NO_POLICIES

    const authorityConstrained = this.#authorityConstrainedPolicySet()
    const accepted = this.#userInitialPolicySet
    const userConstrained = accepted === undefined ? authorityConstrained : intersect(authorityConstrained, accepted)
    if (this.#explicitPolicy === 0 && userConstrained.length === 0 && !this.#missing) {
      findings.push(
        authorityConstrained.length === 0
          ? finding('policy.required', index, {
              policies: decoded.certificatePolicies?.map((policy) => policy.policyIdentifier) ?? [],
            })
          : finding('policy.not-accepted', index, { valid: authorityConstrained, accepted: [...(accepted ?? [])] }),
      )
    }
    return { authorityConstrained, userConstrained }
  }

  #constrain(constraints: PolicyConstraints | undefined, inhibitAnyPolicy: number | undefined): void {
    const { requireExplicitPolicy, inhibitPolicyMapping } = constraints ?? NO_CONSTRAINTS
    if (requireExplicitPolicy !== undefined && requireExplicitPolicy < this.#explicitPolicy) {
      this.#explicitPolicy = requireExplicitPolicy
    }
    if (inhibitPolicyMapping !== undefined && inhibitPolicyMapping < this.#policyMapping) {
      this.#policyMapping = inhibitPolicyMapping
    }
    if (inhibitAnyPolicy !== undefined && inhibitAnyPolicy < this.#inhibitAnyPolicy) {
      this.#inhibitAnyPolicy = inhibitAnyPolicy
    }
  }

  #deepest(): ReadonlyMap<string, PolicyNode> {
    return this.#graph?.at(-1) ?? ROOT_LEVEL
  }

  #append(level: Level): void {
    if (level.size === 0) this.#graph = undefined
    else this.#graph?.push(level)
  }

  /** §6.1.4 (b). */
  #map(mappings: readonly { readonly issuerDomainPolicy: string; readonly subjectDomainPolicy: string }[]): void {
    if (this.#graph === undefined) return
    const level = new Map(this.#deepest())
    const subjectDomains = new Map<string, string[]>()
    for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
      const known = subjectDomains.get(issuerDomainPolicy)
      if (known === undefined) subjectDomains.set(issuerDomainPolicy, [subjectDomainPolicy])
      else known.push(subjectDomainPolicy)
    }
    const anyPolicy = level.get(ANY_POLICY)
    for (const [issuerDomainPolicy, expectedPolicySet] of subjectDomains) {
      const node = level.get(issuerDomainPolicy)
      if (this.#policyMapping === 0) {
        level.delete(issuerDomainPolicy) // (b)(2)
      } else if (node !== undefined) {
        level.set(issuerDomainPolicy, { ...node, expectedPolicySet }) // (b)(1)
      } else if (anyPolicy !== undefined) {
        const { parents } = anyPolicy
        level.set(issuerDomainPolicy, { validPolicy: issuerDomainPolicy, parents, expectedPolicySet })
      }
    }
    this.#graph.pop()
    this.#append(level)
  }

  /** §6.1.5 (g) as RFC 9618 §5.5 has it: the policies at which the graph leaves anyPolicy, and anyPolicy itself. */
  #authorityConstrainedPolicySet(): readonly string[] {
    if (this.#graph === undefined) return []
    const policies = new Set<string>()
    if (this.#deepest().has(ANY_POLICY)) policies.add(ANY_POLICY)
    let reachable = new Set(this.#deepest().values())
    while (reachable.size > 0) {
      const above = new Set<PolicyNode>()
      for (const { validPolicy, parents } of reachable) {
        for (const parent of parents) {
          if (parent.validPolicy === ANY_POLICY && validPolicy !== ANY_POLICY) policies.add(validPolicy)
          above.add(parent)
        }
      }
      reachable = above
    }
    return [...policies]
  }
}

const NO_CONSTRAINTS: PolicyConstraints = { requireExplicitPolicy: undefined, inhibitPolicyMapping: undefined }

/** §6.1.3 (d): the level of certificate i below the level of certificate i-1. */
function nextLevel(
  above: ReadonlyMap<string, PolicyNode>,
  asserted: readonly string[],
  anyPolicyCounts: boolean,
): Level {
  const expecting = new Map<string, PolicyNode[]>()
  for (const node of above.values()) {
    for (const policy of node.expectedPolicySet) {
      const known = expecting.get(policy)
      if (known === undefined) expecting.set(policy, [node])
      else known.push(node)
    }
  }
  const level: Level = new Map()
  const add = (validPolicy: string, parents: readonly PolicyNode[]): void => {
    if (!level.has(validPolicy)) level.set(validPolicy, { validPolicy, parents, expectedPolicySet: [validPolicy] })
  }
  const anyPolicy = above.get(ANY_POLICY)
  for (const policy of asserted) {
    if (policy === ANY_POLICY) continue
    const parents = expecting.get(policy) // (d)(1)(i)
    if (parents !== undefined) add(policy, parents)
    else if (anyPolicy !== undefined) add(policy, [anyPolicy]) // (d)(1)(ii)
  }
  if (anyPolicyCounts && asserted.includes(ANY_POLICY)) {
    for (const [policy, parents] of expecting) add(policy, parents) // (d)(2)
  }
  return level
}

/** The part of the authority's policies that the user accepts. */
function intersect(authority: readonly string[], accepted: ReadonlySet<string>): readonly string[] {
  if (authority.includes(ANY_POLICY)) return [...accepted]
  return authority.filter((policy) => accepted.has(policy))
}
