/**
 * Name constraints as OpenSSL compares them: by the letters of both sides, without asking whether either is a proper
 * name. `path/name-constraints.ts` is the RFC's way; the two differ for wildcards, masks with gaps, and odd syntax.
 *
 * Every certificate but self-issued ones above the target is held to the constraints of every certificate above it,
 * the root's included. One finding for each pair at most.
 */

import { readWhole, Tag } from '../../der/reader.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { GeneralSubtree, NameConstraints } from '../../x509/extension-value.ts'
import type { GeneralName } from '../../x509/general-name.ts'
import { formatGeneralName } from '../../x509/general-name-text.ts'
import { ATTRIBUTE, OTHER_NAME } from '../../x509/oids.ts'
import type { Budget } from '../budget.ts'
import { LISTED } from '../findings/names.ts'
import { type Finding, finding } from '../findings.ts'

/** Findings `name-constraints.…` and `path.budget-exhausted`, from the root down. */
export function checkNameConstraints(path: readonly Certificate[], budget: Budget): readonly Finding[] {
  const findings: Finding[] = []
  for (let index = path.length - 1; index >= 0; index--) {
    const certificate = path[index] as Certificate
    if (index > 0 && certificate.isSelfIssued) continue
    for (let above = path.length - 1; above > index; above--) {
      const constraints = path[above]?.decoded.nameConstraints
      if (constraints === undefined) continue
      const found = checkAgainst(certificate, constraints, index, budget)
      if (found !== undefined) findings.push(found)
    }
  }
  return findings
}

interface ConstrainedName {
  readonly name: GeneralName
  readonly field: 'subject' | 'subjectAltName'
  /** It cannot be compared with anything. */
  readonly isUnreadable?: boolean
}

function checkAgainst(
  certificate: Certificate,
  constraints: NameConstraints,
  index: number,
  budget: Budget,
): Finding | undefined {
  const subtrees = constraints.permittedSubtrees.length + constraints.excludedSubtrees.length
  for (const name of constrainedNames(certificate, index === 0)) {
    if (!budget.spend('nameConstraintComparisons', subtrees)) {
      const limit = budget.limits.nameConstraintComparisons
      return finding('path.budget-exhausted', index, { budget: 'nameConstraintComparisons', limit })
    }
    const found = checkName(name, constraints, index)
    if (found !== undefined) return found
  }
  return undefined
}

/** In OpenSSL's order, which decides which finding a certificate gets. */
function constrainedNames({ subject, decoded }: Certificate, isTarget: boolean): readonly ConstrainedName[] {
  const subjectAltName = decoded.subjectAltName ?? []
  const names: ConstrainedName[] = []
  if (!subject.isEmpty) names.push({ name: { type: 'directoryName', value: subject }, field: 'subject' })
  for (const { value = '', tag } of subject.attributes(ATTRIBUTE.emailAddress)) {
    names.push({ name: { type: 'rfc822Name', value }, field: 'subject', isUnreadable: tag !== Tag.ia5String })
  }
  for (const name of subjectAltName) names.push({ name, field: 'subjectAltName' })
  if (isTarget && !subjectAltName.some(({ type }) => type === 'dNSName')) {
    for (const { value = '' } of subject.attributes(ATTRIBUTE.commonName)) {
      const host = value.replace(/\0+$/, '')
      const isUnreadable = host.includes('\0')
      if (isUnreadable || looksLikeHost(host)) {
        names.push({ name: { type: 'dNSName', value: host }, field: 'subject', isUnreadable })
      }
    }
  }
  return names
}

/** Two labels or more. A single one is no host: it could not be told from any other common name. */
function looksLikeHost(text: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)+$/.test(text) && !/^-|-$|-\.|\.-/.test(text)
}

function checkName(subject: ConstrainedName, constraints: NameConstraints, index: number): Finding | undefined {
  const { name, field } = subject
  const facts = { name: formatGeneralName(name), field }
  if (subject.isUnreadable === true) {
    return finding('name-constraints.not-comparable', index, { ...facts, subtree: 'any', malformed: 'name' })
  }
  const permitted = constraints.permittedSubtrees.filter(({ base }) => isSameForm(name, base))
  let isWithin = false
  for (const subtree of permitted) {
    const match: Match = isWithin && !hasDistance(subtree) ? 'within' : matchSubtree(name, subtree)
    if (match !== 'within' && match !== 'outside') return unprocessable(match, facts, subtree, index)
    isWithin ||= match === 'within'
  }
  if (!isWithin && permitted.length > 0) {
    const listed = permitted.slice(0, LISTED).map(({ base }) => formatGeneralName(base))
    return finding('name-constraints.not-permitted', index, {
      ...facts,
      permitted: listed,
      permittedCount: permitted.length,
    })
  }
  for (const subtree of constraints.excludedSubtrees) {
    if (!isSameForm(name, subtree.base)) continue
    const match = matchSubtree(name, subtree)
    if (match === 'outside') continue
    if (match !== 'within') return unprocessable(match, facts, subtree, index)
    return finding('name-constraints.excluded', index, { ...facts, subtree: formatGeneralName(subtree.base) })
  }
  return undefined
}

