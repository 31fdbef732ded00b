/** Decoding a list of extensions into an object by names. A value that does not decode is kept as a fault. */

import { DerError } from '../der/reader.ts'
import type { Extension } from './extension.ts'
import { EXTENSION } from './oids.ts'

/** An extension whose value does not decode, and where it goes wrong. */
export interface MalformedExtension {
  readonly oid: string
  readonly error: DerError
}

/** What came of a list of extensions: the fields of `T`, absent where the extension is absent or malformed. */
export interface Decoding<T> {
  readonly decoded: T
  readonly malformed: readonly MalformedExtension[]
}

/** For each field of `T` what decodes the extension of that name in {@link EXTENSION}. */
export type Decoders<T> = { readonly [K in keyof T]-?: (value: Uint8Array) => T[K] }

/** Decodes the extensions that it has decoders for, and passes over the others. */
export class ExtensionDecoder<T extends object> {
  readonly #decoders: Decoders<T>
  readonly #fieldByOid: ReadonlyMap<string, keyof T>

  constructor(decoders: Decoders<T>) {
    this.#decoders = decoders
    const fields = Object.keys(decoders) as (keyof T & keyof typeof EXTENSION)[]
    this.#fieldByOid = new Map(fields.map((field) => [EXTENSION[field], field]))
  }

  knows(oid: string): boolean {
    return this.#fieldByOid.has(oid)
  }

  decode(extensions: readonly Extension[]): Decoding<T> {
    const decoded: Partial<Record<keyof T, T[keyof T]>> = {}
    const malformed: MalformedExtension[] = []
    for (const { oid, value, offset } of extensions) {
      const field = this.#fieldByOid.get(oid)
      // Of several with one identifier the first counts, also if it does not decode: thousands may follow it.
      if (field === undefined || field in decoded || malformed.some((known) => known.oid === oid)) continue
      try {
        decoded[field] = this.#decoders[field](value)
      } catch (error) {
        if (!(error instanceof DerError)) throw error
        malformed.push({ oid, error: new DerError(error.message, offset + error.offset) })
      }
    }
    return { decoded: decoded as T, malformed }
  }
}
