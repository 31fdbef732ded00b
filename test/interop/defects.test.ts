/**
 * The gallery before OpenSSL, GnuTLS, Node, Java and .NET: each says what `templates/defects/measured.json` has, and
 * takes the good twin.
 *
 * `node scripts/refresh-defects.mjs` runs this to write that file anew.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listDefects } from '../../src/defect/catalogue.ts'
import { type ExpectedJson, GOOD_TWIN, makeGallery } from '../../src/defect/gallery.ts'
import {
  type Measurement,
  type Measurements,
  PROGRAMS,
  type ProgramName,
  parseMeasurements,
} from '../../src/defect/measurements.ts'
import { writeArtifacts } from '../../src/store/file-writer.ts'
import { MEANS } from '../defect/judge.ts'
import { hasProgram } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { type Case, JUDGES, type Judgements } from './defects/programs-judge.ts'

const MEASURED = fileURLToPath(new URL('../../templates/defects/measured.json', import.meta.url))
const measured: Measurements = parseMeasurements(readFileSync(MEASURED, 'utf8'), MEASURED)
const isRefresh = process.env.PKI_REFRESH_DEFECTS === '1'

/** What each is called on PATH; Node is this process. */
const EXECUTABLE = { openssl: 'openssl', gnutls: 'certtool', node: undefined, java: 'java', dotnet: 'dotnet' } as const

function isMissing(name: ProgramName): boolean {
  const executable = EXECUTABLE[name]
  return executable !== undefined && !hasProgram(executable)
}

/** They start first and are waited for last. */
const SLOW = ['dotnet', 'java'] as const
const underway = new Map<ProgramName, Promise<Judgements>>()

let folder: string
let cases: readonly Case[]

// Made for the present moment: neither certtool nor a handshake in Node can be asked about another.
beforeAll(() => {
  folder = folderOfSuite('defects')
  const none: Measurements = { schema: 'pki.defects-measured/1', programs: {}, verdicts: {} }
  const gallery = makeGallery(listDefects(), { ...MEANS, now: new Date() }, none)
  writeArtifacts(folder, gallery)
  const { files } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as ExpectedJson
  cases = Object.values(files).map(({ defect, asked }) => {
    const id = defect ?? GOOD_TWIN
    return { id, folder: join(folder, id), asked }
  })
  for (const name of SLOW) {
    if (isMissing(name)) continue
    const judgements = Promise.resolve(JUDGES[name](cases, folder))
    judgements.catch(() => undefined) // told where it is waited for
    underway.set(name, judgements)
  }
}, 60_000)
afterAll(async () => {
  await Promise.allSettled(underway.values())
  removeFolder(folder)
}, 240_000)

const refreshed: { programs: Record<string, string>; verdicts: Record<string, Record<string, Measurement>> } = {
  programs: {},
  verdicts: {},
}

describe.each(PROGRAMS)('%s', (name) => {
  const missing = isMissing(name)

  test.skipIf(missing)(
    `agrees with what was measured${missing ? ` (missing: ${EXECUTABLE[name]})` : ''}`,
    async () => {
      const { version, verdicts } = await (underway.get(name) ?? JUDGES[name](cases, folder))
      if (isRefresh) return keep(name, { version, verdicts })
      const before = new Map(
        Object.entries(measured.verdicts).flatMap(([id, all]) => (all[name] ? [[id, all[name]]] : [])),
      )
      // Another version may word things otherwise, and even decide otherwise: that is to be seen, and measured anew.
      const isSame = measured.programs[name] === version
      const comparable = (all: ReadonlyMap<string, Measurement>) =>
        Object.fromEntries([...all].map(([id, verdict]) => [id, isSame ? verdict : verdict.valid]))
      expect(comparable(verdicts)).toEqual(comparable(before as ReadonlyMap<string, Measurement>))
      expect(verdicts.get(GOOD_TWIN)).toEqual({ valid: true, said: '' })
    },
    240_000,
  )
})

function keep(name: string, { version, verdicts }: Judgements): void {
  refreshed.programs[name] = version
  for (const [id, verdict] of verdicts) refreshed.verdicts[id] = { ...refreshed.verdicts[id], [name]: verdict }
}

/** All of it or nothing: a machine that lacks a program must not make the others' measurements disappear. */
afterAll(() => {
  if (!isRefresh) return
  const missing = PROGRAMS.filter((name) => !(name in refreshed.programs))
  if (missing.length > 0) throw new Error(`nothing written, because these were not measured: ${missing.join(', ')}`)
  const lines = Object.entries(refreshed.verdicts).map(([id, all]) => {
    const programs = Object.entries(all).map(
      ([name, verdict]) => `      ${JSON.stringify(name)}: ${JSON.stringify(verdict)}`,
    )
    return `    ${JSON.stringify(id)}: {\n${programs.join(',\n')}\n    }`
  })
  const programs = JSON.stringify(refreshed.programs)
  writeFileSync(
    MEASURED,
    `{\n  "schema": "pki.defects-measured/1",\n  "programs": ${programs},\n  "verdicts": {\n${lines.join(',\n')}\n  }\n}\n`,
  )
})
