/** A plan for people, and as JSON: what `pki plan` prints and `pki apply` has done. */

import {
  type Action,
  type ApplyPlan,
  countOf,
  type EntryPlan,
  type Reason,
  type RevokedForGood,
} from '../../apply/apply-plan.ts'
import { instanceName, type ResolvedEntry } from '../../hierarchy-file/resolve.ts'
import type { Paint } from './paint.ts'

/** `pki plan`, and in `pki apply` what was done. */
export interface PlanJson {
  readonly entries: readonly PlannedEntryJson[]
  /** Names that the file made once and no longer names. They are removed with `--prune` only. */
  readonly unnamed: readonly string[]
  /** Paths of exports and CRLs of the same kind, whose certificates stay. */
  readonly unnamedFiles: readonly string[]
  readonly summary: Readonly<Record<Action | 'revoke' | 'lift' | 'crl' | 'export' | 'remove', number>>
}

export interface PlannedEntryJson {
  /** As in the file: with `{n}` where it stands for many. */
  readonly name: string
  readonly line: number
  readonly profile: string
  readonly issuedBy: string | null
  /** How many certificates each action is taken for; those that are none are left out. */
  readonly actions: Readonly<Partial<Record<Action, number>>>
  readonly reasons: readonly Reason[]
  readonly revoke: number
  readonly lift: number
  readonly stillRevoked: readonly RevokedForGood[]
  readonly crl: 'make' | 'keep' | null
  readonly export: number
}

export function planJson({ entries, unnamed, unnamedFiles }: ApplyPlan, prune: boolean): PlanJson {
  const sum = (count: (plan: EntryPlan) => number) => entries.reduce((total, plan) => total + count(plan), 0)
  const byAction = (action: Action) => sum((plan) => countOf(plan, action))
  return {
    entries: entries.map(entryJson),
    unnamed: unnamed.map(({ name }) => name),
    unnamedFiles: unnamedFiles.map(({ path }) => path),
    summary: {
      make: byAction('make'),
      restore: byAction('restore'),
      change: byAction('change'),
      renew: byAction('renew'),
      rechain: byAction('rechain'),
      adopt: byAction('adopt'),
      borrow: byAction('borrow'),
      keep: byAction('keep'),
      revoke: sum(({ revoke }) => revoke.length),
      lift: sum(({ lift }) => lift.length),
      crl: sum(({ crl }) => (crl === 'make' ? 1 : 0)),
      export: sum(({ exports }) => exports.length),
      remove: prune ? unnamed.length + unnamedFiles.length : 0,
    },
  }
}

function entryJson({ entry, actions, reasons, revoke, lift, stillRevoked, crl, exports }: EntryPlan): PlannedEntryJson {
  return {
    name: entry.name,
    line: entry.place.line,
    profile: entry.profileName,
    issuedBy: entry.from ?? null,
    actions: Object.fromEntries([...actions].map(([action, numbers]) => [action, numbers.length])),
    reasons: [...reasons],
    revoke: revoke.length,
    lift: lift.length,
    stillRevoked,
    crl: crl ?? null,
    export: exports.length,
  }
}

const SIGNS: Readonly<Record<Action, string>> = {
  make: '+',
  restore: '+',
  change: '~',
  renew: '~',
  rechain: '~',
  adopt: '=',
  borrow: ' ',
  keep: '=',
}

const WORDS: Readonly<Record<Action, string>> = {
  make: 'make',
  restore: 'restore',
  change: 'change',
  renew: 'renew',
  rechain: 'new chain',
  adopt: 'take over',
  borrow: 'written by another shard',
  keep: 'leave',
}

const REASONS: Readonly<Record<Reason, string>> = {
  entry: 'its entry has changed',
  issuer: 'its issuer changes',
  'cross-signed': 'the authority that it is for changes',
  key: 'its private key is gone',
  interrupted: 'an earlier run was cut short',
  foreign: 'it was not made from this file',
}

export interface PlanLinesOptions {
  readonly prune: boolean
  /** Whether to list also what stays as it is. */
  readonly withKept: boolean
}

/** One line for each entry and what happens to its certificates, then what is unnamed. */
export function planLines(plan: ApplyPlan, { prune, withKept }: PlanLinesOptions, colors: Paint): readonly string[] {
  const rows = plan.entries.flatMap((entry) => entryRows(entry, withKept))
  const removed = plan.unnamed.map(({ name }) => unnamedRow(name, '', prune))
  const removedFiles = plan.unnamedFiles.map(({ name, kind, file }) => {
    return unnamedRow(name, ` ${kind === 'crl' ? 'CRL' : 'export'} ${file}`, prune)
  })
  const all = [...rows, ...removed, ...removedFiles]
  const width = Math.max(0, ...all.map(({ name }) => name.length)) + 2
  return all.map(({ sign, name, says }) => `${brush(sign, colors)(sign)} ${name.padEnd(width)}${says}`)
}

