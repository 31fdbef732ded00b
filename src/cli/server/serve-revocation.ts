/** `pki serve`: revocation information and issuer certificates over HTTP. */

import { createServer } from 'node:http'
import { PkiError } from '../../errors.ts'
import { addDuration, parseDuration } from '../../profile/duration.ts'
import { DEFAULT_BASE_URL } from '../../profile/profile.ts'
import { parseFault } from '../../serve/fault.ts'
import { DEFAULT_LIMITS, type RunningServer, serverOptions, startHttpServer } from '../../serve/http-server.ts'
import { RevocationSite } from '../../serve/revocation-site.ts'
import type { Store } from '../../store/store.ts'
import { writeHint, writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { parseFlag, type StoreOptions, storeFrom } from '../options.ts'
import { givenPassword, type PasswordSource } from '../password.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { harmless } from '../render/styled-text.ts'
import { addressOf, clockOf, LOOPBACK, runServer, type ServerOptions, serverLog } from './server-run.ts'

export interface ServeRevocationOptions extends ServerOptions, StoreOptions {
  readonly allowTimeHeader?: boolean
  readonly fault?: readonly string[]
  readonly crlLifetime?: string
  readonly ocspLifetime?: string
  readonly keyPasswordFile?: string
}

/** The port that the pointers in certificates lead to. */
const DEFAULT_PORT = Number(new URL(DEFAULT_BASE_URL).port)

/** Serves until the process is told to stop. @returns the exit code */
export async function serveRevocation(options: ServeRevocationOptions, io: Io): Promise<number> {
  const address = addressOf(options, DEFAULT_PORT)
  const store = storeToServe(options, io)
  const site = siteOf(store, options, io)
  const start = () => {
    warnOfKeys(site, options, io)
    const server = createServer(serverOptions(DEFAULT_LIMITS))
    const log = serverLog(options, io)
    const answer = site.answer.bind(site)
    return startHttpServer({ ...address, server, limits: DEFAULT_LIMITS, answer, log, stopwatch: io.stopwatch })
  }
  await runServer(start, (server) => announcement(server, site, store, io), options, io)
  return 0
}

/** The store to serve from. @throws PkiError `input.not-found` if there is none */
export function storeToServe(options: StoreOptions, io: Io): Store {
  const store = storeFrom(options, io)
  store.requireExists()
  return store
}

/** The site as the options want it. @throws PkiError `usage.option`, `usage.time`, `input.not-found` */
export function siteOf(store: Store, options: ServeRevocationOptions, io: Io): RevocationSite {
  const password: PasswordSource = {
    what: 'private keys',
    flag: '--key-password-file',
    file: options.keyPasswordFile,
    variable: 'PKI_KEY_PASSWORD',
  }
  return new RevocationSite({
    store,
    keyPassword: givenPassword(password, io),
    now: clockOf(options, io),
    isBorrowedTime: options.now !== undefined,
    allowTimeHeader: options.allowTimeHeader === true,
    faults: (options.fault ?? []).map(parseFault),
    crlLifetime: lifetimeOf(options.crlLifetime ?? '1d', '--crl-lifetime', io),
    ocspLifetime: lifetimeOf(options.ocspLifetime ?? '1h', '--ocsp-lifetime', io),
    processes: io.process,
    random: io.random,
    log: serverLog(options, io),
  })
}

/** @returns milliseconds */
function lifetimeOf(text: string, flag: string, io: Io): number {
  const lifetime = addDuration(io.now(), parseFlag(text, flag, parseDuration)).getTime() - io.now().getTime()
  if (lifetime >= 2000) return lifetime
  throw new PkiError('usage.time', `${flag}: too short: ${text}`, { hint: 'two seconds is the least' })
}

function warnOfKeys(site: RevocationSite, { host = LOOPBACK }: ServeRevocationOptions, io: Io): void {
  for (const { keyProblem } of site.authorities.all()) {
    if (keyProblem !== undefined) writeWarning(io, harmless(keyProblem))
  }
  if (!/^(127\.|::1$|localhost$)/.test(host)) {
    writeHint(io, `${host} is no loopback address: other machines may connect, and ask for CRLs to be signed`)
  }
}

function announcement({ url }: RunningServer, site: RevocationSite, store: Store, io: Io): string {
  const colors = paint(io.stdout)
  const names = site.authorities.all().map(({ name }) => name)
  const shown = names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ')
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['for', shown === '' ? 'no CA yet; pki init root makes one' : shown],
    ['CRLs', `${url}/crl/<issuer>.crl`],
    ['OCSP', `${url}/ocsp/<issuer>`],
    ['certificates', `${url}/aia/<issuer>.cer`],
    ['stop it', 'with Ctrl-C'],
  ]
  const lines = rows.map(([label, value]) => `  ${colors.quiet(label.padEnd(14))}${value}`)
  const mark = colors.good(glyphs(io).good)
  const head = `${mark} serving ${displayPath(store.folder, io)} at ${colors.strong(url)}`
  return `${[head, ...lines].join('\n')}\n`
}
