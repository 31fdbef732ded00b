/** The flags that say whether and whom `pki verify` may ask for what it lacks. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { parseDuration } from '../../profile/duration.ts'
import type { FlagCondition } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { list, parseFlag } from '../options.ts'

export interface FetchFlags {
  readonly aia?: boolean
  readonly allowHosts?: readonly string[]
  readonly cacheDir?: string
  readonly cache?: boolean
  readonly fetchTimeout?: string
  readonly ocspNonce?: boolean
}

/** Declares the flags of {@link FetchFlags}. */
export function addFetchFlags(command: Command): void {
  command
    .optionsGroup('What may be fetched:')
    .option('--aia', 'fetch missing issuers from where certificates say they are')
    .option('--allow-hosts <hosts>', 'hosts beside this machine that may be asked (repeatable)', list)
    .option('--cache-dir <dir>', 'keep there what was fetched, until it is out of date')
    .option('--no-cache', 'fetch everything anew')
    .option('--fetch-timeout <duration>', 'for each place that is asked (default: 15s)')
    .option('--ocsp-nonce', 'OCSP responses must repeat a nonce')
}

/** Whether anybody is asked; .NET asks unless told otherwise. */
const asks: FlagCondition['holds'] = ({ aia, revocation, as, revocationMode = 'online' }) =>
  aia === true || (as === undefined ? revocation === 'online' : revocationMode === 'online')

/** Whether a certificate's status is looked up, on the net or in the cache. */
const looksUp: FlagCondition['holds'] = ({ revocation, crl, ocspResponse, as, revocationMode }) =>
  as === undefined
    ? revocation !== 'none' && (revocation ?? crl ?? ocspResponse) !== undefined
    : revocationMode !== 'no-check'

export const FETCH_CONDITIONS: readonly FlagCondition[] = [
  {
    flags: ['--allow-hosts', '--fetch-timeout', '--no-cache'],
    goesWith: '--aia or --revocation online',
    holds: asks,
  },
  { flags: ['--cache-dir'], goesWith: 'a cache, not with --no-cache', holds: ({ cache }) => cache !== false },
  {
    flags: ['--cache-dir'],
    goesWith: '--aia, or with --revocation online or offline',
    holds: (options, args) => asks(options, args) || looksUp(options, args),
  },
  { flags: ['--ocsp-nonce'], goesWith: '--revocation online', holds: ({ revocation }) => revocation === 'online' },
]

/** How to fetch, as the flags have it. */
export interface FetchRequest {
  readonly aia: boolean
  readonly allowedHosts: readonly string[]
  /** Absolute; undefined keeps nothing on disk. */
  readonly cacheFolder: string | undefined
  /** Whether one verification may use what another one of the same run fetched. */
  readonly usesCache: boolean
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly sendsNonce: boolean
}

/** @throws PkiError `usage.time` */
export function fetchRequest(flags: FetchFlags, io: Io): FetchRequest {
  const { aia, allowHosts = [], cacheDir, cache, fetchTimeout, ocspNonce } = flags
  const usesCache = cache !== false
  return {
    aia: aia === true,
    allowedHosts: allowHosts,
    cacheFolder: cacheDir === undefined || !usesCache ? undefined : resolve(io.cwd, cacheDir),
    usesCache,
    timeout: fetchTimeout === undefined ? undefined : timeoutOf(fetchTimeout),
    sendsNonce: ocspNonce === true,
  }
}

/** Nobody waits longer than that for one answer. */
const MAX_TIMEOUT_SECONDS = 600

function timeoutOf(text: string): number {
  const { months, seconds } = parseFlag(text, '--fetch-timeout', parseDuration)
  if (months === 0 && seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS) return seconds * 1000
  throw new PkiError('usage.time', `--fetch-timeout: not between 1s and ${MAX_TIMEOUT_SECONDS / 60}m: ${text}`)
}
