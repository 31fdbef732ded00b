/** The three who are asked: this project's engine, `openssl verify` and GnuTLS's `certtool --verify`. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatPem } from '../../src/der/pem.ts'
import type { Finding } from '../../src/path/findings.ts'
import { type RuleSet, weightOf } from '../../src/path/rule-set.ts'
import { type Attempt, type VerifyOptions, verifyCertificate } from '../../src/path/verify.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { ANY_POLICY, KEY_PURPOSE } from '../../src/x509/oids.ts'
import { AT } from '../path/build-certificate.ts'
import { type Case, type Hierarchy, readTarget } from './hierarchy.ts'

export type Program = 'openssl' | 'certtool'

/** What the engine says. */
export interface OurVerdict {
  readonly valid: boolean
  /** The target as it was read; undefined if it is no certificate. */
  readonly target: Certificate | undefined
  /** Errors of the verdict. */
  readonly errors: readonly Finding[]
  readonly attempts: readonly Attempt[]
  readonly rules: RuleSet
}

export function ourVerdict(one: Case, rules: RuleSet, options: Partial<VerifyOptions> = {}): OurVerdict {
  const target = readTarget(one)
  if (target === undefined) return { valid: false, target, errors: [], attempts: [], rules }
  const { trustAnchors, untrusted, question } = one.hierarchy
  const { purpose, policies } = question
  const verdict = verifyCertificate(target, { trustAnchors, untrusted, at: AT, rules, purpose, policies, ...options })
  const { valid, attempts } = verdict
  return { valid, target, errors: errorsAmong(verdict.findings, rules), attempts, rules }
}

export function errorsAmong(findings: readonly Finding[], rules: RuleSet): readonly Finding[] {
  return findings.filter(({ code }) => weightOf(rules, code) === 'error')
}

/** What a foreign program says about one leaf. */
export interface TheirVerdict {
  readonly valid: boolean
  readonly errors: readonly TheirError[]
  /** Its words, for a person. */
  readonly said: string
}

export interface TheirError {
  /** `openssl`: the number of the error (X509_V_ERR_…); `certtool`: its sentence. */
  readonly code: string
  /** 0 is the leaf; -1 where the program does not say. */
  readonly depth: number
}

/** Judges all leaves of a hierarchy. */
export type Judge = (hierarchy: Hierarchy) => readonly TheirVerdict[]

/** The files both programs read: anchors, what lies between, and the leaves. */
export function pemFiles({ trustAnchors, untrusted, leaves }: Hierarchy): Readonly<Record<string, string>> {
  const certificate = (bytes: Uint8Array): string => formatPem('CERTIFICATE', bytes)
  const join = (list: readonly Certificate[]): string => list.map(({ encoded }) => certificate(encoded)).join('')
  return {
    'anchors.pem': join(trustAnchors),
    'untrusted.pem': join(untrusted),
    ...Object.fromEntries(leaves.map((leaf, index) => [leafFile(index), certificate(leaf)])),
  }
}

const leafFile = (index: number): string => `leaf-${index}.pem`

