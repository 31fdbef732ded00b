/** A command line as one would type it, from words and option values. */

/**
 * @param words program, command and arguments
 * @param options values by camel-case names, as commander gives them; what is undefined or false is left out
 */
export function commandLine(words: readonly string[], options: object): string {
  const flags = Object.entries(options).flatMap(([name, value]) => flag(name, value))
  return [...words, ...flags].map(quote).join(' ')
}

function flag(name: string, value: unknown): readonly string[] {
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (value === undefined || value === false) return []
  if (value === true) return [long]
  return Array.isArray(value) ? value.flatMap((item) => [long, String(item)]) : [long, String(value)]
}

/** Double quotes mean the same to POSIX shells, PowerShell and cmd, as long as none of their own characters is inside. */
function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`
}
