/** `pki plan`: what `pki apply` would do. Nothing is written. */

import type { Command } from 'commander'
import { type ApplyOptions, addApplyOptions, planFrom } from '../hierarchy/apply-inputs.ts'
import type { Io } from '../io.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, type JsonOption } from '../options.ts'
import { paint } from '../render/paint.ts'
import { planJson, planLines, planSummary } from '../render/render-plan.ts'
import type { PlannedJson } from '../result-json.ts'

export function define(command: Command): void {
  addApplyOptions(command)
  addJsonOption(command)
}

export async function run(
  [file]: readonly [file?: string],
  options: ApplyOptions & JsonOption,
  io: Io,
): Promise<number> {
  const { plan, hierarchy, store } = await planFrom(file, options, io)
  const prune = options.prune === true
  const json = planJson(plan, prune)
  if (options.json === true) {
    const planned: PlannedJson = { schema: 'pki.plan/1', file: hierarchy.file, folder: store.folder, ...json }
    writeJson(io, planned)
  } else {
    const lines = [...planLines(plan, { prune, withKept: true }, paint(io.stdout)), '', planSummary(json, 'plan')]
    io.stdout.write(`${lines.join('\n')}\n`)
  }
  return 0
}
