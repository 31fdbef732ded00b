/**
 * The cases about CRLs once more, for a program to which no CRL can be handed: the same hierarchies, with a pointer in
 * each certificate, and a server of this machine where the pointers lead.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listDefects } from '../../../src/defect/catalogue.ts'
import { makeGallery } from '../../../src/defect/gallery.ts'
import type { Measurements } from '../../../src/defect/measurements.ts'
import { parsePem } from '../../../src/der/pem.ts'
import type { CertificateProfile } from '../../../src/profile/profile.ts'
import { writeArtifacts } from '../../../src/store/file-writer.ts'
import { MEANS } from '../../defect/judge.ts'
import type { EvidenceServer } from '../dotnet-chain/evidence-server.ts'
import type { Case } from './programs-judge.ts'

const NOTHING: Measurements = { schema: 'pki.defects-measured/1', programs: {}, verdicts: {} }

/** The issuers in the order of their CRLs in `crl.pem`; the later one may have none. */
const ISSUERS = ['root', 'authority'] as const

/**
 * @param cases those about CRLs, and any others of whom it is to be known that a CRL clears them
 * @param folder an empty one
 * @returns the cases in their new folders
 */
export function serveCrls(cases: readonly Case[], folder: string, server: EvidenceServer): readonly Case[] {
  const now = new Date()
  return cases.map((one) => {
    const defects = listDefects().filter(({ id }) => id === one.id)
    const pointing = (profile: CertificateProfile): CertificateProfile => ({
      ...profile,
      cRLDistributionPoints: [server.url('crl', `${one.id}-{issuer}`)],
    })
    const { root, intermediate, server: leaf } = MEANS.profiles
    const profiles = { root, intermediate: pointing(intermediate), server: pointing(leaf) }
    const artifacts = makeGallery(defects, { ...MEANS, now, profiles }, NOTHING)
    writeArtifacts(
      folder,
      artifacts.filter(({ fileName }) => fileName.startsWith(`${one.id}/`)),
    )
    const own = join(folder, one.id)
    for (const [i, { bytes }] of crlsIn(own).entries()) server.put('crl', `${one.id}-${ISSUERS[i]}`, bytes)
    return { ...one, folder: own, asked: { ...one.asked, revocation: true } }
  })
}

function crlsIn(folder: string) {
  const file = join(folder, 'crl.pem')
  return existsSync(file) ? parsePem(readFileSync(file, 'latin1')) : []
}
