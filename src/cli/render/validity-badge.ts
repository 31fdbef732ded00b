/** How a certificate stands, in a few words and a colour. */

import type { InventoryEntry, ListedRevocation } from '../../store/inventory.ts'
import { type ValidityState, validityState } from '../issuing/certificate-kind.ts'
import type { Paint } from './paint.ts'
import { relativeTime } from './relative-time.ts'
import { type Span, span } from './styled-text.ts'

const STYLE: Readonly<Record<ValidityState, keyof Paint>> = {
  valid: 'good',
  expiring: 'warn',
  expired: 'bad',
  'not-yet-valid': 'warn',
}

/** `expires in 396 days`, `expired 3 days ago`, `valid in 2 hours`, `revoked: keyCompromise`, `on hold`. */
export function validityBadge({ certificate, revocation }: InventoryEntry, now: Date): Span {
  if (revocation !== undefined) return revocationSpan(revocation, now)
  const state = validityState(certificate, now)
  return span(validityText(certificate, state, now), STYLE[state])
}

function revocationSpan({ reason, revocationDate }: ListedRevocation, now: Date): Span {
  if (revocationDate > now) return span(`revoked ${relativeTime(revocationDate, now)}`, 'warn')
  if (reason === 'certificateHold') return span('on hold', 'warn')
  return span(reason === 'unspecified' ? 'revoked' : `revoked: ${reason}`, 'bad')
}

function validityText({ notBefore, notAfter }: InventoryEntry['certificate'], state: ValidityState, now: Date): string {
  switch (state) {
    case 'not-yet-valid':
      return `valid ${relativeTime(notBefore.date, now)}`
    case 'expired':
      return `expired ${relativeTime(notAfter.date, now)}`
    default:
      return `expires ${relativeTime(notAfter.date, now)}`
  }
}
