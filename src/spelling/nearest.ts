/** "Did you mean …?": the known word nearest to a mistyped one. */

/**
 * The candidate that the word is the beginning of, or else the nearest within a third of the word's length in edits;
 * of equals the one that begins alike, or else the first. Undefined if nothing comes near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const completed = word.length < 2 ? undefined : candidates.find((candidate) => candidate.startsWith(word))
  if (completed !== undefined) return completed
  const limit = Math.max(1, Math.ceil(word.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    const isTie = distance === bestDistance && best !== undefined && !beginsAs(best, word) && beginsAs(candidate, word)
    if (distance < bestDistance || isTie) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Whether the first letters agree: few people mistype that one. */
function beginsAs(candidate: string, word: string): boolean {
  return candidate.slice(0, 1).toLowerCase() === word.slice(0, 1).toLowerCase()
}

/**
 * A hint that names the nearest word, if one comes near, and then all there are.
 * @param lead stands before them: `use one of`, `there are:`
 */
export function hintOf(word: string, candidates: readonly string[], lead = 'use one of', shown = candidates): string {
  const near = nearest(word, candidates) ?? withSameLetters(word, candidates)
  return `${near === undefined ? '' : `did you mean ${near}? `}${lead} ${shown.join(', ')}`
}

/** `P-256` and `p256` are in `ec-p256`. */
function withSameLetters(word: string, candidates: readonly string[]): string | undefined {
  const letters = lettersOf(word)
  return letters.length < 3 ? undefined : candidates.find((candidate) => lettersOf(candidate).includes(letters))
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Damerau–Levenshtein distance: insertions, deletions, substitutions, and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let distance = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforePrevious, j - 2) + 1)
      }
      row.push(distance)
    }
    beforePrevious = previous
    previous = row
  }
  return at(previous, b.length)
}

/** Indices above stay inside their rows; a row that is too short is a bug and makes every distance infinite. */
function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
