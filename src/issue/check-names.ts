/** The names of a new certificate against the name constraints of every authority above it (RFC 5280 §4.2.1.10). */

import type { Certificate } from '../x509/certificate.ts'
import type { DecodedExtensions } from '../x509/decoded-extensions.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import { isWithinSubtree, overlapsSubtree } from '../x509/general-subtree.ts'
import type { Name } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import { ATTRIBUTE } from '../x509/oids.ts'
import { type IssuanceProblem, problem } from './problems.ts'

/** @param authorities the issuer and those above it */
export function checkNames(
  subject: Name,
  decoded: DecodedExtensions,
  authorities: readonly Certificate[],
): readonly IssuanceProblem[] {
  const problems: IssuanceProblem[] = []
  const constrained = authorities.filter((certificate) => certificate.decoded.nameConstraints !== undefined)
  if (constrained.length === 0) return problems
  const names = constrainedNames(subject, decoded)
  for (const certificate of constrained) {
    for (const name of names) problems.push(...checkName(name, certificate))
  }
  return problems
}

/**
 * Everything that constraints apply to: the subject, the alternative names, and, where those have no mailbox, the
 * subject's e-mail addresses. That is the engine's reading; the RFC asks the last only of certificates without
 * subjectAltName, OpenSSL of all.
 */
function constrainedNames(subject: Name, { subjectAltName }: DecodedExtensions): readonly GeneralName[] {
  const names: GeneralName[] = subject.isEmpty ? [] : [{ type: 'directoryName', value: subject }]
  if (subjectAltName !== undefined) names.push(...subjectAltName)
  if (subjectAltName?.some(({ type }) => type === 'rfc822Name')) return names
  for (const { value } of subject.attributes(ATTRIBUTE.emailAddress)) {
    if (value !== undefined) names.push({ type: 'rfc822Name', value })
  }
  return names
}

function checkName(name: GeneralName, certificate: Certificate): readonly IssuanceProblem[] {
  const { permittedSubtrees = [], excludedSubtrees = [] } = certificate.decoded.nameConstraints ?? {}
  const authority = formatName(certificate.subject)
  const problems: IssuanceProblem[] = []
  for (const { base } of excludedSubtrees) {
    const match = overlapsSubtree(name, base)
    // A name that cannot be compared with a base of its own form counts as excluded: validators reject it too.
    if (match === 'outside' || match === 'not-comparable') continue
    problems.push(
      problem('name.excluded', { authority, name: formatGeneralName(name), subtree: formatGeneralName(base) }),
    )
  }
  const sameForm = permittedSubtrees.filter(({ base }) => isWithinSubtree(name, base) !== 'not-comparable')
  if (sameForm.length > 0 && !sameForm.some(({ base }) => isWithinSubtree(name, base) === 'within')) {
    const permitted = sameForm.map(({ base }) => formatGeneralName(base))
    problems.push(problem('name.not-permitted', { authority, name: formatGeneralName(name), permitted }))
  }
  return problems
}
