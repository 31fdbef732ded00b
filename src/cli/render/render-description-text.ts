/** A description as text for people: aligned labels, times with their distance from now, nothing wider than asked. */

import type { DerOutline } from '../../describe/der-outline.ts'
import type { Description, ExtensionValue, Field, Value } from '../../describe/description.ts'
import { formatGeneralName } from '../../x509/general-name-text.ts'
import type { Name } from '../../x509/name.ts'
import { Name as NameOfOneRdn } from '../../x509/name.ts'
import { formatName } from '../../x509/name-text.ts'
import { formatInstant, relativeTime } from './relative-time.ts'
import { chopHex, hang, harmless, indent, type Line, type Span, span, widthOf, wrap } from './styled-text.ts'

export interface TextOptions {
  readonly now: Date
  /** Columns that may be used. */
  readonly width: number
}

/** The labels' column ends here at the latest: a long label moves its value to the next line. */
const MAX_LABEL = 24
/** A value gets at least this much room beside its label. */
const MIN_VALUE_WIDTH = 36
/** So many items of a list are shown; `--json` shows all. */
const MAX_ITEMS = 40
/** So many octets of a signature are shown: enough to recognise it. */
const BULK_OCTETS = 16

/**
 * One line of title, then the fields.
 * @param note stands behind the title, such as where the thing comes from
 */
export function describeAsText(
  { kind, title, fields }: Description,
  note: string,
  options: TextOptions,
): readonly Line[] {
  const heading = [
    span(KIND_TITLE[kind], 'accent'),
    span('  '),
    span(harmless(title), 'strong'),
    span(`  ${note}`, 'quiet'),
  ]
  return [heading, ...indent(fieldLines(fields, { ...options, width: options.width - 2 }, true), 2)]
}

const KIND_TITLE: Readonly<Record<Description['kind'], string>> = {
  certificate: 'Certificate',
  certificationRequest: 'Certification request',
  certificateList: 'CRL',
  ocspRequest: 'OCSP request',
  ocspResponse: 'OCSP response',
  publicKey: 'Public key',
  privateKey: 'Private key',
  tlsServer: 'TLS server',
}

/** @param outermost whether groups of fields stand below headings even where they would fit into a line */
function fieldLines(fields: readonly Field[], options: TextOptions, outermost = false): readonly Line[] {
  const sections = new Set(
    fields.filter(
      ({ value }) => isSection(value, options) || (outermost && value.type === 'fields' && value.fields.length > 1),
    ),
  )
  const labels = fields.filter((field) => !sections.has(field)).map(({ name }) => name.length)
  const column = Math.min(MAX_LABEL, Math.max(0, ...labels)) + 2
  return fields.flatMap((field) => (sections.has(field) ? section(field, options) : row(field, column, options)))
}

/** Lists of extensions and of structures, and groups of fields too big for a line, stand below a heading. */
function isSection(value: Value, { width }: TextOptions): boolean {
  if (value.type === 'list') return value.items.some((item) => item.type === 'extension' || item.type === 'fields')
  if (value.type !== 'fields') return false
  const inline = inlineFields(value.fields)
  return inline === undefined || widthOf(inline) > width - MAX_LABEL
}

function section({ name, value }: Field, options: TextOptions): readonly Line[] {
  const inner = { ...options, width: options.width - 2 }
  return [[span(name, 'accent')], ...indent(blockLines(value, inner), 2)]
}

function row({ name, value }: Field, column: number, options: TextOptions): readonly Line[] {
  const label = span(name.padEnd(column), 'quiet')
  const width = options.width - column
  const lines = valueLines(value, { ...options, width }, name)
  if (name.length > column - 2) return [[span(name, 'quiet')], ...indent(lines, column)]
  return hang([label], lines)
}

/** A value in a column of its own. `field` is the name of the field it stands in, which gives some times a meaning. */
function valueLines(value: Value, options: TextOptions, field = ''): readonly Line[] {
  switch (value.type) {
    case 'time':
      return wrap(instantSpans(value.date, field, options.now), options.width)
    case 'name':
      return nameLines(value.name, options.width)
    case 'octets':
      return chopHex(hex(value.octets), options.width).map((piece) => [span(piece)])
    default: {
      const inline = inlineSpans(value)
      if (inline !== undefined && widthOf(inline) <= options.width) return [inline]
      return blockLines(value, options)
    }
  }
}

