/**
 * Application policies (purposes) and certificate policies, which .NET itself checks when OpenSSL has done its part.
 *
 * As .NET 10 does it. Later releases take anyExtendedKeyUsage for any purpose (10 takes anyPolicy), mark fewer elements,
 * and report what does not decode instead of throwing.
 */

import type { Certificate } from '../../x509/certificate.ts'
import { decodeExtensions } from '../../x509/decoded-extensions.ts'
import type { MalformedExtension } from '../../x509/extension-decoder.ts'
import type { PolicyMapping } from '../../x509/extension-value.ts'
import { ANY_POLICY, EXTENSION } from '../../x509/oids.ts'
import { type Finding, finding } from '../findings.ts'
import { isEmptySequence } from './issuer.ts'

/** The object identifiers that are asked for. */
export interface RequestedPolicies {
  readonly applicationPolicy: readonly string[]
  readonly certificatePolicy: readonly string[]
}

/**
 * Findings: `purpose.not-allowed` and `purpose.not-allowed-by-issuer`, `policy.not-accepted` and `policy.required`, and
 * `extension.malformed` where .NET throws. None if nothing is asked for.
 */
export function checkUsage(path: readonly Certificate[], requested: RequestedPolicies): readonly Finding[] {
  const { applicationPolicy, certificatePolicy } = requested
  if (applicationPolicy.length === 0 && certificatePolicy.length === 0) return []
  const elements = path.map(asRead)
  const malformed = elements.flatMap(checkReadable)
  if (malformed.length > 0) return malformed
  const chain = readPolicies(elements)
  return [
    ...certificatePolicy.flatMap((oid) => checkCertificatePolicy(chain, oid)),
    ...applicationPolicy.flatMap((oid) => checkApplicationPolicy(chain, oid)),
  ]
}

/** A certificate's extensions as .NET reads them. */
type Extensions = Pick<Certificate, 'extensions' | 'decoded' | 'malformedExtensions'>

/** Of several extensions of a kind the last one counts; everywhere else here it is the first. */
function asRead(certificate: Certificate): Extensions {
  const last = new Map(certificate.extensions.map((extension) => [extension.oid, extension]))
  if (last.size === certificate.extensions.length) return certificate
  const extensions = [...last.values()]
  const { decoded, malformed } = decodeExtensions(extensions)
  return { extensions, decoded, malformedExtensions: malformed }
}

const READ: ReadonlySet<string> = new Set([
  EXTENSION.applicationPolicies,
  EXTENSION.certificatePolicies,
  EXTENSION.policyMappings,
  EXTENSION.policyConstraints,
  EXTENSION.inhibitAnyPolicy,
])

/** Lists, which RFC 5280 wants not to be empty and .NET takes as they are. */
const LISTS: ReadonlySet<string> = new Set([
  EXTENSION.applicationPolicies,
  EXTENSION.extKeyUsage,
  EXTENSION.certificatePolicies,
  EXTENSION.policyMappings,
])

/** extKeyUsage is read only where there are no application policies. */
function checkReadable({ extensions, malformedExtensions }: Extensions, index: number): readonly Finding[] {
  const readsKeyUsage = !extensions.some(({ oid }) => oid === EXTENSION.applicationPolicies)
  const isRead = ({ oid }: MalformedExtension) => READ.has(oid) || (readsKeyUsage && oid === EXTENSION.extKeyUsage)
  const isEmpty = ({ oid }: MalformedExtension) =>
    LISTS.has(oid) && extensions.some((one) => one.oid === oid && isEmptySequence(one.value))
  return malformedExtensions
    .filter((one) => isRead(one) && !isEmpty(one))
    .map(({ oid, error }) =>
      finding('extension.malformed', index, { oid, offset: error.offset, reason: error.message }),
    )
}

/** What one element of the chain says, as far as the elements above it leave that standing. */
interface ElementPolicy {
  /** Undefined: no extension. */
  readonly declaredApplication: readonly string[] | undefined
  readonly declaredCertificate: readonly string[] | undefined
  /** Whether it allows any, having no extension or naming anyPolicy. */
  readonly allowsAnyApplication: boolean
  readonly allowsAnyCertificate: boolean
  readonly mappings: readonly PolicyMapping[]
  /** An explicit policy is required here, and it has none. */
  readonly lacksRequired: boolean
}

