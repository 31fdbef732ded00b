/**
 * Shares of a plan, for many machines that make one large hierarchy without speaking to each other.
 *
 * What makes that possible is a seed: an authority that several shards need is made again by each of them, octet for
 * octet the same. Written it is by one: **authorities belong to shard 1**, and everything else to the shard that its
 * name leads to. So each file has exactly one writer, the shards together write exactly what one run writes, and a
 * shard that is run again writes the same again. Which shard a name belongs to depends on that name and on the count
 * of shards alone: another entry in the hierarchy moves no other to another machine.
 */

import { createHash } from 'node:crypto'
import { PkiError } from '../errors.ts'
import type { HierarchyEntry, IssuancePlan } from './hierarchy.ts'

export interface Shard {
  /** From 1 to `count`. */
  readonly index: number
  readonly count: number
}

/** What one shard has to do. */
export interface ShardPlan extends IssuancePlan {
  /** The names among the steps whose files this shard writes; the others are authorities it needs to sign with. */
  readonly owned: ReadonlySet<string>
}

/** A shard as `3/16`. @throws PkiError `usage.option` */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index >= 1 && shard.index <= shard.count) return shard
  throw new PkiError('usage.option', `not a shard: ${text}`, { hint: 'write 3/16 for the third of sixteen' })
}

/** The shard of a name that is no authority, from 1 to `count`. */
export function shardOf(name: string, count: number): number {
  // 48 bits: whole numbers that a double holds, and so many that the remainder favours nobody.
  return (createHash('sha256').update(name, 'utf8').digest().readUIntBE(0, 6) % count) + 1
}

/**
 * The part of a plan that a shard carries out: what it owns, and the authorities above that, in the plan's order.
 * An authority is an entry that issues another one of the plan.
 */
export function takeShard(plan: IssuancePlan, { index, count }: Shard): ShardPlan {
  const byName = new Map(plan.steps.map((step) => [step.name, step]))
  const authorities = new Set(plan.steps.flatMap(({ from }) => (from === undefined ? [] : [from])))
  const shardOfStep = ({ name }: HierarchyEntry) => (authorities.has(name) ? 1 : shardOf(name, count))
  const owned = new Set(plan.steps.filter((step) => shardOfStep(step) === index).map(({ name }) => name))

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
