/** RevocationMode Online, which is the default, with the evidence fetched from where certificates say. */

import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { issueCrl } from '../../src/issue/crl.ts'
import { encodeDistributionPoints, encodeInfoAccess } from '../../src/x509/extension-encoding.ts'
import { ACCESS_METHOD } from '../../src/x509/oids.ts'
import { AT, endEntity, ROOT, SUB } from './certificates.ts'
import { listen, serve } from './https-server.ts'

const REVOKED = 666

/** Serves the CRL of SUB, and SUB itself; counts the questions. */
async function authority() {
  const day = 86_400_000
  const crl = issueCrl({
    issuer: SUB.certificate,
    signer: SUB.signer,
    thisUpdate: new Date(AT.getTime() - day),
    nextUpdate: new Date(AT.getTime() + day),
    number: 1n,
    entries: [{ serialNumber: BigInt(REVOKED), revocationDate: AT }],
  })
  const asked: string[] = []
  const port = await listen(
    createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end(request.url === '/sub.crt' ? SUB.certificate.encoded : crl)
    }),
  )
  const uri = (path: string) =>
    ({ type: 'uniformResourceIdentifier', value: `http://127.0.0.1:${port}/${path}` }) as const
  const extensions = {
    cRLDistributionPoints: encodeDistributionPoints([
      { distributionPoint: { fullName: [uri('sub.crl')] }, reasons: undefined, cRLIssuer: undefined },
    ]),
    authorityInfoAccess: encodeInfoAccess([{ accessMethod: ACCESS_METHOD.caIssuers, accessLocation: uri('sub.crt') }]),
  }
  return { asked, client: (serialNumber: number) => endEntity(SUB, { serialNumber, extensions }) }
}

async function status(options: Partial<Parameters<typeof certificateAuthentication>[0]>, serialNumber = 1) {
  const { asked, client } = await authority()
  const { get } = await serve(
    certificateAuthentication({
      clock: () => AT,
      chainTrustValidationMode: 'CustomRootTrust',
      customTrustStore: [ROOT.certificate, SUB.certificate],
      revocationFlag: 'EndCertificateOnly',
      ...options,
    }),
    requireCertificate(),
    (_request, response) => response.end('in'),
  )
  return [(await get({ client: client(serialNumber) })).status, asked]
}

const ROOT_ONLY = { customTrustStore: [ROOT.certificate] }

test.each<readonly [string, Parameters<typeof status>, number, readonly string[]]>([
  ['a good certificate', [{ fetch: {} }], 200, ['/sub.crl']],
  ['a revoked one', [{ fetch: {} }, REVOKED], 403, ['/sub.crl']],
  ['nothing may be fetched', [{}], 403, []],
  ['Offline, and there is no cache', [{ fetch: {}, revocationMode: 'Offline' }], 403, []],
  ['NoCheck', [{ fetch: {}, revocationMode: 'NoCheck' }, REVOKED], 200, []],
  ['a missing intermediate is fetched', [{ fetch: {}, ...ROOT_ONLY }], 200, ['/sub.crt', '/sub.crl']],
  ['the type is not allowed: nobody is asked', [{ fetch: {}, allowedCertificateTypes: 'SelfSigned' }], 403, []],
])('%s', async (_, args, expected, asked) => {
  expect(await status(...args)).toEqual([expected, asked])
})
