/** The options of `pki crl`, and what they mean. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { CRL_FAULTS, type CrlFault } from '../../issue/crl-fault.ts'
import { CRL_PARTITIONS, type CrlScope } from '../../issue/crl-scope.ts'
import { REASON_FLAGS, type ReasonFlag } from '../../x509/distribution-point.ts'
import { parseGeneralNameText } from '../../x509/general-name-text.ts'
import { list, parseChoice, parseCount, parseFlag, parseFlagInstant, refuseTogether, repeatable } from '../options.ts'

export interface CrlOptions {
  readonly delta?: boolean
  readonly indirect?: boolean
  readonly of?: readonly string[]
  readonly only?: string
  readonly reasons?: readonly string[]
  readonly distributionPoint?: string
  readonly freshestCrl?: string
  readonly days?: string
  readonly hours?: string
  readonly thisUpdate?: string
  readonly nextUpdate?: string
  readonly fault?: string
}

/** Bit 0 is called unused, and unspecified has no bit (RFC 5280 §4.2.1.13). */
const REASONS = REASON_FLAGS.filter((reason) => reason !== 'unused')

export function addCrlOptions(command: Command): void {
  command
    .optionsGroup('What it covers:')
    .option('--delta', 'only what has changed since the last complete CRL')
    .option('--indirect', 'certificates of other issuers too (default: of all that have revoked something)')
    .option('--of <issuer>', 'whose certificates: a name in the store; repeatable (default: its own)', repeatable)
    .option('--only <kind>', `one kind of certificates: ${CRL_PARTITIONS.join(', ')}`)
    .option('--reasons <reasons>', `some reasons: ${REASONS.join(', ')}`, list)
    .option('--distribution-point <uri>', 'the distribution point that it is for')
    .option('--freshest-crl <uri>', 'where deltas to it will be found')
    .optionsGroup('How long it lasts:')
    .option('--days <n>', 'until nextUpdate (default: 7)')
    .option('--hours <n>', 'until nextUpdate')
    .option('--this-update <instant>', 'what is revoked by then is listed (default: now)')
    .option('--next-update <instant>', 'an instant, or a duration from thisUpdate: 36h')
    .optionsGroup('To see it refused:')
    .option('--fault <fault>', `make it wrong: ${CRL_FAULTS.join(', ')}; needs --out, the store stays as it is`)
}

/** @throws PkiError `usage.option`, `usage.general-name` */
export function crlScope({ only, reasons, distributionPoint, indirect }: CrlOptions): CrlScope {
  return {
    only: only === undefined ? undefined : parseChoice(only, CRL_PARTITIONS, '--only'),
    // In the order of their bits, so that one set has one name.
    reasons: reasons && REASONS.filter((flag) => parseReasons(reasons).includes(flag)),
    distributionPoint:
      distributionPoint === undefined ? undefined : parseFlag(distributionPoint, '--distribution-point', parseUri),
    indirect,
  }
}

function parseReasons(reasons: readonly string[]): readonly ReasonFlag[] {
  return reasons.map((reason) => parseChoice(reason, REASONS, '--reasons'))
}

/** @throws PkiError `usage.general-name` */
export function parseUri(text: string): string {
  const name = parseGeneralNameText(`uri:${text}`)
  return name.type === 'uniformResourceIdentifier' ? name.value : text
}

export interface CrlValidity {
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

const DAY = 24 * 3600 * 1000

/** @throws PkiError `usage.option`, `usage.time` */
export function crlValidity(options: Omit<CrlOptions, 'of' | 'only'>, now: Date, defaultDays = 7): CrlValidity {
  const { days, hours, thisUpdate: start, nextUpdate: end } = options
  refuseTogether({ '--days': days, '--hours': hours, '--next-update': end })
  const thisUpdate = wholeSecond(start === undefined ? now : parseFlagInstant(start, '--this-update', now))
  const nextUpdate =
    end !== undefined
      ? parseFlagInstant(end, '--next-update', thisUpdate)
      : new Date(thisUpdate.getTime() + lengthOf(days, hours, defaultDays))
  if (nextUpdate > thisUpdate) return { thisUpdate, nextUpdate }
  throw new PkiError('usage.time', 'nextUpdate must come after thisUpdate', {
    context: { thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate.toISOString() },
  })
}

/** CRLs and OCSP responses count in seconds. */
function wholeSecond(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000)
}

function lengthOf(days: string | undefined, hours: string | undefined, defaultDays: number): number {
  if (hours !== undefined) return (parseCount(hours, '--hours') * DAY) / 24
  return (days === undefined ? defaultDays : parseCount(days, '--days')) * DAY
}

/** @throws PkiError `usage.option` */
export function crlFault({ fault }: CrlOptions): CrlFault | undefined {
  return fault === undefined ? undefined : parseChoice(fault, CRL_FAULTS, '--fault')
}
