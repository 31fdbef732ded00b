/** SmtpUTF8Mailbox (RFC 9598 §3): the otherName for mailboxes whose local part goes beyond ASCII. */

import { DerError, DerReader, Tag } from '../der/reader.ts'
import { stringFromElement } from '../der/values.ts'
import type { GeneralName } from './general-name.ts'
import { type Mailbox, parseMailbox } from './name-syntax.ts'
import { OTHER_NAME } from './oids.ts'

export type OtherName = Extract<GeneralName, { readonly type: 'otherName' }>

export function isUtf8Mailbox(name: GeneralName): name is OtherName {
  return name.type === 'otherName' && name.typeId === OTHER_NAME.smtpUtf8Mailbox
}

/**
 * Its parts; undefined if it is not well-formed. The domain stays in A-labels (§3), so that one in U-labels, which
 * would look like another domain, is not.
 */
export function parseUtf8Mailbox({ value }: OtherName): Mailbox | undefined {
  const text = value[0] === Tag.utf8String ? textOf(value) : undefined
  const at = text?.lastIndexOf('@') ?? -1
  if (text === undefined || at === -1) return undefined
  const localPart = text.slice(0, at)
  // RFC 6531 §3.3 takes what is not ASCII wherever RFC 5321 takes a letter.
  const inAscii = parseMailbox(localPart.replace(/[^\0-\x7f]/gu, 'x') + text.slice(at))
  return inAscii && { localPart, domain: inAscii.domain }
}

function textOf(encoded: Uint8Array): string | undefined {
  try {
    return stringFromElement(new DerReader(encoded).element('otherName'), 'otherName')
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
