/** The gallery: every defect as a folder of files, the good twin beside them, and what everybody must say of each. */

import { formatPem } from '../der/pem.ts'
import type { Artifact } from '../export/artifact.ts'
import { formatPrivateKey } from '../keys/key-file.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type Defect, RULE_SET_NAMES, type RuleSetName, tolerated } from './defect.ts'
import { findingsOf } from './expectation.ts'
import { type Exhibit, HierarchyMaker, type HierarchyMeans } from './hierarchy.ts'
import type { Measurement, Measurements, ProgramName } from './measurements.ts'

/** The folder of the good twin. */
export const GOOD_TWIN = 'good'

/** `expected.json`: for each certificate that is to be judged, how to ask, and what must be answered. */
export interface ExpectedJson {
  readonly schema: 'pki.defects-expected/1'
  /** The instant to judge for; the validity periods were made around it. */
  readonly at: string
  /** The versions of the programs whose verdicts these are. */
  readonly programs: Measurements['programs']
  /** By path, `/` between its parts. */
  readonly files: Readonly<Record<string, ExpectedFile>>
}

export interface ExpectedFile {
  /** Null for the good twin. */
  readonly defect: string | null
  readonly group: string | null
  readonly wrong: string | null
  readonly rule: string | null
  /** What the server sends above its certificate, nearest first; null if it sends nothing. */
  readonly chain: string | null
  readonly trust: string
  /** Null if there are none. */
  readonly crl: string | null
  readonly asked: {
    readonly purpose: 'serverAuth'
    readonly host: string
    /** Whether the CRLs are to be looked at, for every certificate below the root. */
    readonly revocation: boolean
    /** Policies of which one must be valid; none required if empty. */
    readonly policies: readonly string[]
  }
  /** False for bytes that a strict reader does not take for a certificate: then there are no findings. */
  readonly readable: boolean
  readonly rules: Readonly<Record<RuleSetName, { readonly valid: boolean; readonly findings: readonly string[] }>>
  readonly measured: Readonly<Partial<Record<ProgramName, Measurement>>>
}

/** What `README.txt` and `expected.json` say of an exhibit. */
type Label = Pick<Defect, 'expected'> & Partial<Pick<Defect, 'id' | 'group' | 'wrong' | 'rule'>>

/** The files of the gallery, `expected.json` first. */
export function makeGallery(
  defects: readonly Defect[],
  means: HierarchyMeans,
  measurements: Measurements,
): readonly Artifact[] {
  const maker = new HierarchyMaker(means)
  const artifacts: Artifact[] = []
  const files: Record<string, ExpectedFile> = {}
  const add = (folder: string, exhibit: Exhibit, label: Label) => {
    const made = filesOf(folder, exhibit)
    const entry = expectedFile(folder, exhibit, label, measurements, made)
    files[`${folder}/leaf.pem`] = entry
    artifacts.push(...made, text(`${folder}/README.txt`, readme(folder, entry, means.now)))
  }
  add(GOOD_TWIN, maker.make(), { expected: tolerated() })
  for (const defect of defects) add(defect.id, maker.make(defect), defect)

  const expected: ExpectedJson = {
    schema: 'pki.defects-expected/1',
    at: instant(means.now),
    programs: measurements.programs,
    files,
  }
  return [text('expected.json', `${JSON.stringify(expected, null, 2)}\n`), ...artifacts]
}

function filesOf(folder: string, { target, presented, crls }: Exhibit): readonly Artifact[] {
  const certificates = (list: readonly Certificate[]) =>
    list.map(({ encoded }) => formatPem('CERTIFICATE', encoded)).join('')
  const leaf = certificates([target.certificate])
  const chain = certificates(presented.chain)
  const crl = crls().map((encoded) => formatPem('X509 CRL', encoded))
  const key = formatPrivateKey(target.privateKey as PrivateKey, { format: 'pkcs8' })
  return [
    text(`${folder}/leaf.pem`, leaf),
    ...(chain === '' ? [] : [text(`${folder}/chain.pem`, chain)]),
    text(`${folder}/fullchain.pem`, leaf + chain),
    text(`${folder}/root.pem`, certificates(presented.trustAnchors)),
    ...(crl.length === 0 ? [] : [text(`${folder}/crl.pem`, crl.join(''))]),
    { ...text(`${folder}/leaf.key`, key), mode: 0o600 },
  ]
}

function text(fileName: string, content: string): Artifact {
  return { fileName, bytes: new TextEncoder().encode(content), mode: 0o644 }
}

function expectedFile(
  folder: string,
  { question }: Exhibit,
  { id, group, wrong, rule, expected }: Label,
  { verdicts }: Measurements,
  files: readonly Artifact[],
): ExpectedFile {
  const pathOf = (name: string) => files.find(({ fileName }) => fileName === `${folder}/${name}`)?.fileName ?? null
  return {
    defect: id ?? null,
    group: group ?? null,
    wrong: wrong ?? null,
    rule: rule ?? null,
    chain: pathOf('chain.pem'),
    trust: `${folder}/root.pem`,
    crl: pathOf('crl.pem'),
    asked: { purpose: 'serverAuth', ...question },
    readable: expected.findings !== 'unreadable',
    rules: Object.fromEntries(
      RULE_SET_NAMES.map((rules) => [
        rules,
        { valid: !expected.rejectedBy.includes(rules), findings: findingsOf(expected, rules) },
      ]),
    ) as ExpectedFile['rules'],
    measured: verdicts[folder] ?? {},
  }
}

function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

function readme(
  folder: string,
  { wrong, rule, asked, rules, measured, readable, chain, crl }: ExpectedFile,
  now: Date,
) {
  const about =
    wrong === null
      ? ['The good twin: nothing is wrong with it, and nobody has anything to say about it.']
      : [`Wrong on purpose: ${wrong}.`, `Rule:  ${rule}`]
  const findings = readable
    ? RULE_SET_NAMES.map((name) => verdictLine(name, rules[name].valid, rules[name].findings.join(', ')))
    : ['  (no certificate at all for a strict reader: every rule set rejects it unread)']
  const programs = Object.entries(measured).map(([name, { valid, said }]) => verdictLine(name, valid, said))
  return [
    folder,
    '',
    ...about,
    '',
    `Judged for ${instant(now)}${asked.revocation ? ', with the CRLs' : ''}:`,
    ...findings,
    ...programs,
    '',
    'Ask yourself, in this folder:',
    `  ${commandLine('pki verify leaf.pem', verifyFlags(asked, chain !== null, crl !== null, now))}`,
    '',
  ].join('\n')
}

function verdictLine(name: string, valid: boolean, said: string): string {
  return `  ${name.padEnd(16)}${valid ? 'accepts' : 'rejects'}${said === '' ? '' : `: ${said}`}`
}

function verifyFlags(asked: ExpectedFile['asked'], hasChain: boolean, hasCrl: boolean, now: Date): readonly string[] {
  const { host, revocation, policies } = asked
  return [
    '--trust root.pem',
    ...(hasChain ? ['--untrusted chain.pem'] : []),
    `--purpose serverAuth ${/^[\d.]+$/.test(host) ? '--ip' : '--host'} ${host}`,
    ...(revocation ? [`--revocation offline${hasCrl ? ' --crl crl.pem' : ''}`] : []),
    ...policies.map((policy) => `--policy ${policy}`),
    ...(policies.length > 0 ? ['--explicit-policy'] : []),
    `--at ${instant(now)}`,
  ]
}

function commandLine(command: string, flags: readonly string[]): string {
  return [command, ...flags].join(' ')
}
