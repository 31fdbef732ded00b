/** `pki verify`: is it good, and if not, why not and what to do? */

import type { Command } from 'commander'
import { TrustStore } from '../../path/trust-store.ts'
import type { Io } from '../io.ts'
import { addStoreOption, type StoreOptions, storeFrom } from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { verdictLines, verdictTable } from '../render/render-verdict-text.ts'
import { textWidth } from '../render/styled-text.ts'
import { type CertificateVerdict, certificateVerdict } from '../verify/certificate-verdict.ts'
import {
  addOutputFlags,
  OUTPUT_CONDITION,
  type OutputFlags,
  outputFormat,
  writeJudgements,
} from '../verify/judgement-output.ts'
import {
  addPlatformFlags,
  PLATFORM_CONDITIONS,
  type PlatformFlags,
  platformRequest,
} from '../verify/platform-options.ts'
import { judgeWith } from '../verify/verify-evidence.ts'
import { readCrls, readOcspResponses, readTarget, readTrustAnchors, readUntrusted } from '../verify/verify-inputs.ts'
import {
  addVerifyFlags,
  VERIFY_CONDITIONS,
  type VerifyFlags,
  type VerifyRequest,
  verifyRequest,
} from '../verify/verify-request.ts'

interface VerifyCommandOptions extends VerifyFlags, PlatformFlags, OutputFlags, StoreOptions {
  readonly explain?: boolean
  readonly passwordFile?: string
}

export function define(command: Command): void {
  command.argument('<certificate...>', 'files or names in the store; - is standard input; a chain counts as one')
  addVerifyFlags(command)
  addPlatformFlags(command)
  command
    .optionsGroup('What is printed:')
    .option('--explain', 'show every path that was tried and the facts behind each finding')
  addOutputFlags(command)
  command.optionsGroup('Options:').option('--password-file <file>', 'the password of a PFX (or PKI_PASSWORD)')
  addStoreOption(command)
  command.addHelpText('after', EXAMPLES)
}

export const conditions = [...VERIFY_CONDITIONS, ...PLATFORM_CONDITIONS, OUTPUT_CONDITION]

const EXAMPLES = `
Examples:
  pki verify server.crt --trust root.crt --untrusted ca1.crt --purpose serverAuth --host localhost
  pki verify web --trust root                      names in the store bring their chain along
  pki verify web --trust root --revocation online  asks CRL and OCSP servers on this machine; --allow-hosts adds others
  pki verify client --trust root --as aspnetcore --revocation-mode no-check      what ASP.NET Core would answer
  pki verify *.pem --trust ca.pem --crl crls/ --format junit > report.xml
  openssl s_client -connect a.test:443 -showcerts </dev/null | pki verify - --trust ca.pem
`

export async function run(args: readonly unknown[], options: VerifyCommandOptions, io: Io): Promise<number> {
  const format = outputFormat(options)
  const request = verifyRequest(options, io)
  const verdicts = await judge(args[0] as readonly string[], options, request, io)
  const explain = options.explain === true
  const renderings = {
    name: 'pki verify',
    at: request.at,
    text: () => textOf(verdicts, explain, io),
    json: async () => (await import('../render/render-verdict-json.ts')).verdictsJson(verdicts, { explain }),
  }
  await writeJudgements(verdicts, format, renderings, io)
  return verdicts.every(({ accepted }) => accepted) ? 0 : 1
}

/** One verdict for each text. */
async function judge(
  texts: readonly string[],
  options: VerifyCommandOptions,
  request: VerifyRequest,
  io: Io,
): Promise<readonly CertificateVerdict[]> {
  const context = { store: storeFrom(options, io), passwordFile: options.passwordFile, io }
  const platform = platformRequest(options)
  if (platform !== undefined) {
    const { verifyAsPlatform } = await import('../verify/platform-verify.ts')
    return verifyAsPlatform(texts, options, request, platform, context)
  }
  const trustAnchors = new TrustStore(await readTrustAnchors(options.trust ?? [], context))
  const untrusted = await readUntrusted(options.untrusted ?? [], context)
  const crls = await readCrls(options.crl ?? [], context)
  const ocspResponses = await readOcspResponses(options.ocspResponse ?? [], context)
  const evidence = { crls: crls.items, ocspResponses: ocspResponses.items }
  const unreadable = [...untrusted.malformed, ...crls.malformed, ...ocspResponses.malformed]
  const engineOptions = { ...(await engineOptionsOf(request)), trustAnchors }
  const verify = await judgeWith(request, evidence, io)

  const verdicts: CertificateVerdict[] = []
  for (const source of texts) {
    const { certificate, issuers, malformed } = await readTarget(source, context)
    const verdict = await verify(certificate, {
      ...engineOptions,
      untrusted: [...issuers, ...untrusted.items],
      malformed: [...malformed, ...unreadable],
    })
    const asked = { source, at: request.at, asked: request.words, evidence: verdict.evidence }
    verdicts.push(certificateVerdict(certificate, verdict, asked))
  }
  return verdicts
}

/** One verdict in full; of several a line each, and in full with `--explain`. */
function textOf(verdicts: readonly CertificateVerdict[], explain: boolean, io: Io) {
  const options = { glyphs: glyphs(io), width: textWidth(io.stdout), explain }
  const [only, ...others] = verdicts
  if (only !== undefined && others.length === 0) return verdictLines(only, options)
  const inFull = explain ? verdicts.flatMap((verdict) => [...verdictLines(verdict, options), []]) : []
  return [...inFull, ...verdictTable(verdicts, options)]
}

/** The request in the engine's terms. The list of public suffixes is big, and loaded only where it counts. */
async function engineOptionsOf(request: VerifyRequest) {
  const { at, rules, purpose, identity, policies, maxDepth, anchorConstraints } = request
  const options = { at, rules, purpose, identity, policies, maxDepth, anchorConstraints }
  if (rules.name !== 'webpki' || identity?.type !== 'dns') return options
  const { isPublicSuffix } = await import('../verify/public-suffix.ts')
  return { ...options, isPublicSuffix }
}
