/** Operations handed over from one scheme to another: ForwardDefault and its kin. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { authenticationOf } from '../../src/authentication/authenticated.ts'
import { type CertificateAuthentication, certificateAuthentication } from '../../src/authentication/middleware.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { forwardScheme, type SchemeForwardingOptions } from '../../src/authentication/scheme-forwarding.ts'
import { AT, CLIENT, SS_NONE } from './certificates.ts'
import { serve } from './https-server.ts'

type Scheme = CertificateAuthentication<IncomingMessage, ServerResponse>
type Options = SchemeForwardingOptions<IncomingMessage, ServerResponse>

/** Takes self-signed certificates, or none; answers a challenge with a status of its own. */
function scheme(name: string, status: number, lenient = false): Scheme {
  return certificateAuthentication<IncomingMessage, ServerResponse>({
    clock: () => AT,
    scheme: name,
    allowedCertificateTypes: lenient ? 'SelfSigned' : 'Chained',
    events: {
      onChallenge(context) {
        context.response.statusCode = status
        context.response.end(name)
        context.handleResponse()
      },
    },
  })
}

const own = scheme('own', 461)
const lenient = scheme('lenient', 462, true)
const other = scheme('other', 463)

/** Who comes, with a self-signed certificate or with none; and who answers those who do not come in. */
async function answers(options: Options, path = '/') {
  const authentication = forwardScheme(own, options)
  const { get } = await serve(authentication, requireCertificate(), (request, response) => {
    response.end(authenticationOf(request)?.scheme)
  })
  const of = async (client?: typeof SS_NONE) => {
    const { status, body } = await get({ path, ...(client && { client }) })
    return `${status} ${body}`.trim()
  }
  return [await of(SS_NONE), await of()]
}

test.each<[string, Options, readonly string[]]>([
  ['nothing: the scheme itself', {}, ['461 own', '461 own']],
  ['everything', { forwardDefault: lenient }, ['200 lenient', '462 lenient']],
  ['authenticating alone', { forwardAuthenticate: lenient }, ['200 lenient', '461 own']],
  ['challenging alone', { forwardChallenge: other }, ['463 other', '463 other']],
  ['to itself', { forwardDefault: own, forwardAuthenticate: own }, ['461 own', '461 own']],
  ['by a selector', { forwardDefaultSelector: () => lenient }, ['200 lenient', '462 lenient']],
  ['a selector that chooses none', { forwardDefaultSelector: () => undefined }, ['461 own', '461 own']],
  [
    'the selector before the default',
    { forwardDefaultSelector: () => lenient, forwardDefault: other },
    ['200 lenient', '462 lenient'],
  ],
  [
    'the operation before the selector',
    { forwardDefaultSelector: () => other, forwardAuthenticate: lenient },
    ['200 lenient', '463 other'],
  ],
  [
    'and handed on',
    { forwardDefault: forwardScheme(other, { forwardDefault: lenient }) },
    ['200 lenient', '462 lenient'],
  ],
])('%s', async (_, options, expected) => {
  expect(await answers(options)).toEqual(expected)
})

test('a selector by path', async () => {
  const forwardDefaultSelector = ({ url }: IncomingMessage) => (url === '/lenient' ? lenient : undefined)
  expect(await answers({ forwardDefaultSelector }, '/lenient')).toEqual(['200 lenient', '462 lenient'])
  expect(await answers({ forwardDefaultSelector }, '/')).toEqual(['461 own', '461 own'])
})

test('who is not allowed is forbidden by whoever forbids, and with the request', async () => {
  const forbid = vi.fn((response: ServerResponse) => void response.writeHead(464).end('no'))
  const authentication = forwardScheme(lenient, { forwardForbid: { forbid } })
  const { get } = await serve(authentication, requireCertificate({ allowedThumbprints: [] }))
  expect(await get({ client: SS_NONE })).toMatchObject({ status: 464, body: 'no' })
  expect(forbid).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ url: '/' }))
})

test('the parts are handed over as well', async () => {
  const authentication = forwardScheme(own, { forwardDefault: lenient, forwardChallenge: other })
  expect(authentication.scheme).toBe('own')
  const { get } = await serve(async (request, response) => {
    const { scheme: name, outcome } = await authentication.authenticate(request)
    if (outcome === 'success') response.end(name)
    else if (request.url === '/forbid') void authentication.forbid(response, request)
    else await authentication.challenge(request, response)
  })
  expect((await get({ client: SS_NONE })).body).toBe('lenient')
  expect((await get({ client: CLIENT })).status).toBe(463)
  expect((await get({ client: CLIENT, path: '/forbid' })).status).toBe(403)
})

test('a selector that throws lets nobody in, and says nothing', async () => {
  const forwardDefaultSelector = () => {
    throw new Error('SECRET')
  }
  const authentication = forwardScheme(own, { forwardDefaultSelector })
  const { get } = await serve(authentication, (_request, response) => response.end('in'))
  const { status, body } = await get({ client: SS_NONE })
  expect({ status, body }).toEqual({
    status: 500,
    body: 'CertificateAuthenticationError: certificate authentication failed',
  })
})
