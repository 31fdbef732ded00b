/**
 * Every command: its name, one line about it, and how to load it. The table is all that `pki --help` needs, and the
 * only module of a command that is ever loaded is the one that was called.
 */

import type { Command } from 'commander'
import type { FlagCondition } from './flag-condition.ts'
import type { Io } from './io.ts'

/** What each module in `commands/` exports. */
export interface CommandModule {
  /** Declares arguments and options; called once, before parsing. */
  define(command: Command): void
  /** Which flags do nothing without what; checked between parsing and {@link run}. */
  readonly conditions?: readonly FlagCondition[]
  /**
   * Reads inputs, makes one core call, renders.
   * @param args positional arguments as declared; an optional one that is missing is undefined
   * @param options values by the camel-case names that commander gives them
   * @returns the exit code
   * @throws PkiError for a call that cannot be carried out
   */
  run(args: readonly unknown[], options: Readonly<Record<string, unknown>>, io: Io): Promise<number>
}

export type CommandGroup = 'make' | 'hand out' | 'keep' | 'revoke' | 'look' | 'judge'

export interface CommandEntry {
  readonly name: string
  /** Arguments as the overview shows them. */
  readonly synopsis: string
  readonly summary: string
  readonly group: CommandGroup
  readonly load: () => Promise<CommandModule>
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'quickstart',
    synopsis: '',
    summary: 'a whole mutual-TLS hierarchy, exported and proven with a handshake',
    group: 'make',
    load: () => import('./commands/quickstart.ts'),
  },
  {
    name: 'init',
    synopsis: 'root [options]',
    summary: 'a root of your own, or another self-signed certificate',
    group: 'make',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'issue',
    synopsis: '<profile> [name] --from <issuer>',
    summary: 'an intermediate, server, client, … with a new key',
    group: 'make',
    load: () => import('./commands/issue.ts'),
  },
  {
    name: 'request',
    synopsis: '<name>',
    summary: 'a key and a certification request (PKCS#10), for others to sign',
    group: 'make',
    load: () => import('./commands/request.ts'),
  },
  {
    name: 'sign',
    synopsis: '<request> --from <issuer> --profile <p>',
    summary: 'a certificate for a request that anybody made',
    group: 'make',
    load: () => import('./commands/sign.ts'),
  },
  {
    name: 'import',
    synopsis: '<file>…',
    summary: 'an existing PFX or PEM pair, into the store',
    group: 'make',
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'apply',
    synopsis: '[pki.yaml]',
    summary: 'a whole hierarchy from one file; a second run changes nothing',
    group: 'make',
    load: () => import('./commands/apply.ts'),
  },
  {
    name: 'plan',
    synopsis: '[pki.yaml]',
    summary: 'what pki apply would make, change, renew or leave',
    group: 'make',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'templates',
    synopsis: '[show <profile>]',
    summary: 'the profiles: which kinds of certificates there are',
    group: 'make',
    load: () => import('./commands/templates.ts'),
  },
  {
    name: 'defects',
    synopsis: '[show <id> | generate --out <dir>]',
    summary: 'certificates that are wrong on purpose, and what must be found',
    group: 'make',
    load: () => import('./commands/defects.ts'),
  },
  {
    name: 'export',
    synopsis: '<name> --format pfx|pem|…',
    summary: 'PFX, PEM, DER, PKCS#7, Kubernetes, trust stores, …',
    group: 'hand out',
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'snippet',
    synopsis: '[name] --server <s> --client-ca <ca>',
    summary: 'configuration for nginx, Kestrel, Node, …, filled in from the store',
    group: 'hand out',
    load: () => import('./commands/snippet.ts'),
  },
  {
    name: 'cross-sign',
    synopsis: '<authority> --from <root>',
    summary: 'another certificate for an authority, from another root',
    group: 'make',
    load: () => import('./commands/cross-sign.ts'),
  },
  {
    name: 'renew',
    synopsis: '<name>',
    summary: 'the same certificate for a new period, with the same key',
    group: 'keep',
    load: () => import('./commands/renew.ts'),
  },
  {
    name: 'rekey',
    synopsis: '<name>',
    summary: 'the same certificate with another key',
    group: 'keep',
    load: () => import('./commands/rekey.ts'),
  },
  {
    name: 'needs-renewal',
    synopsis: '<name|file>',
    summary: 'whether it is time to renew, as an exit code',
    group: 'keep',
    load: () => import('./commands/needs-renewal.ts'),
  },
  {
    name: 'expiry',
    synopsis: '<folder>…',
    summary: 'every certificate in a folder tree that ends soon',
    group: 'keep',
    load: () => import('./commands/expiry.ts'),
  },
  {
    name: 'revoke',
    synopsis: '<name|file|serial number>',
    summary: 'a certificate is no longer to be trusted',
    group: 'revoke',
    load: () => import('./commands/revoke.ts'),
  },
  {
    name: 'crl',
    synopsis: '<issuer>',
    summary: 'the list of what an issuer has revoked: complete, delta, indirect',
    group: 'revoke',
    load: () => import('./commands/crl.ts'),
  },
  {
    name: 'serve',
    synopsis: '[tls]',
    summary: 'CRLs, OCSP responses and issuers over HTTP; or a TLS server to try',
    group: 'hand out',
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'ocsp',
    synopsis: 'query <certificate> | respond <request>',
    summary: 'ask about the status of a certificate, or answer',
    group: 'revoke',
    load: () => import('./commands/ocsp.ts'),
  },
  {
    name: 'list',
    synopsis: '',
    summary: 'what is in the store, and how long it lasts',
    group: 'look',
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'tree',
    synopsis: '',
    summary: 'who issued whom',
    group: 'look',
    load: () => import('./commands/tree.ts'),
  },
  {
    name: 'show',
    synopsis: '<file|name|host:port>',
    summary: 'any certificate, request, CRL or key in full, or what a server presents',
    group: 'look',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'connect',
    synopsis: '<host:port> --trust <ca>',
    summary: 'a TLS handshake, step by step, and a verdict on the server',
    group: 'judge',
    load: () => import('./commands/connect.ts'),
  },
  {
    name: 'verify',
    synopsis: '<certificate>… --trust <ca>',
    summary: 'right or wrong, which rule, on which certificate, and the cure',
    group: 'judge',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'lint',
    synopsis: '<certificate|request>…',
    summary: 'what a certificate or request alone does wrong, without a path',
    group: 'judge',
    load: () => import('./commands/lint.ts'),
  },
]

/** The entry of a command, or undefined. */
export function findCommand(name: string): CommandEntry | undefined {
  return COMMANDS.find((entry) => entry.name === name)
}
