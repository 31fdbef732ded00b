/** Object identifiers by name. One table per use; every other file takes its identifiers from here. */

/** Attribute types of distinguished names (RFC 4519, RFC 5280 §4.1.2.4 and Appendix A). */
export const ATTRIBUTE = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  countryName: '2.5.4.6',
  localityName: '2.5.4.7',
  stateOrProvinceName: '2.5.4.8',
  streetAddress: '2.5.4.9',
  organizationName: '2.5.4.10',
  organizationalUnitName: '2.5.4.11',
  title: '2.5.4.12',
  description: '2.5.4.13',
  businessCategory: '2.5.4.15',
  postalCode: '2.5.4.17',
  name: '2.5.4.41',
  givenName: '2.5.4.42',
  initials: '2.5.4.43',
  generationQualifier: '2.5.4.44',
  dnQualifier: '2.5.4.46',
  pseudonym: '2.5.4.65',
  organizationIdentifier: '2.5.4.97',
  emailAddress: '1.2.840.113549.1.9.1',
  unstructuredName: '1.2.840.113549.1.9.2',
  userId: '0.9.2342.19200300.100.1.1',
  domainComponent: '0.9.2342.19200300.100.1.25',
  jurisdictionLocality: '1.3.6.1.4.1.311.60.2.1.1',
  jurisdictionStateOrProvince: '1.3.6.1.4.1.311.60.2.1.2',
  jurisdictionCountry: '1.3.6.1.4.1.311.60.2.1.3',
} as const

/** Extensions of certificates, CRLs and CRL entries. */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  privateKeyUsagePeriod: '2.5.29.16',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  cRLNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCRLIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  cRLDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extKeyUsage: '2.5.29.37',
  freshestCRL: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  noRevAvail: '2.5.29.56',
  subjectDirectoryAttributes: '2.5.29.9',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  subjectInfoAccess: '1.3.6.1.5.5.7.1.11',
  proxyCertInfo: '1.3.6.1.5.5.7.1.14',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  precertificatePoison: '1.3.6.1.4.1.11129.2.4.3',
  signedCertificateTimestamps: '1.3.6.1.4.1.11129.2.4.2',
  applicationPolicies: '1.3.6.1.4.1.311.21.10',
  applicationPolicyMappings: '1.3.6.1.4.1.311.21.11',
  certificateTemplate: '1.3.6.1.4.1.311.21.7',
  netscapeCertType: '2.16.840.1.113730.1.1',
  netscapeComment: '2.16.840.1.113730.1.13',
} as const

/** Attributes of certification requests (RFC 2985 §5.4; [MS-WCCE] 2.2.2.7.7). */
export const REQUEST_ATTRIBUTE = {
  challengePassword: '1.2.840.113549.1.9.7',
  extensionRequest: '1.2.840.113549.1.9.14',
  microsoftCertExtensions: '1.3.6.1.4.1.311.2.1.14',
} as const

/** Extended key usages (RFC 5280 §4.2.1.12 and the vendors' own). */
export const KEY_PURPOSE = {
  anyExtendedKeyUsage: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  ipsecEndSystem: '1.3.6.1.5.5.7.3.5',
  ipsecTunnel: '1.3.6.1.5.5.7.3.6',
  ipsecUser: '1.3.6.1.5.5.7.3.7',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  ipsecIKE: '1.3.6.1.5.5.7.3.17',
  kpClientAuth: '1.3.6.1.5.2.3.4',
  kpKdc: '1.3.6.1.5.2.3.5',
  smartcardLogon: '1.3.6.1.4.1.311.20.2.2',
  documentSigning: '1.3.6.1.4.1.311.10.3.12',
  encryptedFileSystem: '1.3.6.1.4.1.311.10.3.4',
  netscapeServerGatedCrypto: '2.16.840.1.113730.4.1',
  microsoftServerGatedCrypto: '1.3.6.1.4.1.311.10.3.3',
} as const

/** `policyIdentifier` anyPolicy (RFC 5280 §4.2.1.4). */
export const ANY_POLICY = '2.5.29.32.0'

/** Access methods of AIA and SIA, and policy qualifiers. */
export const ACCESS_METHOD = {
  ocsp: '1.3.6.1.5.5.7.48.1',
  caIssuers: '1.3.6.1.5.5.7.48.2',
  timeStamping: '1.3.6.1.5.5.7.48.3',
  caRepository: '1.3.6.1.5.5.7.48.5',
} as const

