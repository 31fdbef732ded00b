/**
 * Prints the hashes of the golden hierarchy as JSON: in another Node for `golden.test.ts`, and to renew its data when
 * the version of the derivation was raised (Node 22.18 or newer):
 *
 *     node test/seed/print-golden.ts > test/seed/golden.json
 */

import { goldenHashes } from './golden-hierarchy.ts'

process.stdout.write(`${JSON.stringify(await goldenHashes(), undefined, 2)}\n`)
