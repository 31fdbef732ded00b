/** Hierarchies that every run begins with: differences too rare to wait for. */

import type { Deviation } from './deviations.ts'
import type { HierarchySpec, LeafSpec } from './hierarchy.ts'
import type { Program } from './judges.ts'

/** A root with these deviations, and one leaf below it. */
function example(root: Deviation, leaf: Deviation, change: LeafSpec['change'] = 'none'): HierarchySpec {
  return {
    authorities: [{ deviations: [root], selfIssued: false, signedBy: 'right' }],
    crossCertificates: [],
    missing: undefined,
    trusted: 'root',
    leaves: [{ deviations: [leaf], signedBy: 'right', change }],
    question: { purpose: undefined, policies: {} },
  }
}

export const EXAMPLES: Readonly<Record<Program, readonly HierarchySpec[]>> = {
  openssl: [
    example({}, {}, 'long-length'),
    example({ inhibitAnyPolicy: 1, critical: { inhibitAnyPolicy: false } }, {}),
    example({ excluded: ['email:'] }, { names: ['email:a@a.test'] }),
    example({ permitted: ['dns:b.test'] }, { subject: 'CN=a.test,O=x', without: ['subjectAltName'] }),
  ],
  certtool: [example({}, {}, 'long-length')],
}
