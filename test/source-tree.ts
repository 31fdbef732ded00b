/** What the files of src/ import and call, read from their text: for `architecture.test.ts`. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

export interface Import {
  /** As written: `../errors.ts`, `node:fs`, `commander`. */
  readonly specifier: string
  /** Path below src/ with `/`, undefined for packages and Node's own modules. */
  readonly file: string | undefined
  readonly kind: 'static' | 'type' | 'dynamic' | 're-export'
}

export interface SourceFile {
  /** Path below src/ with `/`. */
  readonly path: string
  /** First part of the path, `` for files directly in src/. */
  readonly folder: string
  readonly text: string
  /** The text without comments. */
  readonly code: string
  readonly imports: readonly Import[]
}

/** All TypeScript files of src/, or those in `texts` (path → text), with which the rules are tried out. */
export function sourceFiles(texts: ReadonlyMap<string, string> = readTree()): readonly SourceFile[] {
  return [...texts].map(([path, text]) => {
    const code = withoutComments(text)
    return {
      path,
      folder: path.includes('/') ? path.slice(0, path.indexOf('/')) : '',
      text,
      code,
      imports: importsOf(path, code),
    }
  })
}

function readTree(): ReadonlyMap<string, string> {
  const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  const files = paths.filter((path) => path.endsWith('.ts')).sort()
  return new Map(files.map((path) => [path, readFileSync(join(SRC, path), 'utf8')]))
}

/** All of the code beside src/ that may import from it, in one text. */
export function textsOutsideSrc(): string {
  return ['test', 'scripts', 'bin', 'bench']
    .map((folder) => join(SRC, '..', folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
    .filter((path) => /\.(?:ts|mjs|cjs|js)$/.test(path) && !path.endsWith('architecture.test.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|(?<=[\s;{}()])\/\/ .*$/
const STRING_OR_COMMENT = new RegExp(`(${STRING.source})|${COMMENT.source}`, 'gm')

/** Strings stay, and with them what only looks like a comment: `'/crl/*'`. */
function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (_, string: string | undefined) => string ?? '')
}

const STATEMENT = /^(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g
const BUILT_IN = /getBuiltinModule\(\s*'([^']+)'\s*\)/g

function importsOf(path: string, code: string): readonly Import[] {
  const imports: Import[] = []
  for (const [statement, keyword, type, specifier = ''] of code.matchAll(STATEMENT)) {
    if (keyword === 'export' && !/\sfrom\s/.test(statement)) continue
    const isType = type !== undefined
    imports.push(found(path, specifier, keyword === 'export' ? 're-export' : isType ? 'type' : 'static'))
  }
  for (const [, specifier = ''] of code.matchAll(DYNAMIC)) imports.push(found(path, specifier, 'dynamic'))
  for (const [, specifier = ''] of code.matchAll(BUILT_IN)) imports.push(found(path, specifier, 'dynamic'))
  return imports
}

function found(path: string, specifier: string, kind: Import['kind']): Import {
  const file = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined
  return { specifier, file, kind }
}

/** The circles among nodes, each once, as `a → b → a`. */
export function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node)
    if (at !== -1) {
      found.add([...path.slice(at), node].join(' → '))
      return
    }
    if (done.has(node)) return
    for (const next of edges.get(node) ?? []) visit(next, [...path, node])
    done.add(node)
  }
  for (const node of edges.keys()) visit(node, [])
  return [...found]
}
