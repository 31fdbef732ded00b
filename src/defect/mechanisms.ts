/** The few ways in which defects are caused. Each returns a {@link Spoiling}; the groups put them together. */

import { concatBytes } from '../der/writer.ts'
import type { IssueRequest } from '../issue/issue-request.ts'
import { decodeExtensions } from '../x509/decoded-extensions.ts'
import {
  type ExtensionToWrite,
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeExtKeyUsage,
  encodeKeyUsage,
  encodeNameConstraints,
} from '../x509/extension-encoding.ts'
import type { AuthorityKeyIdentifier, BasicConstraints, GeneralSubtree, KeyUsageName } from '../x509/extension-value.ts'
import { encodeGeneralNames, type GeneralName } from '../x509/general-name.ts'
import { parseSubtreeText } from '../x509/general-name-text.ts'
import { type Name, parseName } from '../x509/name.ts'
import { parseNameText } from '../x509/name-text.ts'
import { EXTENSION } from '../x509/oids.ts'
import type { Part, SignedParts, Spoiling } from './spoiling.ts'
import type { TbsFields } from './tbs-fields.ts'

type ExtensionName = keyof typeof EXTENSION

export const SECOND = 1000
export const DAY = 86_400 * SECOND

/** The validity period, in milliseconds from the moment of issue. What is left out stays. */
export function period({ from, until }: { readonly from?: number; readonly until?: number }): Spoiling {
  return {
    touches: ['validity'],
    request: (request) => ({
      ...request,
      ...(from !== undefined && { notBefore: after(request.now, from) }),
      ...(until !== undefined && { notAfter: after(request.now, until) }),
    }),
  }
}

function after(now: Date, milliseconds: number): Date {
  return new Date(Math.floor(now.getTime() / SECOND) * SECOND + milliseconds)
}

/** RFC 4514 text; empty for an empty name. */
export function subject(text: string): Spoiling {
  return subjectName(parseName(parseNameText(text)))
}

export function subjectName(name: Name): Spoiling {
  return { touches: ['subject'], request: (request) => ({ ...request, subject: name }) }
}

export function serialNumber(value: bigint): Spoiling {
  return { touches: ['serialNumber'], request: (request) => ({ ...request, serialNumber: value }) }
}

/** An extension with another value; it keeps its place and whether it is critical, unless that is said. */
export function extension(
  name: ExtensionName,
  value: Uint8Array | ((request: IssueRequest) => Uint8Array),
  critical?: boolean,
): Spoiling {
  return {
    touches: [name],
    request: (request) => {
      const oid = EXTENSION[name]
      const bytes = typeof value === 'function' ? value(request) : value
      const present = request.extensions.find((one) => one.oid === oid)
      const changed = { oid, critical: critical ?? present?.critical ?? false, value: bytes }
      const extensions = request.extensions.map((one) => (one === present ? changed : one))
      return { ...request, extensions: present === undefined ? [...extensions, changed] : extensions }
    },
  }
}

export function without(...names: readonly ExtensionName[]): Spoiling {
  const oids = new Set<string>(names.map((name) => EXTENSION[name]))
  return {
    touches: names,
    request: (request) => ({ ...request, extensions: request.extensions.filter(({ oid }) => !oids.has(oid)) }),
  }
}

/** The extension as it is, marked critical or not. */
export function criticality(name: ExtensionName, critical: boolean): Spoiling {
  return {
    touches: [name],
    request: (request) => {
      const mark = (one: ExtensionToWrite) => (one.oid === EXTENSION[name] ? { ...one, critical } : one)
      return { ...request, extensions: request.extensions.map(mark) }
    },
  }
}

/** One more extension, of whatever identifier. */
export function extra(extension: ExtensionToWrite, touches: readonly Part[] = []): Spoiling {
  return { touches, request: (request) => ({ ...request, extensions: [...request.extensions, extension] }) }
}

export function basicConstraints(constraints: BasicConstraints, critical?: boolean): Spoiling {
  return extension('basicConstraints', encodeBasicConstraints(constraints), critical)
}

