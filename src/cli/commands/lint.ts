/** `pki lint`: what a certificate or a request does wrong by itself, without issuer, path or time. */

import type { Command } from 'commander'
import { type Input, type InputEncoding, malformedInput, requireCertificates } from '../../container/input.ts'
import { DerError } from '../../der/reader.ts'
import { certificateTitle } from '../../describe/certificate-title.ts'
import type { Finding } from '../../path/findings.ts'
import { lintCertificate, lintRequest } from '../../path/lint.ts'
import { RFC5280_STRICT, type RuleSet, weightOf } from '../../path/rule-set.ts'
import { type CertificationRequest, parseRequest } from '../../x509/request.ts'
import { openInput, readSource } from '../input-source.ts'
import type { Io } from '../io.ts'
import { addStoreOption, type StoreOptions, storeFrom } from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { lintLines } from '../render/render-lint-text.ts'
import { textWidth } from '../render/styled-text.ts'
import { type Judgement, weighFindings } from '../verify/judgement.ts'
import {
  addOutputFlags,
  OUTPUT_CONDITION,
  type OutputFlags,
  outputFormat,
  writeJudgements,
} from '../verify/judgement-output.ts'
import { addRulesOption, type RuleOption, ruleSetOf } from '../verify/verify-request.ts'

interface LintOptions extends RuleOption, OutputFlags, StoreOptions {
  readonly explain?: boolean
  readonly passwordFile?: string
}

export function define(command: Command): void {
  command.argument('<file|name...>', 'certificates and requests; of a bundle every one; - is standard input')
  addRulesOption(command, RFC5280_STRICT)
  command.option('--explain', 'show the facts behind each finding')
  addOutputFlags(command)
  command.option('--password-file <file>', 'the password of a PFX (or PKI_PASSWORD)')
  addStoreOption(command)
}

export const conditions = [OUTPUT_CONDITION]

export async function run(args: readonly unknown[], options: LintOptions, io: Io): Promise<number> {
  const format = outputFormat(options)
  const rules = ruleSetOf(options, RFC5280_STRICT)
  const store = storeFrom(options, io)
  const readOptions = { passwordFile: options.passwordFile, privateKeys: 'skip' } as const
  const judgements: Judgement[] = []
  for (const text of args[0] as readonly string[]) {
    const input = await readSource(openInput(text, { store }, io), readOptions, io)
    judgements.push(...lintInput(text, input, rules))
  }
  const textOptions = { glyphs: glyphs(io), width: textWidth(io.stdout), explain: options.explain === true }
  const renderings = {
    name: 'pki lint',
    at: io.now(),
    text: () => lintLines(judgements, textOptions),
    json: async () => (await import('../render/render-lint-json.ts')).lintJson(judgements),
  }
  await writeJudgements(judgements, format, renderings, io)
  return judgements.every(({ accepted }) => accepted) ? 0 : 1
}

/** @throws PkiError `input.malformed` if there is neither certificate nor request in it, or one that does not parse */
function lintInput(source: string, input: Input, rules: RuleSet): readonly Judgement[] {
  const requests = input.requests.map((request) => {
    const parsed = parse(request)
    return judge(source, parsed, lintRequest(parsed, rules), rules)
  })
  if (requests.length > 0 && input.certificates.length + input.malformedCertificates.length === 0) return requests
  const certificates = requireCertificates(input).map((certificate) =>
    judge(source, certificate, lintCertificate(certificate, rules), rules),
  )
  return [...certificates, ...requests]
}

function parse({ encoded, place }: InputEncoding): CertificationRequest {
  try {
    return parseRequest(encoded)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw malformedInput(place, error, 'a certification request')
  }
}

function judge(
  source: string,
  subject: Parameters<typeof certificateTitle>[0],
  findings: readonly Finding[],
  rules: RuleSet,
): Judgement {
  const accepted = findings.every(({ code }) => weightOf(rules, code) !== 'error')
  return { source, title: certificateTitle(subject), accepted, rules, findings: weighFindings(findings, rules) }
}
