/** The options with which a command gives the same octets each time: from which seed, and what time it is. */

import type { Command } from 'commander'
import type { RandomSource } from '../../keys/random.ts'
import type { CertificateProfile } from '../../profile/profile.ts'
import type { SeededSource } from '../../seed/seeded-source.ts'
import { writeHint, writeWarning } from '../error-report.ts'
import { onlyBeside } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { parseFlagInstant } from '../options.ts'

export type SeedFlags = {
  readonly seed?: string
  readonly now?: string
  readonly unmarked?: boolean
}

/** @param makes whether the command makes certificates, which get a mark */
export function addSeedOptions(command: Command, makes: 'certificates' | 'nothing to mark'): void {
  command
    .optionsGroup('The same octets each time, for tests only:')
    .option('--seed <text>', 'derive keys, serial numbers, salts and signatures from this text, which is no secret')
    .option('--now <time>', 'what time it is: 2026-01-31T12:00:00Z')
  if (makes === 'certificates') command.option('--unmarked', 'leave out the comment that says it is made from a seed')
}

/** Of the commands that make certificates. */
export const SEED_CONDITION = onlyBeside(['--unmarked'], { seed: '--seed' })

/** What the options make of the world. */
export interface Circumstances {
  /** The same with another clock, if `--now` was given. */
  readonly io: Io
  /** Undefined without `--seed`. */
  readonly seeded: SeededSource | undefined
  /** The profile with the mark of the seed, or as it is. */
  readonly mark: (profile: CertificateProfile) => CertificateProfile
  /** Salts and initialization vectors of one export. */
  readonly exportRandom: (format: string, name: string) => RandomSource
}

/**
 * Reads `--seed` and `--now`; warns that the keys are no secrets.
 * @throws PkiError `usage.time`
 */
export async function circumstances({ seed, now, unmarked }: SeedFlags, io: Io): Promise<Circumstances> {
  const world = now === undefined ? io : withClock(io, parseFlagInstant(now, '--now', io.now()))
  if (seed === undefined) {
    return { io: world, seeded: undefined, mark: (profile) => profile, exportRandom: () => io.random }
  }
  writeWarning(io, 'made from a seed, for tests only: whoever knows the seed has the private keys')
  if (now === undefined) writeHint(io, 'what depends on the time differs from run to run; --now fixes it')
  const { createSeededSource } = await import('../../seed/seeded-source.ts')
  const { markedProfile } = await import('../../seed/mark.ts')
  const seeded = createSeededSource(seed, { now: world.now() })
  return {
    io: world,
    seeded,
    mark: unmarked === true ? (profile) => profile : markedProfile,
    exportRandom: (format, name) => seeded.random(`export ${format}`, name),
  }
}

/** An object of its own above the other, whose getters are asked only when somebody asks them here. */
function withClock(io: Io, now: Date): Io {
  return Object.assign(Object.create(io) as Io, { now: () => new Date(now) })
}
