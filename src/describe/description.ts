/**
 * What a certificate, request, CRL or key says, as data: named fields with typed values, in the order people read
 * them. The makers of descriptions (`describe-….ts`) decide what is said; a renderer decides how it looks. Text and
 * JSON come from the same tree, so that neither knows anything the other does not.
 */

import type { GeneralName } from '../x509/general-name.ts'
import type { Name } from '../x509/name.ts'
import type { DerOutline } from './der-outline.ts'

/** A value: what it is, not how it is shown. */
export type Value =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly number: number | bigint }
  | { readonly type: 'boolean'; readonly boolean: boolean }
  | { readonly type: 'time'; readonly date: Date }
  | { readonly type: 'octets'; readonly octets: Uint8Array }
  /** Octets that nobody compares by eye, such as a signature: text output may cut them short. */
  | { readonly type: 'bulk'; readonly octets: Uint8Array }
  | { readonly type: 'oid'; readonly oid: string; readonly name: string | undefined }
  | { readonly type: 'name'; readonly name: Name }
  | { readonly type: 'generalName'; readonly generalName: GeneralName }
  | { readonly type: 'list'; readonly items: readonly Value[] }
  | { readonly type: 'fields'; readonly fields: readonly Field[] }
  | ExtensionValue
  /** Octets of unknown meaning, and their structure if they are DER. */
  | { readonly type: 'unknown'; readonly octets: Uint8Array; readonly outline: readonly DerOutline[] | undefined }

export interface ExtensionValue {
  readonly type: 'extension'
  readonly oid: string
  readonly name: string | undefined
  readonly critical: boolean
  readonly octets: Uint8Array
  readonly value: Value
  /** Why the value does not decode; then `value` is of type `unknown`. */
  readonly malformed: { readonly message: string; readonly offset: number } | undefined
}

export interface Field {
  /** The RFC's name of the field, which is its JSON key and its label. */
  readonly name: string
  readonly value: Value
}

/** Everything there is to say about one object. */
export interface Description {
  readonly kind: DescribedKind
  /** One line by which people recognise the object: usually its subject. */
  readonly title: string
  readonly fields: readonly Field[]
}

export type DescribedKind =
  | 'certificate'
  | 'certificationRequest'
  | 'certificateList'
  | 'ocspRequest'
  | 'ocspResponse'
  | 'publicKey'
  | 'privateKey'
  /** A handshake with a server; its certificates are described by themselves. */
  | 'tlsServer'

export const text = (value: string): Value => ({ type: 'text', text: value })
export const number = (value: number | bigint): Value => ({ type: 'number', number: value })
export const boolean = (value: boolean): Value => ({ type: 'boolean', boolean: value })
export const time = (date: Date): Value => ({ type: 'time', date })
export const octets = (value: Uint8Array): Value => ({ type: 'octets', octets: value })
export const bulk = (value: Uint8Array): Value => ({ type: 'bulk', octets: value })
export const oidValue = (oid: string, name: string | undefined): Value => ({ type: 'oid', oid, name })
export const nameValue = (name: Name): Value => ({ type: 'name', name })
export const generalName = (value: GeneralName): Value => ({ type: 'generalName', generalName: value })
export const list = (items: readonly Value[]): Value => ({ type: 'list', items })

/** Fields in order; those without a value are left out. */
export function fields(entries: Readonly<Record<string, Value | undefined>>): Extract<Value, { type: 'fields' }> {
  const present: Field[] = []
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) present.push({ name, value })
  return { type: 'fields', fields: present }
}