function inFolder<T>(hierarchy: Hierarchy, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'devpki-differential-'))
  try {
    for (const [name, text] of Object.entries(pemFiles(hierarchy))) writeFileSync(join(folder, name), text)
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(program: string, args: readonly string[], cwd: string, input = '') {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const result = spawnSync(program, args, { cwd, input, env, encoding: 'latin1', timeout: 60_000 })
  if (result.error !== undefined) throw result.error
  return result
}

const OPENSSL_PURPOSE: Readonly<Record<string, string>> = {
  [KEY_PURPOSE.serverAuth]: 'sslserver',
  [KEY_PURPOSE.clientAuth]: 'sslclient',
  [KEY_PURPOSE.emailProtection]: 'smimesign',
}

/** The arguments of the one call that judges all leaves; paths are those of {@link pemFiles}. */
export function opensslArguments({ untrusted, leaves, question }: Hierarchy): readonly string[] {
  const { purpose, policies } = question
  return [
    'verify',
    '-x509_strict',
    '-policy_check',
    ...['-no-CApath', '-no-CAstore', '-CAfile', 'anchors.pem'],
    ...(untrusted.length === 0 ? [] : ['-untrusted', 'untrusted.pem']),
    ...['-attime', String(AT.getTime() / 1000)],
    ...(purpose === undefined ? [] : ['-purpose', OPENSSL_PURPOSE[purpose] ?? purpose]),
    // Told nothing, it has an empty user-initial-policy-set where the RFC has one of anyPolicy (§6.1.1 (c)).
    ...(policies.initialPolicySet ?? [ANY_POLICY]).flatMap((policy) => ['-policy', policy]),
    ...(policies.explicitPolicy === true ? ['-explicit_policy'] : []),
    ...(policies.inhibitPolicyMapping === true ? ['-inhibit_map'] : []),
    ...(policies.inhibitAnyPolicy === true ? ['-inhibit_any'] : []),
    ...leaves.map((_, index) => leafFile(index)),
  ]
}

/** One process for all leaves. */
export const judgeByOpenssl: Judge = (hierarchy) =>
  inFolder(hierarchy, (folder) => {
    const { stdout, stderr } = run('openssl', opensslArguments(hierarchy), folder)
    const accepted = new Set([...stdout.matchAll(/^(leaf-\d+\.pem): OK$/gm)].map(([, name]) => name))
    const rejected = new Map<string, { errors: TheirError[]; said: string }>()
    // The errors of a leaf come before the line that names it.
    let errors: TheirError[] = []
    let said: string[] = []
    for (const line of stderr.split('\n')) {
      said.push(line)
      const error = /^error (\d+) at (-?\d+) depth lookup/.exec(line)
      if (error !== null) errors.push({ code: String(error[1]), depth: Number(error[2]) })
      const verdict = /^error (leaf-\d+\.pem): verification failed$/.exec(line)
      const unread = /(?:from|file) (leaf-\d+\.pem)$/.exec(line)
      const name = verdict?.[1] ?? unread?.[1]
      if (name === undefined || rejected.has(name)) continue
      rejected.set(name, {
        errors: verdict === null ? [{ code: 'unreadable', depth: 0 }] : errors,
        said: said.join('\n'),
      })
      errors = []
      said = []
    }
    return hierarchy.leaves.map((_, index) => {
      const name = leafFile(index)
      const rejection = rejected.get(name)
      if (accepted.has(name) && rejection === undefined) return { valid: true, errors: [], said: 'OK' }
      if (rejection !== undefined) return { valid: false, ...rejection }
      throw new Error(`openssl verify said nothing of ${name}:\n${stdout}\n${stderr}`)
    })
  })

/** The arguments of the call that judges one chain, which comes on standard input. */
export function certtoolArguments({ question: { purpose } }: Hierarchy): readonly string[] {
  return [
    '--verify',
    ...['--load-ca-certificate', 'anchors.pem'],
    ...(purpose === undefined ? [] : ['--verify-purpose', purpose]),
  ]
}

/** One process for each leaf: the program takes one chain, leaf first. */
export const judgeByCerttool: Judge = (hierarchy) =>
  inFolder(hierarchy, (folder) => {
    const files = pemFiles(hierarchy)
    return hierarchy.leaves.map((_, index) => {
      const chain = `${files[leafFile(index)]}${files['untrusted.pem']}`
      const { stdout, stderr } = run('certtool', certtoolArguments(hierarchy), folder, chain)
      const said = stdout + stderr
      const verdict = /Chain verification output: (Verified|Not verified)\. ?(.*)$/m.exec(said)
      if (verdict === null) return { valid: false, errors: [{ code: 'unreadable', depth: -1 }], said }
      const sentences = (verdict[2] ?? '').split(/(?<=\.) ?/).filter((sentence) => sentence !== '')
      const errors = sentences
        .filter((sentence) => !/is (NOT )?trusted\.$/.test(sentence))
        .map((code) => ({ code: code.trim(), depth: -1 }))
      return { valid: verdict[1] === 'Verified', errors: verdict[1] === 'Verified' ? [] : errors, said }
    })
  })