/** The response type and the extensions of OCSP (RFC 6960 §4.2.1, §4.4). */
export const OCSP = {
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  crlReference: '1.3.6.1.5.5.7.48.1.3',
  acceptableResponses: '1.3.6.1.5.5.7.48.1.4',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  serviceLocator: '1.3.6.1.5.5.7.48.1.7',
  preferredSignatureAlgorithms: '1.3.6.1.5.5.7.48.1.8',
  extendedRevoke: '1.3.6.1.5.5.7.48.1.9',
} as const

export const POLICY_QUALIFIER = { cps: '1.3.6.1.5.5.7.2.1', userNotice: '1.3.6.1.5.5.7.2.2' } as const

/** `otherName` types that test certificates use. */
export const OTHER_NAME = {
  userPrincipalName: '1.3.6.1.4.1.311.20.2.3',
  ntdsReplication: '1.3.6.1.4.1.311.25.1',
  kerberosPrincipal: '1.3.6.1.5.2.2',
  smtpUtf8Mailbox: '1.3.6.1.5.5.7.8.9',
} as const

/** Public key algorithms (RFC 3279, RFC 5480, RFC 8410). */
export const KEY_ALGORITHM = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsassaPss: '1.2.840.113549.1.1.10',
  ecPublicKey: '1.2.840.10045.2.1',
  dsa: '1.2.840.10040.4.1',
  ed25519: '1.3.101.112',
  ed448: '1.3.101.113',
  x25519: '1.3.101.110',
  x448: '1.3.101.111',
} as const

/** Named curves: identifier → OpenSSL's name, which `node:crypto` takes. */
export const CURVE_NAME: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'prime256v1',
  '1.3.132.0.34': 'secp384r1',
  '1.3.132.0.35': 'secp521r1',
  '1.3.132.0.10': 'secp256k1',
  '1.3.132.0.33': 'secp224r1',
  '1.2.840.10045.3.1.1': 'prime192v1',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.8': 'brainpoolP256t1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.12': 'brainpoolP384t1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
  '1.3.36.3.3.2.8.1.1.14': 'brainpoolP512t1',
}

/** Signature algorithms (RFC 3279, RFC 4055, RFC 5758, RFC 8410). */
export const SIGNATURE_ALGORITHM = {
  md2WithRSAEncryption: '1.2.840.113549.1.1.2',
  md5WithRSAEncryption: '1.2.840.113549.1.1.4',
  sha1WithRSAEncryption: '1.2.840.113549.1.1.5',
  sha224WithRSAEncryption: '1.2.840.113549.1.1.14',
  sha256WithRSAEncryption: '1.2.840.113549.1.1.11',
  sha384WithRSAEncryption: '1.2.840.113549.1.1.12',
  sha512WithRSAEncryption: '1.2.840.113549.1.1.13',
  'sha3-256WithRSAEncryption': '2.16.840.1.101.3.4.3.14',
  'sha3-384WithRSAEncryption': '2.16.840.1.101.3.4.3.15',
  'sha3-512WithRSAEncryption': '2.16.840.1.101.3.4.3.16',
  rsassaPss: '1.2.840.113549.1.1.10',
  'ecdsa-with-SHA1': '1.2.840.10045.4.1',
  'ecdsa-with-SHA224': '1.2.840.10045.4.3.1',
  'ecdsa-with-SHA256': '1.2.840.10045.4.3.2',
  'ecdsa-with-SHA384': '1.2.840.10045.4.3.3',
  'ecdsa-with-SHA512': '1.2.840.10045.4.3.4',
  'ecdsa-with-SHA3-256': '2.16.840.1.101.3.4.3.10',
  'ecdsa-with-SHA3-384': '2.16.840.1.101.3.4.3.11',
  'ecdsa-with-SHA3-512': '2.16.840.1.101.3.4.3.12',
  'dsa-with-SHA1': '1.2.840.10040.4.3',
  'dsa-with-SHA224': '2.16.840.1.101.3.4.3.1',
  'dsa-with-SHA256': '2.16.840.1.101.3.4.3.2',
  'dsa-with-SHA384': '2.16.840.1.101.3.4.3.3',
  'dsa-with-SHA512': '2.16.840.1.101.3.4.3.4',
  Ed25519: '1.3.101.112',
  Ed448: '1.3.101.113',
} as const

