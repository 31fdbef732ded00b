/** Every deliberate defect that a strict reader can read, as a server's certificate and as anybody's. */

import { listDefects } from '../../../src/defect/catalogue.ts'
import { HierarchyMaker } from '../../../src/defect/hierarchy.ts'
import { DerError } from '../../../src/der/reader.ts'
import { type Certificate, parseCertificate } from '../../../src/x509/certificate.ts'
import { KEY_PURPOSE } from '../../../src/x509/oids.ts'
import { AT, MEANS } from '../../defect/judge.ts'
import type { ChainCase } from './chain-case.ts'

export function defectCases(): readonly ChainCase[] {
  const maker = new HierarchyMaker(MEANS)
  return listDefects().flatMap((defect): readonly ChainCase[] => {
    const { target, presented } = maker.make(defect)
    const certificate = readable(target.certificate.encoded)
    if (certificate === undefined) return []
    const policy = {
      verificationTime: AT,
      trustMode: 'CustomRootTrust',
      customTrustStore: presented.trustAnchors,
      extraStore: presented.chain,
      revocationMode: 'NoCheck',
    } as const
    return [
      { id: `defect: ${defect.id}`, certificate, policy },
      {
        id: `defect: ${defect.id}, for servers`,
        certificate,
        policy: { ...policy, applicationPolicy: [KEY_PURPOSE.serverAuth] },
      },
    ]
  })
}

/** Undefined for bytes that are no DER: what .NET takes of those does not get as far as a chain here. */
function readable(bytes: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(bytes)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
