/**
 * A hierarchy of every kind of key, made from a seed, and the SHA-256 of every file of it. Runs in Vitest and, without
 * anything around it, in a newer Node, which takes the types off by itself.
 */

import { createHash } from 'node:crypto'
import { type ExportFormatName, exportCredential } from '../../src/export/formats.ts'
import type { PfxProfileName } from '../../src/export/pfx-profile.ts'
import { authoritySigner, type issueCredential } from '../../src/issue/credential.ts'
import { issueCrl } from '../../src/issue/crl.ts'
import { issuePlan, planHierarchy } from '../../src/issue/hierarchy.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { KEY_ALGORITHM_NAMES, type KeyAlgorithmName } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { markedProfile } from '../../src/seed/mark.ts'
import { createSeededSource } from '../../src/seed/seeded-source.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const seeded = createSeededSource('golden', { now: NOW })
const profiles = new Map(Object.entries(BUILT_IN_PROFILES).map(([name, profile]) => [name, markedProfile(profile)]))

/** Nothing here may ask for it. */
export const noRandomness = (): never => {
  throw new Error('something was random')
}

/** File name → SHA-256, for a root, a server below it, its exports, and a CRL, of each kind of key. */
export async function goldenHashes(
  algorithms: readonly KeyAlgorithmName[] = KEY_ALGORITHM_NAMES,
): Promise<Readonly<Record<string, string>>> {
  const hashes: Record<string, string> = {}
  for (const algorithm of algorithms) {
    for (const [file, bytes] of await filesOf(algorithm)) {
      hashes[`${algorithm}/${file}`] = createHash('sha256').update(bytes).digest('hex')
    }
  }
  return hashes
}

async function filesOf(algorithm: KeyAlgorithmName): Promise<ReadonlyMap<string, Uint8Array>> {
  const { root, server } = hierarchy(algorithm)
  const files = new Map<string, Uint8Array>()
  const add = async (credential: Credential, name: string, format: ExportFormatName, pfxProfile?: PfxProfileName) => {
    const random = seeded.random(`export ${format}`, name)
    const password = 'changeit'
    for (const { fileName, bytes } of await exportCredential(credential, name, {
      random,
      password,
      format,
      pfxProfile,
    })) {
      files.set(pfxProfile === undefined ? fileName : `${pfxProfile} ${fileName}`, bytes)
    }
  }
  for (const format of ['crt', 'key'] as const) await add(root, `root-${algorithm}`, format)
  for (const format of ['crt', 'key', 'pfx', 'zip'] as const) await add(server, `server-${algorithm}`, format)
  // One kind of key is enough to see that salts and IVs of the other forms are derived.
  if (algorithm === 'ec-p256') {
    await add(server, `server-${algorithm}`, 'pfx', 'legacy')
    const random = seeded.random('key-encryption', 'server')
    const [key] = await exportCredential(server, 'encrypted', { random, keyPassword: 'secret', format: 'key' })
    if (key !== undefined) files.set('encrypted.key', key.bytes)
  }
  files.set('root.crl', crlOf(root, server))
  return files
}

function hierarchy(algorithm: KeyAlgorithmName): { readonly root: Credential; readonly server: Credential } {
  const root = `root-${algorithm}`
  const server = `server-${algorithm}`
  // Two large RSA keys of one kind would only take longer.
  const leafKey = /rsa.*-[34]/.test(algorithm) ? 'ed25519' : algorithm
  const plan = planHierarchy({
    certificates: [
      { name: root, profile: 'root', overrides: { key: algorithm } },
      { name: server, profile: 'server', from: root, names: ['localhost'], overrides: { key: leafKey } },
    ],
  })
  const issued = issuePlan(plan, { profiles, seeded, now: seeded.now, random: noRandomness })
  const credentialOf = (name: string) => (issued.get(name) as ReturnType<typeof issueCredential>).credential
  return { root: credentialOf(root), server: credentialOf(server) }
}

function crlOf(root: Credential, { certificate }: Credential): Uint8Array {
  return issueCrl({
    issuer: root.certificate,
    signer: authoritySigner({ name: 'root', credential: root }, {}, {}, seeded.createSigner),
    thisUpdate: NOW,
    nextUpdate: new Date('2026-02-01T00:00:00Z'),
    number: 1n,
    entries: [{ serialNumber: certificate.serialNumber, revocationDate: NOW, reason: 'keyCompromise' }],
  })
}
