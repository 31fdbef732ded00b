/**
 * What gives `fetch` a client certificate. It is an option of undici, which Node has inside and hands out nowhere; but
 * fetch takes its settings from a global agent, and another agent of that kind is what fetch takes as `dispatcher`. The
 * undici of npm would do too, if it had the version of the one inside.
 */

import { runInThisContext } from 'node:vm'
import { PkiError } from '../errors.ts'

/** PEM, as `tls.connect` takes them. */
export interface ConnectOptions {
  readonly ca: string
  readonly cert?: string
  readonly key?: string
}

/**
 * A dispatcher of its own, with connections of its own. It has no type, because `RequestInit` knows no dispatcher where
 * the types of browsers are there too.
 * @throws PkiError `input.unsupported`
 */
export function createDispatcher(connect: ConnectOptions): object {
  const Agent = agentOfFetch()
  if (Agent?.name === 'Agent') return new Agent({ connect })
  throw new PkiError('input.unsupported', 'fetch takes no client certificate here', {
    hint: 'use agent() with node:https; a global dispatcher that was replaced hides what is needed',
    context: { found: Agent?.name },
  })
}

type AgentConstructor = new (options: { readonly connect: ConnectOptions }) => object

function agentOfFetch(): AgentConstructor | undefined {
  // Jest gives each test file a global object of its own, with Node's fetch but not with what belongs to it.
  const global: typeof globalThis = runInThisContext('globalThis')
  // Node loads undici when somebody asks for a part of it.
  void global.Response
  // The number rises with undici's interface; the latest is fetch's own.
  const symbols = Object.getOwnPropertySymbols(global)
    .filter(({ description }) => /^undici\.globalDispatcher\.\d+$/.test(description ?? ''))
    .sort((a, b) => (b.description ?? '').localeCompare(a.description ?? '', 'en', { numeric: true }))
  const [latest] = symbols
  if (latest === undefined) return undefined
  const dispatcher = (global as unknown as Readonly<Record<symbol, object | undefined>>)[latest]
  return dispatcher?.constructor as AgentConstructor | undefined
}
