/** Prints a result of `--json`. What the values look like: `json-value.ts`; the shapes: `result-json.ts` and renderers. */

import type { Io } from './io.ts'

/** Two spaces of indentation, a line feed at the end. */
export function writeJson(io: Io, value: object): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