/** A mailbox in UTF-8 is constrained as mailboxes are (RFC 9598 §6), and not as what it is encoded as. */
function isSameForm(name: GeneralName, base: GeneralName): boolean {
  if (isUtf8Mailbox(name)) return base.type === 'rfc822Name'
  if (name.type === 'otherName') return base.type === 'otherName' && base.typeId === name.typeId
  return name.type === base.type
}

function isUtf8Mailbox(name: GeneralName): boolean {
  return name.type === 'otherName' && name.typeId === OTHER_NAME.smtpUtf8Mailbox
}

type Match = 'within' | 'outside' | 'distance' | 'form' | 'name' | 'subtree'

function matchSubtree(name: GeneralName, subtree: GeneralSubtree): Match {
  return hasDistance(subtree) ? 'distance' : matchBase(name, subtree.base)
}

function hasDistance({ minimum, maximum }: GeneralSubtree): boolean {
  return minimum !== 0 || maximum !== undefined
}

function unprocessable(
  match: Exclude<Match, 'within' | 'outside'>,
  name: { readonly name: string; readonly field: ConstrainedName['field'] },
  { base, minimum, maximum }: GeneralSubtree,
  index: number,
): Finding {
  const facts = { ...name, subtree: formatGeneralName(base) }
  if (match === 'distance')
    return finding('name-constraints.unsupported-distance', index, { ...facts, minimum, maximum })
  if (match === 'form') return finding('name-constraints.unsupported-form', index, facts)
  return finding('name-constraints.not-comparable', index, { ...facts, malformed: match })
}

function matchBase(name: GeneralName, base: GeneralName): Match {
  switch (name.type) {
    case 'directoryName':
      return base.type === 'directoryName' && name.value.isWithin(base.value) ? 'within' : 'outside'
    case 'dNSName':
      return base.type === 'dNSName' ? matchDns(fold(name.value), fold(base.value)) : 'outside'
    case 'rfc822Name':
      return base.type === 'rfc822Name' ? matchMailbox(name.value, base.value) : 'outside'
    case 'uniformResourceIdentifier':
      return base.type === 'uniformResourceIdentifier' ? matchUri(name.value, fold(base.value)) : 'outside'
    case 'iPAddress':
      return base.type === 'iPAddress' ? matchAddress(name.value, base.value) : 'outside'
    case 'otherName':
      return isUtf8Mailbox(name) && base.type === 'rfc822Name' ? matchUtf8Mailbox(name.value, base.value) : 'form'
    default:
      return 'form'
  }
}

/** Letters of ASCII alone are folded. */
function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function within(isWithin: boolean): Match {
  return isWithin ? 'within' : 'outside'
}

/** The base is a suffix, and begins with a dot or at a label. */
function matchDns(name: string, base: string): Match {
  if (base === '' || name === base) return 'within'
  return within(name.endsWith(base) && (base.startsWith('.') || name.at(-base.length - 1) === '.'))
}

function matchMailbox(mailbox: string, base: string): Match {
  const at = mailbox.lastIndexOf('@')
  if (at < 0) return 'name'
  const baseAt = base.lastIndexOf('@')
  if (baseAt < 0 && base.startsWith('.')) {
    return within(mailbox.length > base.length && fold(mailbox).endsWith(fold(base)))
  }
  // The local part has case.
  if (baseAt > 0 && mailbox.slice(0, at) !== base.slice(0, baseAt)) return 'outside'
  return within(fold(mailbox.slice(at + 1)) === fold(base.slice(baseAt + 1)))
}

/**
 * OpenSSL 3.0 takes the base for a host and nothing else, so that one with a mailbox or a dot in front matches nothing.
 * Domains beyond ASCII would have to be translated first, and are not: they count as what cannot be compared.
 */
function matchUtf8Mailbox(value: Uint8Array, base: string): Match {
  if (value[0] !== Tag.utf8String) return 'name'
  const mailbox = Buffer.from(readWhole(value, Tag.utf8String, 'SmtpUTF8Mailbox').content).toString('utf8')
  const at = mailbox.lastIndexOf('@')
  if (at < 0) return 'name'
  const host = mailbox.slice(at + 1)
  return /[^\x20-\x7e]/.test(host) || /xn--/i.test(base) ? 'form' : within(fold(host) === fold(base))
}

/** What stands behind `//`, up to a port or a path; who has a user name in it is taken for a host with one. */
function matchUri(uri: string, base: string): Match {
  const colon = uri.indexOf(':')
  if (colon < 0 || !uri.startsWith('//', colon + 1)) return 'name'
  const rest = fold(uri.slice(colon + 3))
  const port = rest.indexOf(':')
  const end = port >= 0 ? port : rest.indexOf('/')
  const host = end >= 0 ? rest.slice(0, end) : rest
  if (host === '') return 'name'
  if (base.startsWith('.')) return within(host.length > base.length && host.endsWith(base))
  return within(host === base)
}

/** A mask may have gaps. */
function matchAddress(address: Uint8Array, base: Uint8Array): Match {
  if (address.length !== 4 && address.length !== 16) return 'name'
  if (base.length !== 8 && base.length !== 32) return 'subtree'
  if (base.length !== 2 * address.length) return 'outside'
  return within(
    address.every((octet, i) => {
      const mask = base[address.length + i] as number
      return (octet & mask) === ((base[i] as number) & mask)
    }),
  )
}