/** A value over as many lines as it takes. */
function blockLines(value: Value, options: TextOptions): readonly Line[] {
  switch (value.type) {
    case 'list':
      return listLines(value.items, options)
    case 'fields':
      return fieldLines(value.fields, options)
    case 'unknown':
      return unknownLines(value.octets, value.outline, options)
    default:
      return wrap(inlineSpans(value) ?? [], options.width)
  }
}

function listLines(items: readonly Value[], options: TextOptions): readonly Line[] {
  const shown = items.slice(0, MAX_ITEMS)
  const extensions = shown.filter((item) => item.type === 'extension')
  const lines =
    extensions.length > 0
      ? extensionLines(extensions, options)
      : shown.flatMap((item) => hang(item.type === 'fields' ? [span('- ', 'quiet')] : [], itemLines(item, options)))
  if (items.length === 0) return [[span('none', 'quiet')]]
  if (items.length === shown.length) return lines
  return [...lines, [span(`… ${items.length - shown.length} more; --json shows all`, 'quiet')]]
}

function itemLines(item: Value, options: TextOptions): readonly Line[] {
  if (item.type !== 'fields') return valueLines(item, options)
  const inner = { ...options, width: options.width - 2 }
  const [lead, ...others] = item.fields
  const inline = inlineFields(item.fields)
  if (lead === undefined || !isLed(item.fields)) return valueLines(item, inner)
  if (inline !== undefined && widthOf(inline) <= inner.width) return [inline]
  return [...valueLines(lead.value, inner), ...fieldLines(others, inner)]
}

/** A structure in a list that begins with its only identifier is named by it: `caIssuers  accessLocation: URI:…`. */
function isLed(fields: readonly Field[]): boolean {
  return fields[0]?.value.type === 'oid' && fields.filter(({ value }) => value.type === 'oid').length === 1
}

function extensionLines(extensions: readonly ExtensionValue[], options: TextOptions): readonly Line[] {
  const lengths = extensions.map((extension) => labelOf(extension).length).filter((length) => length <= MAX_LABEL)
  const column = Math.max(0, ...lengths) + 2
  return extensions.flatMap((extension) => {
    const label = labelOf(extension)
    const fits = label.length <= MAX_LABEL && options.width - column >= MIN_VALUE_WIDTH
    const margin = fits ? column : 4
    const lines = extensionValueLines(extension, { ...options, width: options.width - margin })
    if (fits) return hang([span(label.padEnd(column))], lines)
    return [[span(label)], ...indent(lines, margin)]
  })
}

const labelOf = ({ name, oid }: ExtensionValue): string => name ?? oid

function extensionValueLines({ critical, value, malformed }: ExtensionValue, options: TextOptions): readonly Line[] {
  const mark: Line = critical ? [span('critical', 'warn'), span('  ')] : []
  if (malformed !== undefined) {
    const fault = [...mark, span(`malformed: ${malformed.message} (at octet ${malformed.offset} of its value)`, 'bad')]
    return [...wrap(fault, options.width), ...valueLines(value, options)]
  }
  const [first, ...others] = valueLines(value, { ...options, width: options.width - widthOf(mark) })
  if (first === undefined) return [mark]
  // Beside the mark if it is one line; below it, and not moved right, if it is a block.
  return others.length === 0 || mark.length === 0
    ? [[...mark, ...first], ...others]
    : [mark, ...valueLines(value, options)]
}

/** The value on one line, however long; undefined for what needs several. */
function inlineSpans(value: Value): Line | undefined {
  switch (value.type) {
    case 'text':
      return [span(harmless(value.text))]
    case 'number':
      return [span(String(value.number))]
    case 'boolean':
      return [span(String(value.boolean))]
    case 'time':
      return [span(formatInstant(value.date))]
    case 'octets':
      return [span(hex(value.octets))]
    case 'bulk':
      return bulkSpans(value.octets)
    case 'oid':
      return [span(value.name ?? value.oid)]
    case 'name':
      return [span(formatName(value.name))]
    case 'generalName':
      return [span(harmless(formatGeneralName(value.generalName)))]
    case 'list':
      return inlineList(value.items)
    case 'fields':
      return inlineFields(value.fields)
    case 'extension':
    case 'unknown':
      return undefined
  }
}

