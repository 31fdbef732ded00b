/**
 * Shares of a plan, for many machines that make one large hierarchy without speaking to each other.
 *
 * What makes that possible is a seed: an authority that several shards need is made again by each of them, octet for
 * octet the same. Written it is by one, as everything is: **the shard that a name leads to writes the files of that
 * name**, authority or not. So each file has exactly one writer, the shards together write exactly what one run writes,
 * and a shard that is run again writes the same again. Where a name leads depends on that name and on the count of
 * shards alone: another entry in the hierarchy moves no other to another machine.
 */

import { createHash } from 'node:crypto'
import { PkiError } from '../errors.ts'
import type { IssuancePlan } from './hierarchy.ts'

/** One of `count` jobs that share the work of one hierarchy. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number
  readonly count: number
}

/** What one shard has to do. */
export interface ShardPlan extends IssuancePlan {
  /** Names among the steps whose files this shard writes; the other steps are authorities that it signs with. */
  readonly owned: ReadonlySet<string>
}

/** A shard as `3/16`. @throws PkiError `usage.option` */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count) return shard
  throw new PkiError('usage.option', `not a shard: ${text}`, { hint: 'write 3/16 for the third of sixteen' })
}

/** The shard that writes the files of a name, from 1 to `count`. */
export function shardOf(name: string, count: number): number {
  // 48 bits: whole numbers that a double holds, and so many that the remainder favours nobody.
  return (createHash('sha256').update(name, 'utf8').digest().readUIntBE(0, 6) % count) + 1
}

/** The part of a plan that a shard carries out: what it owns, and all above that, in the plan's order. */
export function takeShard(plan: IssuancePlan, { index, count }: Shard): ShardPlan {
  const byName = new Map(plan.steps.map((step) => [step.name, step]))
  const owned = new Set([...byName.keys()].filter((name) => shardOf(name, count) === index))
  const needed = new Set<string>()
  for (const name of owned) {
    let step = byName.get(name)
    while (step !== undefined && !needed.has(step.name)) {
      needed.add(step.name)
      step = step.from === undefined ? undefined : byName.get(step.from)
    }
  }
  return { ...plan, steps: plan.steps.filter(({ name }) => needed.has(name)), owned }
}