/** From the target up, worked out from the root down. */
function readPolicies(path: readonly Extensions[]): readonly ElementPolicy[] {
  let requireExplicit = path.length
  let inhibitAny = path.length
  let inhibitMapping = path.length
  const policies: ElementPolicy[] = []
  for (const certificate of path.toReversed()) {
    const { decoded } = certificate
    const declaredApplication = declaredPurposes(certificate)
    const declaredCertificate = declaredPolicies(certificate)
    const anyApplies = inhibitAny > 0
    const implicitApplies = requireExplicit > 0
    const mapsPolicies = inhibitMapping > 0
    policies.push({
      declaredApplication,
      declaredCertificate,
      allowsAnyApplication:
        declaredApplication === undefined ? implicitApplies : declaredApplication.includes(ANY_POLICY),
      allowsAnyCertificate:
        anyApplies && (declaredCertificate === undefined ? implicitApplies : declaredCertificate.includes(ANY_POLICY)),
      mappings: mapsPolicies ? (decoded.policyMappings ?? []) : [],
      lacksRequired: declaredCertificate === undefined && !implicitApplies,
    })
    if (anyApplies) inhibitAny--
    // .NET 10 counts the wrong one down: mappings are inhibited by an extension alone, and any policy the sooner.
    if (mapsPolicies) inhibitAny--
    if (implicitApplies) requireExplicit--
    const { requireExplicitPolicy, inhibitPolicyMapping } = decoded.policyConstraints ?? {}
    inhibitAny = Math.min(inhibitAny, decoded.inhibitAnyPolicy ?? inhibitAny)
    inhibitMapping = Math.min(inhibitMapping, inhibitPolicyMapping ?? inhibitMapping)
    requireExplicit = Math.min(requireExplicit, requireExplicitPolicy ?? requireExplicit)
  }
  return policies.reverse()
}

/** Microsoft's extension, also an empty one, hides extKeyUsage. */
function declaredPurposes({ decoded, extensions }: Extensions): readonly string[] | undefined {
  if (decoded.applicationPolicies !== undefined) return decoded.applicationPolicies
  return decoded.extKeyUsage ?? (extensions.some(({ oid }) => oid === EXTENSION.extKeyUsage) ? [] : undefined)
}

function declaredPolicies({ decoded, extensions }: Extensions): readonly string[] | undefined {
  const declared = decoded.certificatePolicies?.map(({ policyIdentifier }) => policyIdentifier)
  return declared ?? (extensions.some(({ oid }) => oid === EXTENSION.certificatePolicies) ? [] : undefined)
}

/** Every element must allow the purpose, the root included. */
function checkApplicationPolicy(chain: readonly ElementPolicy[], purpose: string): readonly Finding[] {
  return chain.flatMap(({ allowsAnyApplication, declaredApplication: allowed = [] }, index) => {
    if (allowsAnyApplication || allowed.includes(purpose)) return []
    const code = index === 0 ? 'purpose.not-allowed' : 'purpose.not-allowed-by-issuer'
    return [finding(code, index, { purpose, allowed })]
  })
}

/** From the root down the policy must be declared, or any allowed; mappings rename it for the elements below. */
function checkCertificatePolicy(chain: readonly ElementPolicy[], requested: string): readonly Finding[] {
  const lacking = chain.findLastIndex(({ lacksRequired }) => lacksRequired)
  if (lacking >= 0) return [finding('policy.required', lacking, { policies: [] })]
  let next = requested
  for (let index = chain.length - 1; index >= 0; index--) {
    const { allowsAnyCertificate, declaredCertificate: valid = [], mappings } = chain[index] as ElementPolicy
    const accepted = next
    next = mappings.findLast(({ issuerDomainPolicy }) => issuerDomainPolicy === accepted)?.subjectDomainPolicy ?? next
    // anyPolicy itself is taken out of what an element declares.
    if (allowsAnyCertificate || (accepted !== ANY_POLICY && valid.includes(accepted))) continue
    return [finding('policy.not-accepted', index, { valid, accepted: [accepted] })]
  }
  return []
}
