/** Bytes as a test writes them. */

import { DerError } from '../../src/der/reader.ts'

/** `hex('30 03 02 01 05')`: white space is free. */
export function hex(text: string): Uint8Array {
  const packed = text.replace(/\s+/g, '')
  if (!/^([0-9a-f]{2})*$/i.test(packed)) throw new RangeError(`not hex: ${text}`)
  return new Uint8Array(Buffer.from(packed, 'hex'))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/**
 * Runs `read`, which must throw a DerError, and returns the offset it names: the fact by which these tests tell one
 * fault from another. Any other error passes through, any result is an error of its own.
 */
export function faultOffset(read: () => unknown): number {
  try {
    read()
  } catch (error) {
    if (error instanceof DerError) return error.offset
    throw error
  }
  throw new Error('it was accepted')
}
