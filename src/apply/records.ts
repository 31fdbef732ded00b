/** What the journal remembers of each name in a store, as far as it matters for applying a hierarchy file. */

import type { FileExport } from '../hierarchy-file/hierarchy-file.ts'
import type { JournalEntry } from '../store/journal.ts'
import { JournalFollower } from '../store/journal-follower.ts'
import type { Store } from '../store/store.ts'

/** The latest certificate under a name. */
export interface NameRecord {
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string
  readonly serialNumber: string
  readonly notAfter: string
  /** Name in the store; undefined for a self-signed or an imported certificate. */
  readonly issuer: string | undefined
  readonly issuerKeyHash: string | undefined
  /** Of the issuer's certificate that stands in its chain. */
  readonly issuerFingerprint: string | undefined
  readonly profile: string | undefined
  /** Ids of what is wrong with it on purpose. */
  readonly defects: readonly string[]
  /** Fingerprint of the entry it was made from; undefined if no hierarchy file made it. */
  readonly specification: string | undefined
  /** It was there before a hierarchy file named it. */
  readonly isAdopted: boolean
  /** Earlier certificates with the same key that this one renews. */
  readonly renews: readonly string[]
  /** It took the place of another certificate, and nothing was noted since that says that this went well. */
  readonly isUnconfirmed: boolean
}

export interface ExportRecord {
  /** Of what was exported last. */
  readonly specification: string
  readonly files: readonly string[]
  /** In which formats; undefined where an older version has noted it. */
  readonly exports: readonly FileExport[] | undefined
  /** All that was ever exported and not removed since. */
  readonly written: readonly string[]
}

/** The last CRL under a name that a hierarchy file wanted. */
export interface CrlRecord {
  readonly issuerKeyHash: string
  /** Decimal. */
  readonly crlNumber: string
}

/** A certificate that another shard writes, and that is revoked here because its issuer's CRL is. */
export interface BorrowedRecord {
  readonly specification: string
  readonly issuerKeyHash: string
  readonly serialNumber: string
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string
}

export interface StoreRecords {
  readonly names: ReadonlyMap<string, NameRecord>
  readonly borrowed: ReadonlyMap<string, BorrowedRecord>
  readonly exports: ReadonlyMap<string, ExportRecord>
  readonly crls: ReadonlyMap<string, CrlRecord>
  /** Whether a hierarchy file ever revoked something: otherwise nobody need look whether it still wants to. */
  readonly hasDeclaredRevocations: boolean
}

/** Reads the journal once. Memory is that of what it returns: some 300 octets for each name. */
export function readRecords({ journalPath }: Pick<Store, 'journalPath'>): StoreRecords {
  const names = new Map<string, NameRecord>()
  const borrowed = new Map<string, BorrowedRecord>()
  const exports = new Map<string, ExportRecord>()
  const crls = new Map<string, CrlRecord>()
  const unconfirmed = new Set<string>()
  let hasDeclaredRevocations = false
  const once = interning()
  const follower = new JournalFollower(journalPath, {
    wanted: WANTED,
    onEntry: (entry) => {
      if (entry.event === 'applied') {
        for (const name of unconfirmed) change(names, name, { isUnconfirmed: false })
        unconfirmed.clear()
      } else if (entry.event === 'exported' || entry.event === 'unexported') {
        noteExports(entry, exports)
      } else if (entry.event === 'crl-issued') {
        noteCrl(entry, crls)
      } else if (entry.event === 'revoked') {
        if (entry.file !== undefined) hasDeclaredRevocations = true
        const { name, specification, issuerKeyHash, serialNumber, fingerprint } = entry
        if (name === undefined || specification === undefined) return
        const shared = { specification: once(specification), issuerKeyHash: once(issuerKeyHash) }
        borrowed.set(name, { ...shared, serialNumber, fingerprint })
      } else {
        note(entry, names, once)
        if (entry.event === 'issued' && names.get(entry.name)?.isUnconfirmed === true) unconfirmed.add(entry.name)
      }
    },
    onRestart: () => undefined,
  })
  follower.follow()
  return { names, borrowed, exports, crls, hasDeclaredRevocations }
}

const WANTED: ReadonlySet<JournalEntry['event']> = new Set([
  'issued',
  'imported',
  'adopted',
  'rechained',
  'removed',
  'exported',
  'unexported',
  'crl-issued',
  'applied',
  'revoked',
])

function noteExports(
  entry: JournalEntry & { readonly event: 'exported' | 'unexported' },
  exports: Map<string, ExportRecord>,
): void {
  const before = exports.get(entry.name)
  if (entry.event === 'exported') {
    const { specification, files } = entry
    const formats = entry.exports?.map((one) => ({ for: undefined, ...one }) as FileExport)
    exports.set(entry.name, {
      specification,
      files,
      exports: formats,
      written: [...new Set([...(before?.written ?? []), ...files])],
    })
  } else if (before !== undefined) {
    exports.set(entry.name, { ...before, written: before.written.filter((file) => !entry.files.includes(file)) })
  }
}

/** What is made by hand takes the number, or comes from another key: then the file's CRL is not there any more. */
function noteCrl(entry: JournalEntry & { readonly event: 'crl-issued' }, crls: Map<string, CrlRecord>): void {
  const { issuer, issuerKeyHash, crlNumber, file } = entry
  const before = crls.get(issuer)
  if (file !== undefined) crls.set(issuer, { issuerKeyHash, crlNumber })
  else if (before?.issuerKeyHash !== issuerKeyHash || before.crlNumber === crlNumber) crls.delete(issuer)
}

function note(entry: JournalEntry, names: Map<string, NameRecord>, once: (text: string) => string): void {
  switch (entry.event) {
    case 'issued':
    case 'imported': {
      const before = names.get(entry.name)
      const issued = entry.event === 'issued' ? entry : undefined
      const { fingerprint, serialNumber, notAfter } = entry
      const renews = issued?.renews !== undefined && issued.renews === before?.fingerprint
      names.set(once(entry.name), {
        fingerprint,
        serialNumber,
        notAfter: once(notAfter),
        issuer: issued?.issuer && once(issued.issuer),
        issuerKeyHash: issued?.issuerKeyHash && once(issued.issuerKeyHash),
        issuerFingerprint: issued?.issuerFingerprint && once(issued.issuerFingerprint),
        profile: issued?.profile && once(issued.profile),
        defects: issued?.defects ?? NOTHING,
        specification: issued?.specification && once(issued.specification),
        isAdopted: renews && before.isAdopted,
        renews: renews ? [...before.renews, before.fingerprint] : NOTHING,
        isUnconfirmed: before !== undefined,
      })
      return
    }
    case 'adopted':
      if (names.get(entry.name)?.fingerprint === entry.fingerprint) {
        change(names, entry.name, { specification: once(entry.specification), isAdopted: true })
      }
      return
    case 'rechained':
      if (names.get(entry.name)?.fingerprint === entry.fingerprint) {
        change(names, entry.name, { issuerFingerprint: once(entry.issuerFingerprint) })
      }
      return
    case 'removed':
      names.delete(entry.name)
      return
  }
}

const NOTHING: readonly string[] = []

function change(names: Map<string, NameRecord>, name: string, change: Partial<NameRecord>): void {
  const record = names.get(name)
  if (record !== undefined) names.set(name, { ...record, ...change })
}

/** Each text kept once: a hundred thousand certificates have one issuer and one time of ending. */
function interning(): (text: string) => string {
  const texts = new Map<string, string>()
  return (text) => {
    const known = texts.get(text)
    if (known !== undefined) return known
    if (texts.size < 4096) texts.set(text, text)
    return text
  }
}
