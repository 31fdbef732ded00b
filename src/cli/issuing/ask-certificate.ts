/** Asks for what `pki init` and `pki issue` were not told, shows what will be made, and how to say it in one line. */

import { PkiError } from '../../errors.ts'
import { parseMoment } from '../../profile/duration.ts'
import { findProfile, listProfiles } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import type { CertificateProfile } from '../../profile/profile.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import type { Store } from '../../store/store.ts'
import { formatGeneralName, guessGeneralName } from '../../x509/general-name-text.ts'
import { parseNameText } from '../../x509/name-text.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import { commandLine } from '../command-line.ts'
import type { Io } from '../io.ts'
import { storeFrom } from '../options.ts'
import { askChoice, askText, askYesNo } from '../prompt.ts'
import { paint } from '../render/paint.ts'
import type { InitOptions, IssueOptions } from './certificate-order.ts'
import { namesFrom, overridesFrom } from './issuing-options.ts'

export interface Answers<T> {
  readonly profile: string
  readonly name: string
  readonly options: T
}

/** @throws PkiError `usage.option` if the person says no */
export async function askForRoot(given: InitOptions, io: Io): Promise<Answers<InitOptions>> {
  const profile = await findProfile('root', { projectDir: io.cwd })
  const name = await askText('Name of the root in the store', {
    default: given.name ?? 'root',
    check: check((text) => requireNewName(text, given, io)),
  })
  const subject = await askText('Subject (RFC 4514)', {
    default: given.subject ?? `CN=${name}`,
    check: check(parseNameText),
  })
  const key = given.key === undefined && given.keyFile === undefined ? { key: await askKey(profile) } : {}
  const isLengthGiven = (given.days ?? given.hours ?? given.validFor ?? given.notAfter) !== undefined
  const validity = isLengthGiven ? {} : { notAfter: await askValidity(profile) }
  const options: InitOptions = { ...given, name, subject, ...key, ...validity }
  await confirm({ command: 'init', args: ['root'], name, profile, options }, io)
  return { profile: 'root', name, options }
}

/** @throws PkiError `refused.key` if nothing in the store can issue, `usage.option` if the person says no */
export async function askForCertificate(
  known: { readonly profile: string | undefined; readonly name: string | undefined },
  given: IssueOptions,
  io: Io,
): Promise<Answers<IssueOptions>> {
  const from = given.from ?? (await askIssuer(storeFrom(given, io)))
  const profileName = known.profile ?? (await askProfile(io))
  const profile = await findProfile(profileName, { projectDir: io.cwd })
  const name =
    known.name ??
    (await askText('Name in the store', {
      default: profileName,
      check: check((text) => requireNewName(text, given, io)),
    }))
  const options: IssueOptions = { ...given, from, ...(await askNames(profile, name, given)) }
  await confirm({ command: 'issue', args: [profileName, name], name, profile, options }, io)
  return { profile: profileName, name, options }
}

/** @throws PkiError `usage.name`; `refused.exists`, unless the options say what happens then */
function requireNewName(text: string, given: IssueOptions, io: Io): void {
  const name = requireCredentialName(text)
  const { force, ifMissing, ifExpiring } = given
  if ((force ?? ifMissing ?? ifExpiring) === undefined) storeFrom(given, io).requireFree(name)
}

async function askIssuer(store: Store): Promise<string> {
  const authorities = store.names().filter((name) => {
    return store.hasKey(name) && store.readCertificate(name).decoded.basicConstraints?.cA === true
  })
  if (authorities.length === 0) {
    throw new PkiError('refused.key', `no certificate in ${store.folder} can issue`, {
      hint: 'pki init root makes one',
    })
  }
  return askChoice(
    'Issued by',
    authorities.map((name) => ({ name, value: name })),
  )
}

