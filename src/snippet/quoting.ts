/**
 * How a text is written so that a program reads it back as it was: a folder may be called `it's "my" $HOME`. Each rule
 * gives a whole token, quotes included, so templates put none around a placeholder.
 */

import { PkiError } from '../errors.ts'

/** @throws PkiError `input.unsupported` for a text that the format has no way of writing */
export type QuotingRule = (text: string) => string

const RULES = {
  /** JSON, and what reads its strings: JavaScript, YAML, HCL. */
  json: (text) => JSON.stringify(text),
  /** As JSON, but for the line ends that C# knows besides. */
  csharp: (text) => JSON.stringify(text).replace(/[\u0085\u2028\u2029]/g, unicodeEscape),
  /** POSIX shells, and HAProxy, whose strong quotes are the same: nothing is special but the quote. */
  shell: quoteForShell,
  /** The value of curl's --cert as a word of the shell: a colon would begin the password of the key. */
  'curl-cert': (text) => quoteForShell(text.replace(/[\\:]/g, (character) => `\\${character}`)),
  /** nginx knows variables in quotes too, also in ssl_certificate, and no way around them. */
  nginx: (text) => `"${refuse(text, /\$/, 'nginx', 'a $').replace(/["\\]/g, (character) => `\\${character}`)}"`,
  /** Apache replaces `${NAME}` wherever NAME is defined. */
  apache: (text) => `"${refuse(text, /\$\{/, 'Apache', '${').replace(/["\\]/g, (character) => `\\${character}`)}"`,
  caddy: quoteForCaddy,
  /** For words inside comments: nothing that could end one, or be anything but itself. */
  plain: (text) => refuse(text, /[^A-Za-z0-9._:/@+=,[\]-]/, 'this place', 'a character that needs quotes'),
} as const satisfies Readonly<Record<string, QuotingRule>>

export type QuotingName = keyof typeof RULES

export const QUOTING_NAMES = Object.keys(RULES) as readonly QuotingName[]

export function isQuotingName(text: string): text is QuotingName {
  return Object.hasOwn(RULES, text)
}

/**
 * The text as one token of the format. The name of a file may hold line ends, and none of these formats takes one.
 * @throws PkiError `input.unsupported` for what cannot be written
 */
export function quote(text: string, name: QuotingName): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return RULES[name](refuse(text, /[\u0000-\u001f\u007f]/, 'a configuration file', 'a control character'))
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Backticks take everything but themselves; in double quotes a backslash is itself, unless a quote follows it. */
function quoteForCaddy(text: string): string {
  refuse(text, /\{/, 'Caddy', 'a {, which begins a placeholder')
  if (!text.includes('`')) return `\`${text}\``
  return `"${refuse(text, /\\/, 'Caddy', 'both a backtick and a backslash').replaceAll('"', '\\"')}"`
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function refuse(text: string, pattern: RegExp, where: string, what: string): string {
  if (!pattern.test(text)) return text
  throw new PkiError('input.unsupported', `${JSON.stringify(text)} cannot be written in ${where}: it holds ${what}`, {
    hint: 'pass --dir to keep the store in a folder with a plainer name',
    context: { text },
  })
}
