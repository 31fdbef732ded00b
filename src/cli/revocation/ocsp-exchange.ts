/** Asks an OCSP responder over HTTP: the one that was named, or the one that the certificate names. */

import { PkiError } from '../../errors.ts'
import { Destinations, parseAllowedHost } from '../../online/destination.ts'
import { FetchError } from '../../online/fetch-error.ts'
import { fetchHttp } from '../../online/http.ts'
import { ocspRequest, ocspUrls } from '../../online/ocsp-fetch.ts'
import { notFetchedCure, notFetchedSentence } from '../../path/findings/fetch-failure.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { checkFlag, refuseTogether, requireUrl } from '../options.ts'

export interface OcspExchangeOptions {
  readonly url?: string
  readonly get?: boolean
  readonly post?: boolean
  readonly allowHosts?: readonly string[]
}

/** Milliseconds for one exchange. */
const TIMEOUT = 10_000

/** An answer about one certificate, its responder's chain included, has some thousands of octets. */
const MAX_BYTES = 1 << 18

/**
 * The answer to an OCSPRequest, whatever it is.
 * @param certificate names the responder if `--url` does not
 * @throws PkiError `usage.option` if nobody is named, `input.network` if nothing comes of it
 */
export async function askResponder(
  question: Uint8Array,
  certificate: Certificate,
  { url: named, get, post, allowHosts = [] }: OcspExchangeOptions,
): Promise<Uint8Array> {
  refuseTogether({ '--get': get, '--post': post })
  const [url = named] = named === undefined ? ocspUrls(certificate) : []
  if (url === undefined) {
    throw new PkiError('usage.option', 'missing option: --url <url>; the certificate names no OCSP responder', {
      hint: '--request-out <file> writes the request without asking anybody',
    })
  }
  for (const host of allowHosts) checkFlag(host, '--allow-hosts', parseAllowedHost)
  // A URL that was typed is meant; one in a certificate is somebody else's text.
  const meant = named === undefined ? [] : [new URL(requireUrl(named, '--url')).host]
  const destinations = new Destinations([...allowHosts, ...meant])
  const method = get === true ? 'GET' : post === true ? 'POST' : undefined
  try {
    const request = { ...ocspRequest(url, question, method), maxBytes: MAX_BYTES }
    return (await fetchHttp(request, { destinations, timeout: TIMEOUT })).body
  } catch (cause) {
    if (!(cause instanceof FetchError)) throw cause
    const facts = { url, reason: cause.reason, detail: cause.detail }
    throw new PkiError('input.network', notFetchedSentence('the OCSP response', facts), {
      hint: cause.reason === 'host-not-allowed' ? 'allow the host with --allow-hosts' : notFetchedCure(facts),
      context: facts,
      cause,
    })
  }
}