interface Row {
  readonly sign: string
  readonly name: string
  readonly says: string
}

function unnamedRow(name: string, what: string, prune: boolean): Row {
  return prune
    ? { sign: '-', name, says: `remove${what}: the file no longer names it` }
    : { sign: ' ', name, says: `left${what}: the file no longer names it, and --prune would remove it` }
}

function entryRows(plan: EntryPlan, withKept: boolean): readonly Row[] {
  const { entry, actions, reasons, revoke, lift, crl, exports } = plan
  const rows: Row[] = [...actions].flatMap(([action, numbers]) => {
    const isKept = action === 'keep' || action === 'borrow'
    if (numbers.length === 0 || (isKept && !withKept)) return []
    const isPart = entry.count !== undefined && numbers.length < entry.count
    const [first] = numbers
    const example =
      isPart && first !== undefined ? ` (${instanceName(entry, first)}${numbers.length > 1 ? ', …' : ''})` : ''
    const count = entry.count === undefined ? '' : ` ${numbers.length}${example}`
    return [{ sign: SIGNS[action], name: entry.name, says: `${WORDS[action]}${count}${detail(plan, action, reasons)}` }]
  })
  const more = [
    ...countedWord('revoke', revoke.length, entry),
    ...countedWord('take from hold', lift.length, entry),
    ...(crl === 'make' ? ['make CRL'] : []),
    ...countedWord('export', exports.length, entry),
  ]
  return [...withMore(rows, entry.name, more), ...plan.stillRevoked.map(stillRevokedRow)]
}

function countedWord(word: string, count: number, entry: ResolvedEntry): readonly string[] {
  if (count === 0) return []
  return [entry.count === undefined ? word : `${word} ${count}`]
}

/** What is done beside the last action stands in its line; what is left as it is gets a line of its own for that. */
function withMore(rows: readonly Row[], name: string, more: readonly string[]): readonly Row[] {
  if (more.length === 0) return rows
  const last = rows.at(-1)
  const isKept = last === undefined || last.sign === SIGNS.keep || last.sign === SIGNS.borrow
  const row = { sign: '+', name, says: more.join(', ') }
  return isKept ? [...rows, row] : [...rows.slice(0, -1), { ...last, says: `${last.says}; ${row.says}` }]
}

function stillRevokedRow({ name, reason }: RevokedForGood): Row {
  const says = `stays revoked (${reason}): its entry does not say so, and only a certificateHold can be lifted`
  return { sign: '!', name, says }
}

function detail({ entry }: EntryPlan, action: Action, reasons: ReadonlySet<Reason>): string {
  if (action === 'change') return `: ${[...reasons].map((reason) => REASONS[reason]).join('; ')}`
  if (action !== 'make') return ''
  const issuer = entry.from === undefined ? 'self-signed' : `from ${entry.from}`
  return `: ${entry.profileName}, ${issuer}`
}

function brush(sign: string, colors: Paint): (text: string) => string {
  if (sign === '+') return colors.good
  if (sign === '~' || sign === '!') return colors.warn
  return sign === '-' ? colors.bad : colors.quiet
}

/** `12 to make, 1 to change; 3 left as they are`. */
export function planSummary({ summary }: PlanJson, tense: 'plan' | 'done'): string {
  const words = tense === 'plan' ? PLANNED : DONE
  const done = (Object.keys(words) as (keyof typeof PLANNED)[]).flatMap((key) => {
    return summary[key] === 0 ? [] : [`${summary[key]} ${words[key]}`]
  })
  const kept = summary.keep === 0 ? '' : `${summary.keep} left as ${summary.keep === 1 ? 'it is' : 'they are'}`
  if (done.length === 0) return kept === '' ? 'nothing to do' : `nothing to do; ${kept}`
  return [done.join(', '), ...(kept === '' ? [] : [kept])].join('; ')
}

const PLANNED = {
  make: 'to make',
  restore: 'to restore',
  change: 'to change',
  renew: 'to renew',
  rechain: 'with a new chain',
  adopt: 'to take over',
  revoke: 'to revoke',
  lift: 'to take from hold',
  crl: 'with a CRL to make',
  export: 'to export',
  remove: 'to remove',
} as const

const DONE: Readonly<Record<keyof typeof PLANNED, string>> = {
  make: 'made',
  restore: 'restored',
  change: 'changed',
  renew: 'renewed',
  rechain: 'with a new chain',
  adopt: 'taken over',
  revoke: 'revoked',
  lift: 'taken from hold',
  crl: 'with a new CRL',
  export: 'exported',
  remove: 'removed',
}
