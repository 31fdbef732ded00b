/**
 * A template is a text file: what it is, then the configuration with `{{placeholders}}`.
 *
 *     ---
 *     description: nginx as a mutual-TLS reverse proxy
 *     file: nginx.conf
 *     quoting: nginx
 *     ---
 *     # …
 *     ssl_certificate {{server.fullchain}};
 *
 * `quoting` says how texts and paths are written (`quoting.ts`); a placeholder may say otherwise: `{{server.host|plain}}`.
 * The head is not part of the snippet, and the same in every format.
 */

import { PkiError } from '../errors.ts'
import {
  isPlaceholderName,
  PLACEHOLDER_NAMES,
  type PlaceholderName,
  placeholderValue,
  rolesOf,
  SNIPPET_ROLES,
  type SnippetFacts,
  type SnippetFile,
  type SnippetRole,
} from './placeholders.ts'
import { isQuotingName, QUOTING_NAMES, type QuotingName, quote } from './quoting.ts'

export interface SnippetTemplate {
  /** The name by which people ask for it. */
  readonly name: string
  /** One line for people. */
  readonly description: string
  /** What the file is usually called. */
  readonly fileName: string
  /** What of the store it takes. */
  readonly needs: readonly SnippetRole[]
  /** Text and placeholders in turn. */
  readonly parts: readonly (string | TemplatePlaceholder)[]
}

interface TemplatePlaceholder {
  readonly name: PlaceholderName
  readonly quoting: QuotingName
}

/** A template filled in. */
export interface Snippet {
  readonly text: string
  /** The files it names, each once. */
  readonly files: readonly SnippetFile[]
}

/**
 * Reads a template.
 * @param file names it in errors
 * @throws PkiError `input.malformed` for a head with something missing or unknown, and for an unknown placeholder
 */
export function parseTemplate(name: string, text: string, file: string): SnippetTemplate {
  const [whole, headText = ''] = /^---\r?\n([\s\S]*?\n)---\r?\n/.exec(text) ?? []
  if (whole === undefined) throw mistake(file, 'it must begin with a head between two lines of ---')
  const { description, file: fileName, quoting } = parseHead(headText, file)
  if (!isQuotingName(quoting)) {
    throw mistake(file, `unknown quoting: ${quoting}`, `use one of ${QUOTING_NAMES.join(', ')}`)
  }
  const parts = parseBody(text.slice(whole.length).replaceAll('\r\n', '\n'), quoting, file)
  const needed = new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : rolesOf(part.name))))
  return { name, description, fileName, needs: SNIPPET_ROLES.filter((role) => needed.has(role)), parts }
}

const HEAD_ENTRIES = ['description', 'file', 'quoting'] as const

function parseHead(text: string, file: string): Record<(typeof HEAD_ENTRIES)[number], string> {
  const head = { description: '', file: '', quoting: '' }
  for (const line of text.split(/\r?\n/).filter((each) => each.trim() !== '')) {
    const [, key = '', value = ''] = /^([a-z]+):\s*(.*?)\s*$/.exec(line) ?? []
    const entry = HEAD_ENTRIES.find((known) => known === key)
    if (entry === undefined) throw mistake(file, `unknown line in the head: ${line}`)
    head[entry] = value
  }
  for (const entry of HEAD_ENTRIES) if (head[entry] === '') throw mistake(file, `the head has no ${entry}`)
  return head
}

function parseBody(text: string, quoting: QuotingName, file: string): SnippetTemplate['parts'] {
  const parts: (string | TemplatePlaceholder)[] = []
  let end = 0
  for (const match of text.matchAll(/\{\{([^{}\n]*)\}\}/g)) {
    parts.push(text.slice(end, match.index), parsePlaceholder(match[1] ?? '', quoting, file))
    end = match.index + match[0].length
  }
  return [...parts, text.slice(end)]
}

function parsePlaceholder(text: string, quoting: QuotingName, file: string): TemplatePlaceholder {
  const [name = '', rule = quoting, ...more] = text.trim().split('|')
  if (!isPlaceholderName(name)) {
    throw mistake(file, `unknown placeholder: {{${text}}}`, `use one of ${PLACEHOLDER_NAMES.join(', ')}`)
  }
  if (!isQuotingName(rule) || more.length > 0) {
    throw mistake(file, `unknown quoting: {{${text}}}`, `use one of ${QUOTING_NAMES.join(', ')}`)
  }
  return { name, quoting: rule }
}

function mistake(file: string, what: string, hint?: string): PkiError {
  return new PkiError('input.malformed', `${file}: ${what}`, { ...(hint !== undefined && { hint }), context: { file } })
}

/**
 * Fills a template in. Nothing is written: the files it names are to be there when the snippet is used.
 * @param pathOf the path of a file in the export folder, as the consumer is to read it
 * @throws PkiError `input.unsupported` for a path that the format cannot express
 */
export function fillTemplate(
  { parts }: SnippetTemplate,
  facts: SnippetFacts,
  pathOf: (fileName: string) => string,
): Snippet {
  const files = new Map<string, SnippetFile>()
  const text = parts.map((part) => {
    if (typeof part === 'string') return part
    const value = placeholderValue(part.name, facts)
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string') return quote(value, part.quoting)
    files.set(value.fileName, value)
    return quote(pathOf(value.fileName), part.quoting)
  })
  return { text: text.join(''), files: [...files.values()] }
}
