/** Which alternative names a certificate gets: those asked for, the profile's defaults, and the profile's demands. */

import { PkiError } from '../errors.ts'
import type { NameKind, SubjectAltNameProfile } from '../profile/profile.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { parseGeneralNameText } from '../x509/general-name-text.ts'
import { ipAddressOctets } from '../x509/ip-address.ts'
import { OTHER_NAME } from '../x509/oids.ts'

/**
 * The alternative names of a certificate called `name`, given ones first.
 * @throws PkiError `usage.general-name` if a default makes no valid name, `usage.option` if the profile wants other names
 */
export function subjectAltName(
  profile: SubjectAltNameProfile | undefined,
  given: readonly GeneralName[],
  name: string,
): readonly GeneralName[] {
  if (profile === undefined) return given
  const names = [...given]
  for (const template of profile.default ?? []) {
    const stand = defaultName(template, name)
    if (!given.some((other) => nameKind(other) === nameKind(stand))) names.push(stand)
  }
  requireNames(profile, names)
  return names
}

function defaultName(template: string, name: string): GeneralName {
  const text = template.replaceAll('{name}', () => name)
  const host = /^host:(.*)$/s.exec(text)?.[1]
  if (host === undefined) return parseGeneralNameText(text)
  return parseGeneralNameText(`${ipAddressOctets(host) === undefined ? 'dns' : 'ip'}:${host}`)
}

function requireNames(profile: SubjectAltNameProfile, names: readonly GeneralName[]): void {
  for (const kind of profile.require ?? []) {
    if (!names.some((name) => nameKind(name) === kind)) {
      throw new PkiError('usage.option', `this profile needs ${KIND_IN_WORDS[kind]}`, {
        hint: `give one with --${kind}`,
        context: { kind },
      })
    }
  }
  for (const kind of profile.atMostOne ?? []) {
    const count = names.filter((name) => nameKind(name) === kind).length
    if (count > 1) {
      throw new PkiError(
        'usage.option',
        `this profile allows one alternative name of kind ${kind}, ${count} were given`,
        {
          context: { kind, count },
        },
      )
    }
  }
  const { uriScheme } = profile
  if (uriScheme === undefined) return
  for (const name of names) {
    if (name.type === 'uniformResourceIdentifier' && !name.value.toLowerCase().startsWith(`${uriScheme}://`)) {
      throw new PkiError(
        'usage.option',
        `this profile needs a URI that begins with ${uriScheme}://, not ${name.value}`,
        {
          context: { uri: name.value },
        },
      )
    }
  }
}

const KIND_IN_WORDS: Readonly<Record<NameKind, string>> = {
  dns: 'a DNS name',
  ip: 'an IP address',
  email: 'an e-mail address',
  uri: 'a URI',
  upn: 'a user principal name',
  dirname: 'a directory name',
  rid: 'a registered identifier',
  othername: 'an otherName',
}

/** The kind of an alternative name; undefined for the two forms that no profile speaks of. */
export function nameKind(name: GeneralName): NameKind | undefined {
  switch (name.type) {
    case 'dNSName':
      return 'dns'
    case 'iPAddress':
      return 'ip'
    case 'rfc822Name':
      return 'email'
    case 'uniformResourceIdentifier':
      return 'uri'
    case 'directoryName':
      return 'dirname'
    case 'registeredID':
      return 'rid'
    case 'otherName':
      return name.typeId === OTHER_NAME.userPrincipalName ? 'upn' : 'othername'
    default:
      return undefined
  }
}
