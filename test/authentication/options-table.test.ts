/** The README's table of options against ASP.NET Core: every option of the code is in it, and nothing else. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const TOP = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(TOP, path), 'utf8')

/** Where the options of what stands before the parenthesis are declared; the handler's stand alone. */
const DECLARED: Readonly<Record<string, readonly (readonly [file: string, name: string])[]>> = {
  '': [
    ['options', 'CertificateValidationOptions'],
    ['name-info', 'NameInfoOptions'],
    ['claims', 'DefaultPrincipalOptions'],
    ['authentication-options', 'CertificateAuthenticationOptions'],
  ],
  'events.': [['events', 'CertificateAuthenticationEvents']],
  forwardScheme: [['scheme-forwarding', 'SchemeForwardingOptions']],
  MemoryValidationCache: [['cache', 'MemoryCacheOptions']],
  certificateForwarding: [['forwarding', 'CertificateForwardingOptions']],
  serverTls: [['server-tls', 'ServerTlsOptions']],
  requireCertificate: [
    ['certificate-policy', 'CertificateRequirement'],
    ['require-certificate', 'RequireCertificateOptions'],
  ],
}

/** What the specification knows of ASP.NET Core: handler, base options, events, cache, forwarder, Kestrel, the article. */
const ASPNETCORE = [
  ...['AllowedCertificateTypes', 'ChainTrustValidationMode', 'CustomTrustStore', 'AdditionalChainCertificates'],
  ...['ValidateCertificateUse', 'ValidateValidityPeriod', 'RevocationFlag', 'RevocationMode'],
  ...['ClaimsIssuer', 'Events', 'EventsType', 'TimeProvider'],
  ...['ForwardDefault', 'ForwardAuthenticate', 'ForwardChallenge', 'ForwardForbid', 'ForwardSignIn', 'ForwardSignOut'],
  ...['ForwardDefaultSelector', 'OnCertificateValidated', 'OnAuthenticationFailed', 'OnChallenge'],
  ...['CacheSize', 'CacheEntryExpiration', 'CertificateHeader', 'HeaderConverter'],
  ...['ClientCertificateMode', 'ServerCertificate', 'AllowedThumbprints', 'AllowedSubjectPatterns'],
]

/** The properties that an interface declares itself. */
function propertiesOf(file: string, name: string): readonly string[] {
  const source = read(`src/authentication/${file}.ts`)
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{$(.*?)^\\}`, 'ms').exec(source)?.[1]
  if (body === undefined) throw new Error(`no interface ${name} in ${file}.ts`)
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, property = '']) => property)
}

interface Row {
  readonly theirs: string | undefined
  readonly ours: string | undefined
}

const table = /<!-- authentication-options:begin -->\n(.*?)<!-- authentication-options:end -->/s.exec(
  read('README.md'),
)?.[1]
const rows = (table ?? '')
  .trim()
  .split('\n')
  .slice(2)
  .map((line): Row => {
    const [, theirs = '', ours = ''] = line.split('|').map((cell) => cell.trim())
    return { theirs: inCode(theirs), ours: inCode(ours) }
  })

/** Undefined for a dash. */
function inCode(cell: string): string | undefined {
  if (cell === '—') return undefined
  const text = /^`([^`]+)`$/.exec(cell)?.[1]
  if (text === undefined) throw new Error(`neither a name in code nor a dash: ${cell}`)
  return text
}

/** `forwardScheme(own, { forwardDefault })` → `forwardScheme forwardDefault` */
function qualified(ours: string): string {
  return ours.replace(/^(\w+)\(.*\{ (\w+) \}\)$/, '$1 $2').replace(/^(\w+\.)(\w+)$/, '$1 $2')
}

test('every option of the code, and no other', () => {
  const declared = Object.entries(DECLARED).flatMap(([where, interfaces]) =>
    interfaces.flatMap(([file, name]) => propertiesOf(file, name)).map((property) => `${where} ${property}`.trim()),
  )
  const listed = rows.flatMap(({ ours }) => (ours === undefined ? [] : [qualified(ours)]))
  expect(declared.length).toBeGreaterThan(30)
  expect(listed.toSorted()).toEqual(declared.toSorted())
})

test('every option of ASP.NET Core, and no other', () => {
  expect(rows.flatMap(({ theirs = [] }) => theirs).toSorted()).toEqual(ASPNETCORE.toSorted())
})

test('what is linked exists', () => {
  expect(existsSync(join(TOP, 'docs/authentication.md'))).toBe(true)
})
