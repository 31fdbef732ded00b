/** `pki crl`: the list of what an issuer has revoked, made of what the journal says, put into the store and handed out. */

import type { Command } from 'commander'
import { formatPem } from '../../der/pem.ts'
import { PkiError } from '../../errors.ts'
import { type CrlOrder, composeFaultyCrl, type PublishedCrl, publishCrl } from '../../store/publish-crl.ts'
import { onlyBeside } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { addSeedOptions, circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import { writeJson } from '../json.ts'
import {
  addJsonOption,
  addStoreOption,
  type JsonOption,
  parseFlag,
  refuseTogether,
  type StoreOptions,
  storeFrom,
} from '../options.ts'
import { requireWritable, writeOutput } from '../output-file.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { formatInstant, relativeTime } from '../render/relative-time.ts'
import type { CrlJson } from '../result-json.ts'
import { addCrlOptions, type CrlOptions, crlFault, crlScope, crlValidity, parseUri } from '../revocation/crl-options.ts'
import { crlSigner, type RevocationSignerOptions } from '../revocation/revocation-signer.ts'

interface CrlCommandOptions extends CrlOptions, RevocationSignerOptions, SeedFlags, StoreOptions, JsonOption {
  readonly out?: string
  readonly pem?: boolean
  readonly der?: boolean
  readonly force?: boolean
}

export function define(command: Command): void {
  command.argument('<issuer>', 'name in the store of the certificate that signs')
  addCrlOptions(command)
  command
    .optionsGroup('Where it goes, beside crl/ in the store:')
    .option('--out <file>', 'a file, - for standard output')
    .option('--pem', 'as PEM (default)')
    .option('--der', 'as DER, as in the store')
    .option('--force', 'replace the file if it is there')
    .optionsGroup('How:')
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
    .option('--unchecked', 'sign it even with a certificate that may not')
  addSeedOptions(command, 'nothing to mark')
  addStoreOption(command)
  addJsonOption(command)
}

export const conditions = [onlyBeside(['--pem', '--der', '--force'], { out: '--out' })]

export async function run(args: readonly unknown[], options: CrlCommandOptions, world: Io): Promise<number> {
  const fault = crlFault(options)
  requireSense(options, world)
  const { io, seeded } = await circumstances(options, world)
  const now = io.now()
  const store = storeFrom(options, io)
  const { of: covers, delta, freshestCrl, indirect, out, der, force } = options
  const others = indirect === true || covers !== undefined
  const order: CrlOrder = {
    scope: crlScope(options),
    ...crlValidity(options, now),
    covers,
    delta,
    freshestCrl: freshestCrl === undefined ? undefined : parseFlag(freshestCrl, '--freshest-crl', parseUri),
    issuer: await crlSigner(store, args[0] as string, others, { ...options, seeded }, io),
  }
  const crl =
    fault === undefined
      ? publishCrl(store, order, { now, processes: io.process })
      : composeFaultyCrl(store, order, fault)
  const bytes = der === true ? crl.encoded : Buffer.from(formatPem('X509 CRL', crl.encoded))
  const files = [...(crl.path === undefined ? [] : [crl.path]), ...writeOutput(out, bytes, force, io)]
  if (options.json === true) writeJson(io, crlJson(order.issuer.name, crl, files, options))
  else if (out !== '-') io.stdout.write(crlText(order.issuer.name, crl, files, options, io))
  return 0
}

/** Everything that can be known to fail, before a number is used up. */
function requireSense({ pem, der, out, fault, delta, freshestCrl, force, json }: CrlCommandOptions, io: Io): void {
  refuseTogether({ '--pem': pem, '--der': der })
  refuseTogether({ '--delta': delta, '--freshest-crl': freshestCrl })
  if (out === '-') refuseTogether({ '--json': json, '--out -': out })
  if (fault !== undefined && out === undefined) {
    throw new PkiError('usage.option', 'a CRL with a fault has no place in the store: missing option: --out <file>')
  }
  requireWritable(out, force, io)
}

function crlJson(
  issuedBy: string,
  crl: PublishedCrl,
  files: readonly string[],
  { fault = null }: { readonly fault?: string | null },
): CrlJson {
  const { number, base, thisUpdate, nextUpdate, entryCount } = crl
  return {
    schema: 'pki.crl/1',
    issuedBy,
    crlNumber: String(number),
    baseCrlNumber: base === undefined ? null : String(base),
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: nextUpdate?.toISOString() ?? null,
    entryCount,
    fault,
    files,
  }
}

function crlText(
  issuer: string,
  crl: PublishedCrl,
  files: readonly string[],
  { fault, indirect }: CrlCommandOptions,
  io: Io,
): string {
  const colors = paint(io.stdout)
  const { number, base, thisUpdate, nextUpdate, entryCount } = crl
  const kind = `${indirect === true ? 'indirect ' : ''}${base === undefined ? '' : 'delta '}CRL ${number}`
  const rows: (readonly [label: string, value: string])[] = [
    ['lists', `${entryCount} ${entryCount === 1 ? 'certificate' : 'certificates'}`],
    ['thisUpdate', formatInstant(thisUpdate)],
  ]
  if (base !== undefined) rows.unshift(['changes since', `CRL ${base}`])
  if (nextUpdate !== undefined) {
    rows.push(['nextUpdate', `${formatInstant(nextUpdate)} (${relativeTime(nextUpdate, io.now())})`])
  }
  for (const file of files) rows.push(['written to', displayPath(file, io)])
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  const wrong = fault === undefined ? '' : `, wrong on purpose: ${fault}`
  const mark = fault === undefined ? colors.good(glyphs(io).good) : colors.warn('–')
  const lines = rows.map(([label, value]) => `  ${colors.quiet(label.padEnd(width))}${value}`)
  return `${[`${mark} ${colors.strong(issuer)}  ${kind}${wrong}`, ...lines].join('\n')}\n`
}
