/** `pki ocsp respond`: the answer to one request, from what the journal says. */

import { PkiError } from '../../errors.ts'
import { respond } from '../../issue/ocsp.ts'
import { Revocations } from '../../store/revocations.ts'
import { parseOcspResponse } from '../../x509/ocsp.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import { readInputFile } from '../input-file.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import { writeJson } from '../json.ts'
import { type JsonOption, parseChoice, refuseTogether, type StoreOptions, storeFrom } from '../options.ts'
import { requireWritable, writeOutput } from '../output-file.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import type { OcspRespondJson } from '../result-json.ts'
import { crlValidity } from './crl-options.ts'
import { ocspSigner, type RevocationSignerOptions } from './revocation-signer.ts'

export interface OcspRespondOptions
  extends Omit<RevocationSignerOptions, 'seeded'>,
    SeedFlags,
    StoreOptions,
    JsonOption {
  readonly issuer?: string
  readonly out?: string
  readonly force?: boolean
  readonly signer?: string
  readonly responderId?: string
  readonly days?: string
  readonly hours?: string
  readonly thisUpdate?: string
  readonly nextUpdate?: string
}

/** A response of `pki ocsp respond` lasts a day unless told otherwise. */
const DEFAULT_DAYS = 1

/**
 * Answers the request in a file. That it is malformed is an answer too.
 * @returns the exit code
 * @throws PkiError `usage.option` without issuer or output; as `ocspSigner` does
 */
export async function answer(requestFile: string, options: OcspRespondOptions, world: Io): Promise<number> {
  const { issuer: issuerName, out, force, json } = options
  if (out === '-') refuseTogether({ '--json': json, '--out -': true })
  if (issuerName === undefined || out === undefined) {
    throw new PkiError(
      'usage.option',
      `missing option: ${issuerName === undefined ? '--issuer <ca>' : '--out <file>'}`,
      {
        hint: 'pki ocsp respond <request> --issuer <ca> --out <file>',
      },
    )
  }
  const kind = parseChoice(options.responderId ?? 'key', ['key', 'name'] as const, '--responder-id')
  requireWritable(out, force, world)
  const { io, seeded } = await circumstances(options, world)
  const store = storeFrom(options, io)
  const issuer = store.readCertificate(issuerName)
  const validity = crlValidity(options, io.now(), DEFAULT_DAYS)
  const request = readInputFile(requestFile, io)
  const revocations = new Revocations(store, { withIssued: true })
  revocations.refresh()
  const response = respond({
    request,
    issuers: [issuer],
    responder: await ocspSigner(store, options.signer ?? issuerName, issuer, { ...options, seeded }, io),
    lookup: revocations.ocspLookup(validity.thisUpdate),
    producedAt: validity.thisUpdate,
    ...validity,
    responderId: kind === 'key' ? 'byKey' : 'byName',
  })
  const files = writeOutput(out, response, force, io)
  report(response, files, options, io)
  return 0
}

function report(response: Uint8Array, files: readonly string[], { json, out }: OcspRespondOptions, io: Io): void {
  const { responseStatus, basic } = parseOcspResponse(response)
  const responses = (basic?.responses ?? []).map(({ certId, certStatus }) => ({
    serialNumber: formatSerialNumber(certId.serialNumber),
    status: certStatus.type,
  }))
  if (out === '-') return
  if (json === true) {
    const result: OcspRespondJson = { schema: 'pki.ocsp-respond/1', responseStatus, responses, files }
    writeJson(io, result)
    return
  }
  const colors = paint(io.stdout)
  const marks = glyphs(io)
  const head = basic === undefined ? `${colors.warn(marks.warning)} ` : `${colors.good(marks.good)} `
  const lines = responses.map(({ serialNumber, status }) => `  ${status.padEnd(9)}${serialNumber}`)
  const written = files.map((file) => `  ${colors.quiet('written to')} ${displayPath(file, io)}`)
  io.stdout.write(
    `${[`${head}${colors.strong('OCSP response')}  ${responseStatus}`, ...lines, ...written].join('\n')}\n`,
  )
}