export function keyUsage(...usages: readonly KeyUsageName[]): Spoiling {
  return extension('keyUsage', encodeKeyUsage(usages), true)
}

/** @param purposes object identifiers */
export function extKeyUsage(purposes: readonly string[], critical?: boolean): Spoiling {
  return extension('extKeyUsage', encodeExtKeyUsage(purposes), critical)
}

/** The names of subjectAltName, from those that were asked for. */
export function alternativeNames(change: (names: readonly GeneralName[]) => readonly GeneralName[]): Spoiling {
  return extension('subjectAltName', (request) => encodeGeneralNames(change(namesOf(request))))
}

function namesOf({ extensions }: IssueRequest): readonly GeneralName[] {
  return decodeExtensions(extensions.map((one) => ({ ...one, offset: 0 }))).decoded.subjectAltName ?? []
}

export function dns(value: string): GeneralName {
  return { type: 'dNSName', value }
}

/** The first host name among them. Where there is none, one stands in that nobody has (RFC 6761 §6.4). */
export function hostOf(names: readonly GeneralName[]): string {
  const host = names.find((name) => name.type === 'dNSName')
  return host?.type === 'dNSName' ? host.value : 'www.host.invalid'
}

/** Texts such as `dns:other.test`. */
export function nameConstraints(
  { permit = [], exclude = [] }: { readonly permit?: readonly string[]; readonly exclude?: readonly string[] },
  critical = true,
): Spoiling {
  const value = encodeNameConstraints({
    permittedSubtrees: permit.map(subtree),
    excludedSubtrees: exclude.map(subtree),
  })
  return extension('nameConstraints', value, critical)
}

export function subtree(text: string): GeneralSubtree {
  return { base: parseSubtreeText(text), minimum: 0, maximum: undefined }
}

/** Of the right identifier, changed. */
export function authorityKeyIdentifier(
  change: (right: AuthorityKeyIdentifier, request: IssueRequest) => AuthorityKeyIdentifier,
): Spoiling {
  return extension('authorityKeyIdentifier', (request) => {
    const { decoded } = decodeExtensions(request.extensions.map((one) => ({ ...one, offset: 0 })))
    const none = { keyIdentifier: undefined, authorityCertIssuer: undefined, authorityCertSerialNumber: undefined }
    return encodeAuthorityKeyIdentifier(change(decoded.authorityKeyIdentifier ?? none, request))
  })
}

/** A field of tbsCertificate written otherwise; it is signed as it then stands. */
export function field<K extends keyof TbsFields>(
  name: K,
  change: (field: TbsFields[K], fields: TbsFields) => TbsFields[K],
  touches: readonly Part[],
): Spoiling {
  return { touches, tbs: (fields) => ({ ...fields, [name]: change(fields[name], fields) }) }
}

/** Something done to a certificate after it was signed. */
export function afterSigning(change: (parts: SignedParts) => Partial<SignedParts>, touches: readonly Part[]): Spoiling {
  return { touches, signed: (parts) => ({ ...parts, ...change(parts) }) }
}

/**
 * Nothing is changed, but the defect rests on these parts as they are: what changes them would give it another
 * meaning, and contradicts it.
 */
export function restingOn(...touches: readonly Part[]): Spoiling {
  return { touches }
}

/** The bytes of the whole certificate, changed. */
export function encoding(change: (certificate: Uint8Array) => Uint8Array): Spoiling {
  return { touches: ['encoding'], encoded: change }
}

/** The bytes with one bit turned. @param at counted from the end if negative */
export function withFlippedBit(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice()
  const index = at < 0 ? bytes.length + at : at
  changed[index] = (changed[index] as number) ^ 1
  return changed
}

/** An element whose length octets are others than they should be. */
export function withLength(encoded: Uint8Array, length: readonly number[]): Uint8Array {
  const long = encoded[1] as number
  const content = encoded.subarray(long < 0x80 ? 2 : 2 + (long & 0x7f))
  return concatBytes([encoded.subarray(0, 1), Uint8Array.from(length), content])
}
