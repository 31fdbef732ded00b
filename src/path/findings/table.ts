/** What a table of findings is made of. Every area keeps its facts and its table together, in a file beside this one. */

/** The facts of a finding that has none beyond its code and the certificate it speaks of. */
export type NoFacts = Readonly<Record<never, never>>

/** Everything a person is told about one kind of finding. */
export interface FindingEntry<Facts> {
  /** Where the rule is written, such as `RFC 5280 §4.2.1.9` or `CA/B BR §7.1.2.7.12`. */
  readonly section: string
  /** What is the matter, as one sentence that starts in lower case and has no final period. */
  sentence(facts: Facts): string
  /** What to do about it, in the same form. */
  cure(facts: Facts): string
}

/** One entry for each code of an area. */
export type FindingTable<FactsByCode> = { readonly [C in keyof FactsByCode]: FindingEntry<FactsByCode[C]> }

/** An instant in the form people compare: to the second, Zulu. */
export function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** `1 octet`, `2 octets`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
