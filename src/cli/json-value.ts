/** What JSON can hold, and how this program writes the things that it cannot. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

/** ISO 8601 in UTC. */
export function instantJson(date: Date): string {
  return date.toISOString()
}

/** Lower-case hexadecimal. */
export function octetsJson(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex')
}
