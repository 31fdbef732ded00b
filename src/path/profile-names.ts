/** The syntax of the names in a subjectAltName (RFC 5280 §4.2.1.6). */

import type { GeneralName } from '../x509/general-name.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import { dnsNameProblem, parseMailbox, parseUri } from '../x509/name-syntax.ts'
import type { SanFault } from './findings/certificate.ts'
import { type Finding, finding } from './findings.ts'

/** One finding for each name that is not well-formed. */
export function checkSubjectAltNames(names: readonly GeneralName[], findings: Finding[]): void {
  for (const name of names) {
    const reason = faultOf(name)
    if (reason !== undefined) findings.push(finding('san.malformed', 0, { name: formatGeneralName(name), reason }))
  }
}

function faultOf(name: GeneralName): SanFault | undefined {
  switch (name.type) {
    case 'dNSName':
      return dnsNameFault(name.value)
    case 'rfc822Name':
      return parseMailbox(name.value) === undefined ? 'syntax' : undefined
    case 'uniformResourceIdentifier':
      return parseUri(name.value) === undefined ? 'syntax' : undefined
    case 'iPAddress':
      return name.value.length === 4 || name.value.length === 16 ? undefined : 'length'
    case 'directoryName':
      return name.value.isEmpty ? 'empty' : undefined
    default:
      return undefined
  }
}

function dnsNameFault(name: string): SanFault | undefined {
  switch (dnsNameProblem(name)) {
    case undefined:
      return undefined
    case 'numeric':
      return 'ip-address'
    case 'underscore':
      return 'underscore'
    default:
      return 'syntax'
  }
}
