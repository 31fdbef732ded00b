// Makes three files from what people write by hand:
//   src/profile/built-in.ts           from templates/profiles/*.yaml, checked, so that issuing loads neither yaml nor zod
//   templates/profile.schema.json     from src/profile/schema.ts, for editors
//   templates/hierarchy.schema.json   from src/hierarchy-file/schema.ts, for editors
// All are committed; a test fails when they are out of date. `npm run build` runs this, or: node scripts/compile-profiles.mjs

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Writes the files, unless they are current already. */
export async function compileProfiles() {
  const folder = join(root, 'templates/profiles')
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  const texts = files.map((file) => [basename(file, '.yaml'), readFileSync(join(folder, file), 'utf8')])
  const { compileProfiles: compile } = await importSource('profile/compile.ts')
  const { module, schema } = compile(Object.fromEntries(texts))
  writeIfChanged('src/profile/built-in.ts', module)
  writeIfChanged('templates/profile.schema.json', schema)
  const { formatHierarchyJsonSchema } = await importSource('hierarchy-file/schema.ts')
  writeIfChanged('templates/hierarchy.schema.json', formatHierarchyJsonSchema())
}

/** Node 20 does not read TypeScript: the module is bundled into a folder that lives as long as this takes. */
async function importSource(entry) {
  const folder = mkdtempSync(join(root, 'node_modules/.compile-profiles-'))
  try {
    const outfile = join(folder, 'compile.mjs')
    await build({
      entryPoints: [join(root, 'src', entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeIfChanged(path, text) {
  const file = join(root, path)
  let current
  try {
    current = readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  if (current !== text) writeFileSync(file, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileProfiles()