async function askProfile(io: Io): Promise<string> {
  const profiles = await listProfiles({ projectDir: io.cwd })
  return askChoice(
    'What kind of certificate',
    profiles
      .filter(({ name }) => name !== 'root')
      .map(({ name, profile }) => ({ name: `${name.padEnd(18)} ${profile.description}`, value: name, short: name })),
    'server',
  )
}

function askKey(profile: CertificateProfile): Promise<string> {
  const common = ['ec-p256', 'ec-p384', 'rsa-2048', 'rsa-4096', 'ed25519']
  const choices = [...new Set([profile.key, ...common])].map((name) => ({ name, value: name as string }))
  return askChoice('Key', choices, profile.key)
}

function askValidity(profile: CertificateProfile): Promise<string> {
  return askText('Valid for (90d, 12h, 10y), or until (2030-01-31)', {
    default: profile.validity.notAfter,
    check: check(parseMoment),
  })
}

/** Host names for servers, and whatever kinds of name the profile insists on. */
async function askNames(
  profile: CertificateProfile,
  name: string,
  given: IssueOptions,
): Promise<Partial<IssueOptions>> {
  if (namesFrom(given).length > 0) return {}
  const isServer = (profile.extKeyUsage ?? []).some((purpose) =>
    ['serverAuth', KEY_PURPOSE.serverAuth].includes(purpose),
  )
  if (isServer) {
    const san = await askText('DNS names and IP addresses, separated by spaces', {
      default: `${name.includes('.') ? `${name} ` : ''}localhost 127.0.0.1 ::1`,
      check: check((text) => words(text).map(guessGeneralName)),
    })
    return { san: words(san) }
  }
  const answers: string[] = []
  for (const kind of profile.subjectAltName?.require ?? []) {
    if ((profile.subjectAltName?.default ?? []).some((text) => text.startsWith(`${kind}:`))) continue
    const value = await askText(`Name of kind ${kind}`, {
      check: check((text) => guessGeneralName(`${kind}:${text}`)),
    })
    answers.push(`${kind}:${value}`)
  }
  return answers.length === 0 ? {} : { san: answers }
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

/** Turns a reader that throws into a check of an answer. */
function check(read: (text: string) => unknown): (text: string) => string | undefined {
  return (text) => {
    try {
      read(text.trim())
      return undefined
    } catch (error) {
      if (error instanceof PkiError) return error.message
      throw error
    }
  }
}

interface Proposal {
  readonly command: string
  readonly args: readonly string[]
  readonly name: string
  readonly profile: CertificateProfile
  readonly options: IssueOptions
}

/** Shows what will be made and the line that makes it. @throws PkiError `usage.option` after a no */
async function confirm({ command, args, name, profile, options }: Proposal, io: Io): Promise<void> {
  const { key, subject, validity } = overrideProfile(profile, overridesFrom(options))
  const names = namesFrom(options).map(formatGeneralName).join(', ')
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['name', name],
    ['kind', profile.description],
    ['subject', subject.replaceAll('{name}', name)],
    ['names', names],
    ['issued by', options.from ?? 'itself'],
    ['key', options.keyFile ?? key],
    ['valid', validityText(validity)],
  ]
  const colors = paint(io.stderr)
  const shown = rows
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `  ${colors.quiet(label.padEnd(11))}${value}`)
  const line = commandLine(['pki', command, ...args], options)
  const block = [
    colors.strong('This will be made'),
    ...shown,
    colors.strong('The same in one line'),
    `  ${colors.accent(line)}`,
  ]
  io.stderr.write(`\n${block.join('\n')}\n\n`)
  if (await askYesNo('Make it', true)) return
  throw new PkiError('usage.option', 'cancelled, nothing was done')
}

/** A duration reads as one, an instant as an end. */
function validityText({ notBefore, notAfter }: CertificateProfile['validity']): string {
  const end = parseMoment(notAfter).kind === 'duration' ? `for ${notAfter}` : `until ${notAfter}`
  return notBefore === undefined ? end : `from ${notBefore} ${end}`
}
