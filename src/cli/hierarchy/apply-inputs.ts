/** What `plan`, `apply` and `needs-renewal` have in common: the file, its entries, the store, and what there is to do. */

import { join } from 'node:path'
import type { Command } from 'commander'
import type { ApplyPlan } from '../../apply/apply-plan.ts'
import { planApply } from '../../apply/plan.ts'
import { PkiError } from '../../errors.ts'
import { requireConsistent } from '../../hierarchy-file/contradictions.ts'
import { readHierarchyFile } from '../../hierarchy-file/find.ts'
import type { HierarchyFile } from '../../hierarchy-file/hierarchy-file.ts'
import { atPlace, type ResolvedEntry, resolveEntries } from '../../hierarchy-file/resolve.ts'
import { parseShard, shardOf } from '../../issue/shard.ts'
import { parseDuration } from '../../profile/duration.ts'
import { findProfile } from '../../profile/find.ts'
import type { Store } from '../../store/store.ts'
import { IDLE } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { addSeedOptions, type Circumstances, circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import { addStoreOption, parseFlag, refuseTogether, type StoreOptions, storeFrom } from '../options.ts'

/** As the help lists them; a test compares it with the folder. */
export const READY_MADE = [
  'single',
  'two-tier',
  'three-tier',
  'cross-signed',
  'mtls',
  'kubernetes',
  'web-server',
  'iot-fleet',
] as const

export type ApplyOptions = StoreOptions &
  SeedFlags & {
    readonly ifExpiring?: string
    readonly shard?: string
    readonly prune?: boolean
    readonly force?: boolean
    readonly adopt?: boolean
  }

export function addApplyOptions(command: Command): void {
  command
    .argument('[file]', 'a hierarchy file, or the name of one that comes with pki (default: pki.yaml)')
    .option('--if-expiring <duration>', 'renew also what ends within this time: 30d')
    .option('--prune', 'remove what the file made once and no longer names, exports and CRLs included')
    .option('--force', 'replace certificates of these names that were not made from the file')
    .option('--adopt', 'take certificates that are there for what the file describes, whatever entry made them')
    .option('--shard <i/n>', 'only this share of it, as 3/16; needs a seed')
  addStoreOption(command)
  addSeedOptions(command, 'certificates')
  command.addHelpText('after', FILE_HELP)
}

const FILE_HELP = `
A hierarchy file, all of whose keys templates/hierarchy.schema.json explains to editors:
  version: 1
  certificates:
    root:                                     # nothing above it: a root
      issues:
        ca1:                                  # something below it: an intermediate
          crl: { validFor: 30d }
          issues:
            web: { profile: server, names: [localhost], exports: [pfx, { format: [fullchain, key], out: nginx }] }
            old: { profile: client, revoked: { reason: keyCompromise, at: -1d } }
            'device-{n}': { profile: client, count: 1000, notAfter: 90d }
    other-root:
      issues: { ca1-by-other: { crossSigns: ca1 } }

Ready-made ones, by name: ${READY_MADE.join(', ')}
`

/** Everything that is to be known before anything is done. */
export interface ApplyInputs {
  readonly store: Store
  readonly hierarchy: HierarchyFile
  readonly entries: readonly ResolvedEntry[]
  readonly plan: ApplyPlan
  readonly world: Circumstances
}

/**
 * Reads and checks the file, looks at the store, and plans. Nothing is written.
 * @throws PkiError `usage.hierarchy` for a mistake in the file, `refused.exists`, `input.*`
 */
export async function planFrom(text: string | undefined, options: ApplyOptions, io: Io): Promise<ApplyInputs> {
  refuseTogether({ '--force': options.force, '--adopt': options.adopt })
  const places = { cwd: io.cwd, readyMade: readyMadeFolder(io) }
  const written = await readHierarchyFile(text, places)
  const hierarchy = withFlags(written, options)
  const { seed, unmarked, file } = hierarchy
  if (options.unmarked === true && seed === undefined) throw unmarkedWithoutSeed()
  const now = options.now ?? hierarchy.now
  const flags = { ...(seed !== undefined && { seed }), ...(now !== undefined && { now }), unmarked }
  const world = await circumstances(flags, io)
  const entries = await resolveEntries(hierarchy, {
    find: (name) => findProfile(name, { projectDir: io.cwd }),
    mark: world.mark,
  })
  const store = storeFrom(options, io)
  requireConsistent(entries, { file, isStored: (name) => store.has(name) })
  await requireMakeableDefects(entries, file)
  const plan = planApply(store, hierarchy, entries, {
    ifExpiring:
      options.ifExpiring === undefined ? undefined : parseFlag(options.ifExpiring, '--if-expiring', parseDuration),
    force: options.force === true,
    adopt: options.adopt === true,
    owns: ownership(options, seed !== undefined),
    isSeeded: world.seeded !== undefined,
    now: world.io.now(),
  })
  return { store, hierarchy, entries, plan, world }
}

function unmarkedWithoutSeed(): PkiError {
  return new PkiError('usage.option', '--unmarked goes with --seed, or seed: in the file', { hint: IDLE })
}

/** @throws PkiError `usage.hierarchy` for defects that are unknown, or that a certificate of this kind cannot have */
async function requireMakeableDefects(entries: readonly ResolvedEntry[], file: string): Promise<void> {
  const spoiled = entries.filter(({ defects }) => defects.length > 0)
  if (spoiled.length === 0) return
  const { requireFitting, requireStorable } = await import('../../defect/apply.ts')
  const { requireDefects } = await import('../../defect/catalogue.ts')
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  for (const { name, place, defects: ids, contents, from } of spoiled) {
    try {
      const defects = requireDefects(ids)
      requireStorable(defects)
      const signer = from === undefined ? contents : byName.get(from)?.contents
      const isSignedByRsa = signer?.key.startsWith('rsa')
      requireFitting(defects, { profile: contents, name, isSelfSigned: from === undefined, isSignedByRsa })
    } catch (cause) {
      throw atPlace(file, place, name, cause)
    }
  }
}

function readyMadeFolder(io: Io): string {
  return join(io.packageFolder, 'templates', 'hierarchies')
}

/**
 * What the command line says about seed and time comes before the file. A time without a seed is only another clock, and
 * no reason to make anything anew.
 */
function withFlags(hierarchy: HierarchyFile, flags: SeedFlags): HierarchyFile {
  const { seed = hierarchy.seed, unmarked = hierarchy.unmarked } = flags
  return { ...hierarchy, seed, unmarked, now: seed === undefined ? hierarchy.now : (flags.now ?? hierarchy.now) }
}

function ownership({ shard: text }: ApplyOptions, isSeeded: boolean): (name: string) => boolean {
  if (text === undefined) return () => true
  const { index, count } = parseFlag(text, '--shard', parseShard)
  if (!isSeeded) {
    throw new PkiError('usage.option', '--shard needs a seed: without one, every shard would make another root', {
      hint: 'add seed: and now: to the file, or pass --seed and --now',
    })
  }
  return (name) => shardOf(name, count) === index
}
