/** Values as they stand in the entries of a hierarchy file: YAML in its flow style, on one line. */

export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue }

/** `[a, b]`, `{ key: value }`, or a scalar. */
export function formatYamlValue(value: YamlValue): string {
  if (typeof value === 'string') return formatScalar(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isList(value)) return `[${value.map(formatYamlValue).join(', ')}]`
  const fields = Object.entries(value).map(([key, item]) => `${key}: ${formatYamlValue(item)}`)
  return `{ ${fields.join(', ')} }`
}

function isList(value: readonly YamlValue[] | { readonly [key: string]: YamlValue }): value is readonly YamlValue[] {
  return Array.isArray(value)
}

const PLAIN = /^[A-Za-z][A-Za-z0-9._@-]*$/
/** A number and a unit, an instant: nothing that YAML 1.2 takes for something else. */
const PLAIN_TIME = /^-?\d+(s|m|h|d|mo|y)$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const WORDS_OF_YAML = /^(true|false|null|yes|no|on|off|y|n)$/i

/** A YAML scalar: plain where nobody could misread it, otherwise as JSON, which YAML contains. */
export function formatScalar(text: string): string {
  const isPlain = (PLAIN.test(text) || PLAIN_TIME.test(text)) && !WORDS_OF_YAML.test(text)
  return isPlain ? text : JSON.stringify(text)
}

/** Text that is safe in a comment, which ends with the line. */
export function formatComment(text: string): string {
  return `# ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}`
}
