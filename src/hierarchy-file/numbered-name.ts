/** Names of many: `client-{n}` is client-1, client-2, …; `client-{nnnn}` is client-0001. */

const NUMBER = /\{(n{1,9})\}/g

/** Whether a text holds a place for the number. */
export function isNumbered(text: string): boolean {
  return text.search(NUMBER) !== -1
}

/** The text with the number in; one that is longer than its place stays whole. */
export function numbered(text: string, n: number): string {
  return text.replace(NUMBER, (_, place: string) => String(n).padStart(place.length, '0'))
}

/** What a numbered name looks like, for finding out whether another one is among its names. */
export function numberIn(pattern: string, name: string): number | undefined {
  const [before = '', after = ''] = pattern.split(/\{n{1,9}\}/)
  if (!name.startsWith(before) || !name.endsWith(after)) return undefined
  const digits = name.slice(before.length, name.length - after.length)
  if (!/^\d{1,9}$/.test(digits)) return undefined
  return numbered(pattern, Number(digits)) === name ? Number(digits) : undefined
}
