/** `pki ocsp`: single questions and answers about the status of certificates. `pki serve` answers over HTTP. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { CERT_ID_DIGESTS } from '../../x509/ocsp-request-encoding.ts'
import { type FlagCondition, onlyBeside } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { addSeedOptions, circumstances } from '../issuing/seed-options.ts'
import { addJsonOption, addStoreOption, list, parseChoice } from '../options.ts'
import type { OcspQueryOptions } from '../revocation/ocsp-query.ts'
import type { OcspRespondOptions } from '../revocation/ocsp-respond.ts'

const ACTIONS = ['query', 'respond'] as const

export function define(command: Command): void {
  command
    .argument('<action>', 'query: ask about certificates; respond: answer a request')
    .argument('<input...>', 'certificates to ask about, or the file with the request')
    .option('--issuer <ca>', 'who issued them: a name in the store, or a file to ask with')
    .option('--out <file>', 'where the response goes, - for standard output')
    .option('--force', 'replace files that are there')
    .optionsGroup('To ask:')
    .option('--url <url>', 'whom to ask (default: the responder that the certificate names)')
    .option('--get', 'ask with GET, however long the URL gets')
    .option('--post', 'ask with POST')
    .option('--allow-hosts <hosts>', 'who may be asked beside this machine, if a certificate names them', list)
    .option('--request-out <file>', 'ask nobody, write the request: - for standard output')
    .option('--response <file>', 'ask nobody, judge this answer')
    .option('--request <file>', 'the request that was sent: the answer must repeat its nonce')
    .option('--nonce', 'a nonce that the answer must repeat')
    .option('--digest <name>', `of the issuer's name and key: ${CERT_ID_DIGESTS.join(', ')} (default: sha1)`)
    .option('--at <instant>', 'judge the answer as of then (default: now)')
    .optionsGroup('To answer:')
    .option('--signer <name>', 'who signs: an OCSP responder of the issuer, by its name in the store')
    .option('--responder-id <kind>', 'how it names itself: key (default) or name')
    .option('--days <n>', 'until nextUpdate (default: 1)')
    .option('--hours <n>', 'until nextUpdate')
    .option('--this-update <instant>', 'as of when the status is known (default: now)')
    .option('--next-update <instant>', 'an instant, or a duration from thisUpdate')
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
    .option('--unchecked', 'sign it even with a certificate that may not')
  addSeedOptions(command, 'nothing to mark')
  addStoreOption(command)
  addJsonOption(command)
  command.addHelpText('after', EXAMPLES)
}

const isQuery: FlagCondition['holds'] = (_, [action]) => action === 'query'

/** Whether there is an answer to judge: not if the request is only written. */
const hasAnswer: FlagCondition['holds'] = ({ url, requestOut, response }, [action]) =>
  action === 'respond' || response !== undefined || url !== undefined || requestOut === undefined

export const conditions: readonly FlagCondition[] = [
  {
    flags: [
      ...['--url', '--get', '--post', '--allow-hosts', '--request-out', '--response', '--request'],
      ...['--nonce', '--digest', '--at'],
    ],
    goesWith: 'pki ocsp query',
    holds: isQuery,
  },
  {
    flags: [
      ...['--signer', '--responder-id', '--days', '--hours', '--this-update', '--next-update'],
      ...['--key-password-file', '--unchecked'],
    ],
    goesWith: 'pki ocsp respond',
    holds: (options, args) => !isQuery(options, args),
  },
  onlyBeside(['--request'], { response: '--response' }),
  {
    flags: ['--nonce', '--digest', '--get', '--post', '--allow-hosts'],
    goesWith: 'a request, not with --response',
    holds: ({ response }) => response === undefined,
  },
  {
    flags: ['--out', '--at', '--get', '--post', '--allow-hosts'],
    goesWith: 'an answer: --url asks for one',
    holds: hasAnswer,
  },
  onlyBeside(['--force'], { out: '--out', requestOut: '--request-out' }),
]

const EXAMPLES = `
Examples:
  pki ocsp query web --url http://127.0.0.1:8785/ocsp/ca1 --nonce
  pki ocsp query web --issuer ca1 --request-out web.ocsp-request
  pki ocsp respond web.ocsp-request --issuer ca1 --out web.ocsp
  pki ocsp query web --issuer ca1 --response web.ocsp
`

export async function run(
  args: readonly unknown[],
  options: OcspQueryOptions & OcspRespondOptions,
  io: Io,
): Promise<number> {
  const action = parseChoice(args[0] as string, ACTIONS, 'action')
  const inputs = args[1] as readonly string[]
  if (action === 'query') {
    const { io: world, exportRandom } = await circumstances(options, io)
    const asker: Io = Object.assign(Object.create(world) as Io, {
      random: exportRandom('ocsp-nonce', inputs.join(' ')),
    })
    return (await import('../revocation/ocsp-query.ts')).query(inputs, options, asker)
  }
  const [request, ...others] = inputs
  if (request === undefined || others.length > 0) {
    throw new PkiError('usage.option', `one request is answered at a time, not ${inputs.length}`)
  }
  return (await import('../revocation/ocsp-respond.ts')).answer(request, options, io)
}