/** Password-based encryption (RFC 8018, RFC 7914, RFC 7292 Appendix C) and the message authentication it rests on. */
export const PASSWORD_ENCRYPTION = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  pbmac1: '1.2.840.113549.1.5.14',
  scrypt: '1.3.6.1.4.1.11591.4.11',
  hmacWithSHA1: '1.2.840.113549.2.7',
  hmacWithSHA224: '1.2.840.113549.2.8',
  hmacWithSHA256: '1.2.840.113549.2.9',
  hmacWithSHA384: '1.2.840.113549.2.10',
  hmacWithSHA512: '1.2.840.113549.2.11',
  'aes128-CBC': '2.16.840.1.101.3.4.1.2',
  'aes192-CBC': '2.16.840.1.101.3.4.1.22',
  'aes256-CBC': '2.16.840.1.101.3.4.1.42',
  'des-EDE3-CBC': '1.2.840.113549.3.7',
  'rc2-CBC': '1.2.840.113549.3.2',
  'des-CBC': '1.3.14.3.2.7',
  'pbeWithMD5AndDES-CBC': '1.2.840.113549.1.5.3',
  'pbeWithSHA1AndDES-CBC': '1.2.840.113549.1.5.10',
  pbeWithSHAAnd128BitRC4: '1.2.840.113549.1.12.1.1',
  pbeWithSHAAnd40BitRC4: '1.2.840.113549.1.12.1.2',
  'pbeWithSHAAnd3-KeyTripleDES-CBC': '1.2.840.113549.1.12.1.3',
  'pbeWithSHAAnd2-KeyTripleDES-CBC': '1.2.840.113549.1.12.1.4',
  'pbeWithSHAAnd128BitRC2-CBC': '1.2.840.113549.1.12.1.5',
  'pbeWithSHAAnd40BitRC2-CBC': '1.2.840.113549.1.12.1.6',
} as const

/** Content types of PKCS #7 (RFC 2315 §14, RFC 5652). */
export const CONTENT_TYPE = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  encryptedData: '1.2.840.113549.1.7.6',
} as const

/** What PKCS #12 files hold, and the attributes of it (RFC 7292 §4.2, Appendix D; RFC 2985 §5.5). */
export const PKCS12_BAG = {
  keyBag: '1.2.840.113549.1.12.10.1.1',
  pkcs8ShroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  crlBag: '1.2.840.113549.1.12.10.1.4',
  secretBag: '1.2.840.113549.1.12.10.1.5',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  /** Oracle's: without it Java does not take a certificate of a PKCS #12 file as trusted. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
} as const

/** Digests: identifier → the name `node:crypto` takes. */
export const DIGEST_NAME: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
}

/** The identifier of a digest by its `node:crypto` name. */
export function digestOid(name: string): string | undefined {
  return Object.keys(DIGEST_NAME).find((oid) => DIGEST_NAME[oid] === name)
}

/** The mask generation function of RSASSA-PSS (RFC 8017 B.2.1). */
export const MGF1 = '1.2.840.113549.1.1.8'

let names: ReadonlyMap<string, string> | undefined

/** The name of an object identifier, for people; undefined if no table here knows it. */
export function oidName(oid: string): string | undefined {
  names ??= namesByOid()
  return names.get(oid)
}

/** All tables turned round. Where two name the same identifier, the first does; curves and digests before all others. */
function namesByOid(): ReadonlyMap<string, string> {
  const certificates = [ATTRIBUTE, EXTENSION, KEY_PURPOSE, ACCESS_METHOD, POLICY_QUALIFIER, OTHER_NAME, KEY_ALGORITHM]
  const containers = [REQUEST_ATTRIBUTE, PASSWORD_ENCRYPTION, CONTENT_TYPE, PKCS12_BAG]
  const tables = [...certificates, SIGNATURE_ALGORITHM, ...containers, { anyPolicy: ANY_POLICY, mgf1: MGF1 }]
  const entries = tables.flatMap((table) => Object.entries<string>(table).map(([name, oid]) => [oid, name] as const))
  return new Map([...entries.toReversed(), ...Object.entries(CURVE_NAME), ...Object.entries(DIGEST_NAME)])
}
