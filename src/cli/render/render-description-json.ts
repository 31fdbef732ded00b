/** A description as JSON: field names are keys, in the same order as in the text. */

import type { DerOutline } from '../../describe/der-outline.ts'
import type { Description, Field, Value } from '../../describe/description.ts'
import type { GeneralName } from '../../x509/general-name.ts'
import { formatGeneralName } from '../../x509/general-name-text.ts'
import type { Name } from '../../x509/name.ts'
import { formatName } from '../../x509/name-text.ts'
import { oidName } from '../../x509/oids.ts'
import { instantJson, type Json, type JsonObject, octetsJson } from '../json-value.ts'

/** `{kind, title, …fields}`. Octets are lower-case hexadecimal, instants ISO 8601, identifiers objects. */
export function descriptionJson({ kind, title, fields }: Description): JsonObject {
  return { kind, title, ...fieldsJson(fields) }
}

function fieldsJson(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(fields.map(({ name, value }) => [name, valueJson(value)]))
}

function valueJson(value: Value): Json {
  switch (value.type) {
    case 'text':
      return value.text
    case 'number':
      return numberJson(value.number)
    case 'boolean':
      return value.boolean
    case 'time':
      return instantJson(value.date)
    case 'octets':
    case 'bulk':
      return octetsJson(value.octets)
    case 'oid':
      return { oid: value.oid, name: value.name ?? null }
    case 'name':
      return nameJson(value.name)
    case 'generalName':
      return generalNameJson(value.generalName)
    case 'list':
      return value.items.map(valueJson)
    case 'fields':
      return fieldsJson(value.fields)
    case 'extension': {
      const { oid, name, critical, octets, malformed } = value
      const meaning = malformed === undefined ? { value: valueJson(value.value) } : { malformed: { ...malformed } }
      return { oid, name: name ?? null, critical, ...meaning, octets: octetsJson(octets) }
    }
    case 'unknown':
      return { octets: octetsJson(value.octets), structure: value.outline?.map(outlineJson) ?? null }
  }
}

/** What may be too long for a number of JSON is decimal text, however short it is: its type must not depend on that. */
function numberJson(value: number | bigint): Json {
  return typeof value === 'bigint' ? String(value) : value
}

/** Both forms: the RFC 4514 text, and the attributes in the order of the encoding. */
function nameJson(name: Name): Json {
  return {
    rfc4514: formatName(name),
    rdns: name.rdns.map((rdn) =>
      rdn.map(({ oid, value, encoded }) => ({
        oid,
        name: oidName(oid) ?? null,
        value: value ?? `#${octetsJson(encoded)}`,
      })),
    ),
  }
}

function generalNameJson(name: GeneralName): Json {
  const text = formatGeneralName(name)
  switch (name.type) {
    case 'directoryName':
      return { type: name.type, text, value: nameJson(name.value) }
    case 'otherName':
      return { type: name.type, text, typeId: name.typeId, value: octetsJson(name.value) }
    default:
      return { type: name.type, text, value: typeof name.value === 'string' ? name.value : octetsJson(name.value) }
  }
}

function outlineJson({ type, value, children }: DerOutline): Json {
  return value === undefined ? { type, children: children.map(outlineJson) } : { type, value }
}
