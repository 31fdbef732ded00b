/** In what a certificate differs from what its profile makes, in the words of a hierarchy file. */

import { PkiError } from '../errors.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { GeneralSubtree } from '../x509/extension-value.ts'
import { formatGeneralName, parseSubtreeText } from '../x509/general-name-text.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'

export interface Differences {
  readonly keyUsage?: readonly string[]
  readonly extKeyUsage?: readonly string[]
  readonly permit?: readonly string[]
  readonly exclude?: readonly string[]
  /** Extensions that the profile has. */
  readonly omit?: readonly string[]
}

/** Usages and name constraints; what else may differ is not looked at. Lists are never empty. */
export function differencesFrom(certificate: Certificate, profile: CertificateProfile): Differences {
  const { keyUsage = [], extKeyUsage = [], nameConstraints } = certificate.decoded
  const { permittedSubtrees = [], excludedSubtrees = [] } = profile.nameConstraints ?? {}
  const isOtherUsage = !isSameSet(keyUsage, usagesOf(profile, certificate))
  const isOtherPurpose = !isSameSet(extKeyUsage, (profile.extKeyUsage ?? []).map(purposeOid))
  const permit = newSubtrees(nameConstraints?.permittedSubtrees, permittedSubtrees)
  const exclude = newSubtrees(nameConstraints?.excludedSubtrees, excludedSubtrees)
  const omit = [
    ...(isOtherUsage && keyUsage.length === 0 ? ['keyUsage'] : []),
    ...(isOtherPurpose && extKeyUsage.length === 0 ? ['extKeyUsage'] : []),
  ]
  return {
    ...(isOtherUsage && keyUsage.length > 0 && { keyUsage }),
    ...(isOtherPurpose && extKeyUsage.length > 0 && { extKeyUsage: extKeyUsage.map(purposeName) }),
    ...(permit.length > 0 && { permit }),
    ...(exclude.length > 0 && { exclude }),
    ...(omit.length > 0 && { omit }),
  }
}

function usagesOf(profile: CertificateProfile, { publicKey }: Certificate): readonly string[] {
  const { keyUsage = [], keyUsageForRsa = [], keyUsageForEc = [] } = profile
  const byType: Readonly<Record<string, readonly string[]>> = { rsa: keyUsageForRsa, ec: keyUsageForEc }
  return [...keyUsage, ...(byType[publicKey.facts.type] ?? [])]
}

const NAMES = new Map(Object.entries(KEY_PURPOSE).map(([name, oid]) => [oid as string, name]))
const OIDS = new Map(Object.entries(KEY_PURPOSE))

const purposeName = (oid: string) => NAMES.get(oid) ?? oid
const purposeOid = (name: string) => OIDS.get(name as keyof typeof KEY_PURPOSE) ?? name

/** Those that the text form can say, and the profile does not. */
function newSubtrees(subtrees: readonly GeneralSubtree[] = [], known: readonly string[]): readonly string[] {
  const usual = new Set(known.map((text) => formatGeneralName(parseSubtreeText(text))))
  return subtrees.flatMap(({ base }) => {
    const text = formatGeneralName(base)
    return usual.has(text) || !isSubtreeText(text)
      ? []
      : [text.replace(/^[A-Za-z]+(?=:)/, (kind) => kind.toLowerCase())]
  })
}

function isSubtreeText(text: string): boolean {
  try {
    return formatGeneralName(parseSubtreeText(text)) === text
  } catch (cause) {
    if (cause instanceof PkiError) return false
    throw cause
  }
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(others)
  return new Set(some).size === set.size && some.every((one) => set.has(one))
}
