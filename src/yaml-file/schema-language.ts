/**
 * What schemas of our files are written in. This is the one importer of zod, and reached through `import()` only: what
 * comes with the program is checked when the project is built.
 */

import { z } from 'zod'
import { PkiError } from '../errors.ts'

export { z }

/** One complaint of a schema. */
export type SchemaIssue = z.core.$ZodIssue

/** A text that one of our readers must understand; its complaint becomes that of the schema. */
export function readable(read: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      read(text)
    } catch (error) {
      if (!(error instanceof PkiError)) throw error
      context.addIssue({ code: 'custom', message: error.hint ? `${error.message} (${error.hint})` : error.message })
    }
  })
}

/** The JSON Schema that editors check files with, as text. */
export function formatJsonSchema(schema: z.ZodType, title: string, description: string): string {
  const json = { title, description, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'throw' }) }
  return `${JSON.stringify(json, null, 2)}\n`
}
