/**
 * Lines of text with styles, laid out before they are coloured: widths are counted here, and escape sequences have
 * none. What comes out of certificates is made harmless on the way.
 */

import type { Output } from '../io.ts'
import type { Paint } from './paint.ts'

/** A stretch of text in one style. */
export interface Span {
  readonly text: string
  readonly style?: keyof Paint | undefined
}

export type Line = readonly Span[]

export function span(text: string, style?: keyof Paint): Span {
  return { text, style }
}

/** Coloured text, one line feed behind each line, no white space at the ends of lines. */
export function formatLines(lines: readonly Line[], colors: Paint): string {
  return lines
    .map(
      (line) =>
        `${trimEnd(line)
          .map((part) => paintSpan(part, colors))
          .join('')}\n`,
    )
    .join('')
}

function paintSpan({ text, style }: Span, colors: Paint): string {
  return style === undefined || text === '' ? text : colors[style](text)
}

function trimEnd(line: Line): Line {
  const last = line.at(-1)
  if (last === undefined || last.text.trimEnd() === last.text) return line
  const text = last.text.trimEnd()
  return text === '' ? trimEnd(line.slice(0, -1)) : [...line.slice(0, -1), { ...last, text }]
}

/** How wide text may be: as the terminal, within what people read with ease; a fixed width for files and pipes. */
export function textWidth({ isTTY, columns }: Pick<Output, 'isTTY' | 'columns'>): number {
  return isTTY ? Math.min(Math.max(columns, 60), 140) : 100
}

/** Columns that a line takes. */
export function widthOf(line: Line): number {
  return line.reduce((width, { text }) => width + [...text].length, 0)
}

/** All lines moved right. */
export function indent(lines: readonly Line[], columns: number): readonly Line[] {
  const margin = span(' '.repeat(columns))
  return lines.map((line) => [margin, ...line])
}

/** `head` in front of the first line, as much white space in front of the others. */
export function hang(head: Line, lines: readonly Line[]): readonly Line[] {
  const margin = span(' '.repeat(widthOf(head)))
  return lines.map((line, i) => (i === 0 ? [...head, ...line] : [margin, ...line]))
}

/** Breaks at spaces so that no line is wider than `width`, unless a single word is. */
export function wrap(line: Line, width: number): readonly Line[] {
  if (widthOf(line) <= width) return [line]
  const lines: Span[][] = [[]]
  let column = 0
  for (const { text, style } of line) {
    for (const word of text.split(/(?<= )/)) {
      const length = [...word].length
      if (column > 0 && column + [...word.trimEnd()].length > width) {
        lines.push([])
        column = 0
      }
      lines.at(-1)?.push({ text: word, style })
      column += length
    }
  }
  return lines
}

/**
 * Breaks hexadecimal digits into lines of at most `width` columns: of whole blocks of 16 octets if one fits, so that
 * a digest breaks in the middle, else of whole octets.
 */
export function chopHex(digits: string, width: number): readonly string[] {
  if (digits.length <= width) return [digits]
  const unit = width >= 32 ? 32 : 2
  const length = Math.max(unit, width - (width % unit))
  const pieces: string[] = []
  for (let i = 0; i < digits.length; i += length) pieces.push(digits.slice(i, i + length))
  return pieces
}

/**
 * Foreign text, safe to print: control characters (an escape sequence could rewrite the verdict above it), invisible
 * formatting characters (bidirectional overrides among them), and lone surrogates are written out as `\u{…}`.
 */
export function harmless(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
