/** Which algorithms a PFX is made of, and which programs want which. */

import { PkiError } from '../errors.ts'

export interface PfxProfile {
  readonly certificates: 'pbes2' | '3des' | 'rc2-40'
  readonly key: 'pbes2' | '3des'
  readonly macDigest: 'sha1' | 'sha256'
}

/**
 * `modern`: AES-256-CBC under PBKDF2 with HMAC-SHA-256, as OpenSSL 3 writes it. `legacy`: 3DES throughout, which
 * OpenSSL 3 still opens without its legacy provider. `legacy-rc2`: what Windows and OpenSSL 1 wrote for twenty years.
 */
export const PFX_PROFILES = {
  modern: { certificates: 'pbes2', key: 'pbes2', macDigest: 'sha256' },
  legacy: { certificates: '3des', key: '3des', macDigest: 'sha1' },
  'legacy-rc2': { certificates: 'rc2-40', key: '3des', macDigest: 'sha1' },
} as const satisfies Readonly<Record<string, PfxProfile>>

/** How a PFX file is encrypted: for programs of today, or for older ones. */
export type PfxProfileName = keyof typeof PFX_PROFILES

/**
 * Programs by name. Windows 10 1709 and Server 2019 are the first to know AES; what the keychain of macOS takes of it,
 * reports contradict each other; Java 8 knows it only in its last updates.
 */
export const PFX_CONSUMERS = {
  'windows-2016': 'legacy',
  macos: 'legacy',
  java8: 'legacy',
  dotnet: 'modern',
  openssl3: 'modern',
} as const satisfies Readonly<Record<string, PfxProfileName>>

export type PfxConsumer = keyof typeof PFX_CONSUMERS

/** @throws PkiError `usage.option` for a name that is not in {@link PFX_PROFILES} */
export function requirePfxProfile(text: string): PfxProfileName {
  return requireKey(PFX_PROFILES, text, 'PFX profile')
}

/**
 * The profile for a program.
 * @throws PkiError `usage.option` for a name that is not in {@link PFX_CONSUMERS}
 */
export function profileForConsumer(text: string): PfxProfileName {
  return PFX_CONSUMERS[requireKey(PFX_CONSUMERS, text, 'program to make a PFX for')]
}

function requireKey<K extends string>(table: Readonly<Record<K, unknown>>, text: string, what: string): K {
  const known = Object.keys(table) as K[]
  const found = known.find((key) => key === text.toLowerCase())
  if (found !== undefined) return found
  throw new PkiError('usage.option', `unknown ${what}: ${text}`, { hint: `use one of ${known.join(', ')}` })
}
