/** Where random octets come from. It is an argument everywhere, so that tests and fixtures can repeat themselves. */

/** Gives `length` octets: `node:crypto`'s `randomBytes` in production, something seeded where output must repeat. */
export type RandomSource = (length: number) => Uint8Array
