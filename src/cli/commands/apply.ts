/** `pki apply`: makes what a hierarchy file describes, and nothing more. */

import type { Command } from 'commander'
import { type ApplyResult, applyPlan } from '../../apply/apply.ts'
import type { MakingMeans } from '../../apply/make.ts'
import type { MakingWarning } from '../../apply/making.ts'
import { writeWarning } from '../error-report.ts'
import { DEFAULT_PASSWORD, passwordWarning, pfxPassword } from '../export-settings.ts'
import { type ApplyInputs, type ApplyOptions, addApplyOptions, planFrom } from '../hierarchy/apply-inputs.ts'
import { Interruption } from '../hierarchy/interruption.ts'
import { makingCrew } from '../hierarchy/making-crew.ts'
import { progressBar } from '../hierarchy/progress.ts'
import type { Io } from '../io.ts'
import { unlockStoredKey } from '../issuing/issuer.ts'
import { displayPath } from '../issuing/made-report.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, type JsonOption } from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { planJson, planLines, planSummary } from '../render/render-plan.ts'
import type { AppliedJson } from '../result-json.ts'

type Options = ApplyOptions &
  JsonOption & {
    readonly keyPasswordFile?: string
    readonly passwordFile?: string
  }

export function define(command: Command): void {
  addApplyOptions(command)
  command
    .optionsGroup('Options:')
    .option('--key-password-file <file>', 'password of private keys that are in the store (or PKI_KEY_PASSWORD)')
    .option('--password-file <file>', `password of exported PFX files (or PKI_PASSWORD; default: ${DEFAULT_PASSWORD})`)
  addJsonOption(command)
}

export async function run([file]: readonly [file?: string], options: Options, io: Io): Promise<number> {
  const inputs = await planFrom(file, options, io)
  const result = await carryOut(inputs, options, io)
  for (const { name, message } of result.warnings) writeWarning(io, `${name}: ${message}`)
  const warning = exportsPfx(inputs) && result.exported.length > 0 ? passwordWarning(options, io) : undefined
  if (warning !== undefined) writeWarning(io, warning.message)
  report(inputs, result, options, io)
  return 0
}

async function carryOut(inputs: ApplyInputs, options: Options, io: Io): Promise<ApplyResult> {
  const { plan, store, hierarchy, world } = inputs
  const making = await makingMeans(inputs)
  const progress = progressBar(io)
  const password = pfxPassword(options, io) ?? DEFAULT_PASSWORD
  const { profileForConsumer } = await import('../../export/pfx-profile.ts')
  const interruption = new Interruption(io)
  try {
    return await applyPlan(
      plan,
      { prune: options.prune === true },
      {
        ...making,
        store,
        file: hierarchy.file,
        processes: io.process,
        unlockKey: (name) => unlockStoredKey(store, name, options, io),
        crew: makingCrew({ ...making, store, seed: hierarchy.seed }, io.threadProgram, interruption),
        goesOn: () => interruption.goesOn(),
        exportOptions: (format, name, consumer) => ({
          random: world.exportRandom(format, name),
          password,
          pfxProfile: consumer && profileForConsumer(consumer),
        }),
        onProgress: progress.update,
      },
    )
  } finally {
    interruption.end()
    progress.end()
  }
}

async function makingMeans({ entries, world }: ApplyInputs): Promise<MakingMeans> {
  const means = { now: world.io.now(), random: world.io.random, seeded: world.seeded, spoil: undefined }
  if (entries.every(({ defects }) => defects.length === 0)) return means
  const { withDefects } = await import('../../defect/apply.ts')
  const { requireDefects } = await import('../../defect/catalogue.ts')
  return { ...means, spoil: (order, defects) => withDefects(order, requireDefects(defects)) }
}

function exportsPfx({ plan }: ApplyInputs): boolean {
  const protectedByPassword = ['pfx', 'truststore', 'zip']
  return plan.entries.some(({ entry, exports }) => {
    return (
      exports.length > 0 && entry.exports.some(({ formats }) => formats.some((f) => protectedByPassword.includes(f)))
    )
  })
}

function report({ plan, hierarchy, store }: ApplyInputs, result: ApplyResult, options: Options, io: Io): void {
  const prune = options.prune === true
  const done = planJson(plan, prune)
  if (options.json === true) {
    const json: AppliedJson = {
      schema: 'pki.applied/1',
      file: hierarchy.file,
      folder: store.folder,
      ...done,
      exported: result.exported,
      warnings: result.warnings.map(({ name, kind, message }: MakingWarning) => ({ name, code: kind, message })),
    }
    writeJson(io, json)
    return
  }
  const colors = paint(io.stdout)
  const lines = planLines(plan, { prune, withKept: false }, colors)
  const mark = colors.good(glyphs(io).good)
  const where = displayPath(store.folder, io)
  io.stdout.write(`${[...lines, `${mark} ${colors.strong(where)}  ${planSummary(done, 'done')}`].join('\n')}\n`)
}
