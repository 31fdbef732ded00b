/** What the handler's own tests ask (the table of the specification, by its numbers), and every option besides. */

import type { CertificateValidationOptions } from '../../../src/authentication/options.ts'
import type { Certificate } from '../../../src/x509/certificate.ts'
import { encodeBasicConstraints } from '../../../src/x509/extension-encoding.ts'
import { KEY_PURPOSE } from '../../../src/x509/oids.ts'
import { AT, type Fields, leaf, root } from '../../path/build-certificate.ts'
import { type HandlerCase, makeChain } from './chain-case.ts'

const YEAR = 365 * 86_400_000
const years = (number: number) => new Date(AT.getTime() + number * YEAR)

/** As the tests of ASP.NET Core make them: digitalSignature, critical, and no basicConstraints. */
function selfSigned(fields: Fields = {}): Certificate {
  return root({
    subject: 'CN=Valid Self Signed,OU=dev,DC=idunno-dev,DC=org',
    ca: false,
    without: ['basicConstraints', 'subjectKeyIdentifier'],
    keyUsage: ['digitalSignature'],
    ...fields,
  }).certificate
}

export function handlerCases(): readonly HandlerCase[] {
  return [...table(), ...further()]
}

function handler(id: string, certificate: Certificate, options: CertificateValidationOptions = {}): HandlerCase {
  return { id: `handler: ${id}`, certificate, options, verificationTime: AT }
}

function table(): readonly HandlerCase[] {
  const client = selfSigned({ extKeyUsage: [KEY_PURPOSE.clientAuth] })
  const none = selfSigned()
  const server = selfSigned({ extKeyUsage: [KEY_PURPOSE.serverAuth] })
  const expired = selfSigned({ notBefore: years(-2), notAfter: years(-1) })
  const future = selfSigned({ notBefore: years(2), notAfter: years(3) })
  const chain = makeChain({
    root: { extKeyUsage: [KEY_PURPOSE.clientAuth] },
    leaf: { extKeyUsage: [KEY_PURPOSE.clientAuth] },
  })
  const [top, sub] = [chain.root.certificate, ...chain.intermediates.map(({ certificate }) => certificate)]
  const store = (...certificates: readonly (Certificate | undefined)[]) =>
    certificates.filter((one) => one !== undefined)
  const own: CertificateValidationOptions = { allowedCertificateTypes: 'SelfSigned' }
  const custom: CertificateValidationOptions = {
    chainTrustValidationMode: 'CustomRootTrust',
    revocationMode: 'NoCheck',
  }
  return [
    handler('3, self-signed for clients', client, own),
    handler('4, self-signed for anything', none, own),
    handler('5, self-signed for clients, chained allowed', client),
    handler('6, self-signed for anything, chained allowed', none),
    handler('7, self-signed for servers', server, own),
    handler('8, self-signed for servers, use not validated', server, { ...own, validateCertificateUse: false }),
    handler('9, self-signed for servers, chained allowed', server, { validateCertificateUse: false }),
    handler('10, expired', expired, { ...own, validateCertificateUse: false }),
    handler('11, expired, validity not validated', expired, { ...own, validateValidityPeriod: false }),
    handler('12, not yet valid', future, { ...own, validateCertificateUse: false }),
    handler('13, not yet valid, validity not validated', future, { ...own, validateValidityPeriod: false }),
    handler('17, untrusted', chain.leaf),
    handler('19, the intermediate alone is in the store', chain.leaf, { ...custom, customTrustStore: store(sub) }),
    handler('20, both are in the store', chain.leaf, { ...custom, customTrustStore: store(top, sub) }),
    handler('21, the intermediate is additional', chain.leaf, {
      ...custom,
      customTrustStore: store(top),
      additionalChainCertificates: store(sub),
    }),
    handler('22, the intermediate is missing', chain.leaf, { ...custom, customTrustStore: store(top) }),
  ]
}

/** Cases beyond the table: C.3 of the specification, and the options against each other. */
function further(): readonly HandlerCase[] {
  const chain = makeChain({})
  const stores = [chain.root, ...chain.intermediates].map(({ certificate }) => certificate)
  const custom: CertificateValidationOptions = {
    chainTrustValidationMode: 'CustomRootTrust',
    customTrustStore: stores,
    revocationMode: 'NoCheck',
  }
  const article = makeChain({
    root: { without: ['basicConstraints'], keyUsage: ['keyCertSign', 'cRLSign', 'digitalSignature'] },
    intermediates: [{ extensions: { basicConstraints: encodeBasicConstraints({ cA: true, pathLenConstraint: 1 }) } }],
    leaf: { extKeyUsage: [KEY_PURPOSE.serverAuth, KEY_PURPOSE.clientAuth] },
  })
  const narrow = makeChain({ intermediates: [{ extKeyUsage: [KEY_PURPOSE.serverAuth] }] })
  const any = makeChain({ leaf: { extKeyUsage: [KEY_PURPOSE.anyExtendedKeyUsage] } })
  const foreign = leaf(root({ subject: 'CN=same' }), { subject: 'CN=same', without: ['authorityKeyIdentifier'] })
  const late = makeChain({ leaf: { notAfter: AT }, root: { notAfter: AT } })
  const trusting = ({ root, intermediates }: typeof chain): CertificateValidationOptions => ({
    ...custom,
    customTrustStore: [root, ...intermediates].map(({ certificate }) => certificate),
  })
  return [
    handler('System and a custom store', chain.leaf, { customTrustStore: stores }),
    handler('System and a custom store, self-signed', selfSigned(), {
      customTrustStore: stores,
      allowedCertificateTypes: 'All',
    }),
    handler('chained, Online, nothing to ask', chain.leaf, { ...custom, revocationMode: 'Online' }),
    handler('chained, Offline, nothing to ask', chain.leaf, { ...custom, revocationMode: 'Offline' }),
    handler('chained, Online, the end alone', chain.leaf, {
      ...custom,
      revocationMode: 'Online',
      revocationFlag: 'EndCertificateOnly',
    }),
    handler('self-signed, Online', selfSigned(), { allowedCertificateTypes: 'All' }),
    handler('chained, SelfSigned allowed', chain.leaf, { ...custom, allowedCertificateTypes: 'SelfSigned' }),
    handler('chained, All allowed', chain.leaf, { ...custom, allowedCertificateTypes: 'All' }),
    handler('the chain of the article', article.leaf, trusting(article)),
    handler('an intermediate for servers', narrow.leaf, trusting(narrow)),
    handler('an intermediate for servers, use not validated', narrow.leaf, {
      ...trusting(narrow),
      validateCertificateUse: false,
    }),
    handler('anyExtendedKeyUsage', any.leaf, trusting(any)),
    handler('its own name and a foreign signature', foreign, { allowedCertificateTypes: 'All' }),
    handler('leaf and root expired', late.leaf, trusting(late)),
    handler('leaf and root expired, validity not validated', late.leaf, {
      ...trusting(late),
      validateValidityPeriod: false,
    }),
    handler('custom trust without a store', chain.leaf, { chainTrustValidationMode: 'CustomRootTrust' }),
    handler('the leaf is additional', chain.leaf, { ...custom, additionalChainCertificates: [chain.leaf] }),
    handler('the root is additional alone', chain.leaf, {
      ...custom,
      customTrustStore: [],
      additionalChainCertificates: stores,
    }),
  ]
}
