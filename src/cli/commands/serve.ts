/** `pki serve`: what the pointers in certificates lead to, over HTTP; and a TLS server to try certificates with. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import type { FlagCondition } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { addJsonOption, addStoreOption, repeatable } from '../options.ts'
import type { ServeRevocationOptions } from '../server/serve-revocation.ts'
import type { ServeTlsOptions } from '../server/serve-tls.ts'
import { addServerOptions } from '../server/server-run.ts'

export function define(command: Command): void {
  command.argument('[tls]', 'a TLS server, instead of CRLs, OCSP responses and issuer certificates over HTTP')
  addServerOptions(command)
  command
    .option('--key-password-file <file>', 'password of the private keys (or PKI_KEY_PASSWORD)')
    .optionsGroup('Revocation information:')
    .option('--crl-lifetime <duration>', 'from thisUpdate to nextUpdate (default: 1d)')
    .option('--ocsp-lifetime <duration>', 'the same for OCSP responses (default: 1h)')
    .option('--allow-time-header', 'a request may name the time it is answered for: Pki-Time: 2030-01-31T12:00:00Z')
    .option(
      '--fault <fault>',
      'misbehave: delay=5s, http500, garbage, stale, unsigned, tryLater; /ocsp/*:http500 on some paths (repeatable)',
      repeatable,
    )
    .optionsGroup('TLS:')
    .option('--cert <name>', 'the certificate of the server, by its name in the store')
    .option('--client-ca <file|name>', 'whom client certificates may come from (repeatable)', repeatable)
    .option('--require-client-cert', 'end the handshake with whoever has none that is valid; otherwise only report')
    .option('--staple', 'send an OCSP response along')
  addStoreOption(command)
  addJsonOption(command)
  command.addHelpText('after', EXAMPLES)
}

export const conditions: readonly FlagCondition[] = [
  {
    flags: ['--cert', '--client-ca', '--require-client-cert', '--staple'],
    goesWith: 'pki serve tls',
    holds: (_, [what]) => what !== undefined,
  },
  {
    flags: ['--allow-time-header', '--crl-lifetime'],
    goesWith: 'pki serve, without tls',
    holds: (_, [what]) => what !== 'tls',
  },
  {
    flags: ['--ocsp-lifetime', '--fault'],
    goesWith: '--staple, or pki serve without tls',
    holds: ({ staple }, [what]) => what !== 'tls' || staple === true,
  },
]

const EXAMPLES = `
Examples:
  pki serve                                        for the certificates of ./pki, at http://127.0.0.1:8785
  pki serve --port 0 --ready-file ready.json &     for scripts
  pki serve --now +2y --fault /crl/*:delay=5s      what clients do then
  pki serve tls --cert web --client-ca root --staple
`

export async function run(
  args: readonly unknown[],
  options: ServeRevocationOptions & ServeTlsOptions,
  io: Io,
): Promise<number> {
  const [what] = args as readonly [string | undefined]
  if (what === undefined) {
    return (await import('../server/serve-revocation.ts')).serveRevocation(options, io)
  }
  if (what !== 'tls') {
    throw new PkiError('usage.option', `unknown kind of server: ${what}`, {
      hint: 'pki serve for revocation information, pki serve tls for TLS',
    })
  }
  return (await import('../server/serve-tls.ts')).serveTls(options, io)
}