function inlineList(items: readonly Value[]): Line | undefined {
  const parts = items.map(inlineSpans)
  if (items.length === 0) return [span('none', 'quiet')]
  return joined(parts, ', ')
}

/** `cA: true, pathLenConstraint: 0`. Octets that stand alone say what they are, as a lone key identifier does. */
function inlineFields(fields: readonly Field[]): Line | undefined {
  const [lead, ...others] = fields
  if (lead?.value.type === 'octets' && others.length === 0) return inlineSpans(lead.value)
  if (lead === undefined || !isLed(fields)) return joined(fields.map(inlineField), ', ')
  const rest = joined(others.map(inlineField), ', ')
  return rest && [...(inlineSpans(lead.value) ?? []), ...(others.length === 0 ? [] : [span('  ')]), ...rest]
}

function inlineField({ name, value }: Field): Line | undefined {
  const inline = value.type === 'fields' || value.type === 'list' ? inlineSingle(value) : inlineSpans(value)
  return inline && [span(`${name}: `, 'quiet'), ...inline]
}

/** A list of one item can stand inside a line of fields; a longer one would blur it. */
function inlineSingle(value: Value): Line | undefined {
  if (value.type !== 'list' || value.items.length !== 1) return undefined
  const [item] = value.items
  return item && item.type !== 'fields' ? inlineSpans(item) : undefined
}

function joined(parts: readonly (Line | undefined)[], separator: string): Line | undefined {
  const spans: Span[] = []
  for (const [i, part] of parts.entries()) {
    if (part === undefined) return undefined
    if (i > 0) spans.push(span(separator, 'quiet'))
    spans.push(...part)
  }
  return spans
}

/** Ends of a period, by field name: what it means that one has passed, or has not yet come. */
function instantSpans(date: Date, field: string, now: Date): Line {
  const instant = span(formatInstant(date))
  const distance = relativeTime(date, now)
  // A period includes its last second (RFC 5280 §4.1.2.5).
  const isOver = date.getTime() + 1000 <= now.getTime()
  if (field === 'notAfter' && isOver) return [instant, span(`  expired ${distance}`, 'bad')]
  if (field === 'nextUpdate' && isOver) return [instant, span(`  overdue, ${distance}`, 'bad')]
  if (field === 'notBefore' && date > now) return [instant, span(`  not yet valid, ${distance}`, 'warn')]
  return [instant, span(`  ${distance}`, 'quiet')]
}

/** Both forms of a name: RFC 4514, last RDN first, and as it is encoded. One RDN looks the same in both. */
function nameLines(name: Name, width: number): readonly Line[] {
  if (name.isEmpty) return [[span('empty', 'quiet')]]
  const lines = wrap([span(formatName(name))], width)
  if (name.rdns.length === 1) return lines
  const inOrder = name.rdns.map((rdn) => formatName(new NameOfOneRdn(name.encoded, [rdn]))).join(', ')
  return [...lines, ...wrap([span(inOrder, 'quiet')], width)]
}

function bulkSpans(octets: Uint8Array): Line {
  const rest = octets.length > BULK_OCTETS ? '…' : ''
  const size = span(`  ${octets.length} octets`, 'quiet')
  return [span(`${hex(octets.subarray(0, BULK_OCTETS))}${rest}`), size]
}

function unknownLines(
  octets: Uint8Array,
  outline: readonly DerOutline[] | undefined,
  options: TextOptions,
): readonly Line[] {
  const lines: Line[] = chopHex(hex(octets), options.width).map((piece) => [span(piece)])
  if (outline === undefined) return lines
  return [...lines, ...outlineLines(outline, options.width)]
}

function outlineLines(outline: readonly DerOutline[], width: number): readonly Line[] {
  return outline.flatMap(({ type, value, children }) => {
    const text = value === undefined || value === '' ? type : `${type} ${harmless(value)}`
    return [...wrap([span(text, 'quiet')], width), ...indent(outlineLines(children, Math.max(width - 2, 20)), 2)]
  })
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex')
}
