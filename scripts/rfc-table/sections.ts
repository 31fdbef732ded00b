/**
 * What this project does with each section of RFC 5280 that speaks of certificates, CRLs and their validation: kept by
 * hand, but for the findings, which `render.ts` adds from their table. `test/rfc-table.test.ts` keeps it true.
 */

export type Support = 'yes' | 'partly' | 'no'

export interface Section {
  /** As the RFC numbers it. */
  readonly number: string
  readonly title: string
  readonly support: Support
  /** Below src/. */
  readonly files: readonly string[]
  /** Below test/. */
  readonly tests: readonly string[]
  /** A deviation, or what is missing. Markdown. */
  readonly note?: string
}

/** A chapter is one row of the short table. */
export interface Chapter {
  readonly number: string
  readonly title: string
  readonly sections: readonly Section[]
}

type Where = Pick<Section, 'files' | 'tests'>

const CERTIFICATE: Where = { files: ['x509/certificate.ts', 'path/profile.ts'], tests: ['path/profile.test.ts'] }
const NAMES: Where = {
  files: ['x509/name.ts', 'path/profile.ts'],
  tests: ['x509/name.test.ts', 'path/profile.test.ts'],
}
const SIGNATURE: Where = { files: ['x509/signature.ts', 'path/validate.ts'], tests: ['x509/signature.test.ts'] }
const POLICIES: Where = { files: ['path/policies.ts'], tests: ['path/policies.test.ts', 'conformance/pkits.test.ts'] }
const EXTENSION: Where = { files: ['x509/extension-value.ts', 'path/profile.ts'], tests: ['path/profile.test.ts'] }
const KNOWN: Where = {
  files: ['x509/decoded-extensions.ts', 'path/extensions.ts'],
  tests: ['x509/certificate.test.ts', 'path/verify.test.ts'],
}
const CRL: Where = { files: ['x509/crl.ts'], tests: ['x509/crl.test.ts'] }
const CRL_EXTENSION: Where = {
  files: ['x509/crl-extension.ts', 'path/crl-scope.ts'],
  tests: ['path/revocation.test.ts'],
}
const CRL_STATUS: Where = {
  files: ['path/crl-status.ts', 'path/crl-issuer.ts'],
  tests: ['path/revocation.test.ts', 'conformance/pkits.test.ts'],
}
const VALIDATE: Where = { files: ['path/validate.ts'], tests: ['path/verify.test.ts', 'conformance/pkits.test.ts'] }
const BUILD: Where = { files: ['path/build.ts', 'path/trust-store.ts'], tests: ['path/build.test.ts'] }
const STRENGTH: Where = { files: ['path/strength.ts'], tests: ['path/verify.test.ts'] }
const IDENTITY: Where = { files: ['path/identity.ts'], tests: ['path/identity.test.ts'] }

function row(number: string, title: string, where: Where, note?: string, support: Support = 'yes'): Section {
  return { number, title, support, ...where, ...(note === undefined ? {} : { note }) }
}

export const CHAPTERS: readonly Chapter[] = [
  {
    number: '3',
    title: 'Paths and trust',
    sections: [
      row('3.2', 'Certification Paths and Trust', BUILD, 'The path builder is that of RFC 4158; names alone connect.'),
    ],
  },
  {
    number: '4.1',
    title: 'Certificate fields',
    sections: [
      row('4.1', 'Basic Certificate Fields', {
        files: ['x509/certificate.ts', 'der/reader.ts'],
        tests: ['x509/certificate.test.ts', 'der/reader.test.ts'],
      }),
      row(
        '4.1.1.2',
        'signatureAlgorithm',
        SIGNATURE,
        'Two statements that differ reject, in their parameters too; MD5 and SHA-1 are a warning.',
      ),
      row('4.1.1.3', 'signatureValue', SIGNATURE),
      row('4.1.2.1', 'Version', CERTIFICATE),
      row('4.1.2.2', 'Serial Number', CERTIFICATE),
      row('4.1.2.3', 'Signature', SIGNATURE),
      row('4.1.2.4', 'Issuer', NAMES),
      row('4.1.2.5', 'Validity', CERTIFICATE, 'Inclusive at both ends, to the second.'),
      row('4.1.2.6', 'Subject', NAMES),
      row(
        '4.1.2.7',
        'Subject Public Key Info',
        {
          files: ['x509/public-key.ts', 'path/profile.ts'],
          tests: ['x509/public-key.test.ts', 'path/profile.test.ts'],
        },
        'RSA, RSASSA-PSS, EC on named curves, Ed25519, Ed448, DSA; explicit curves reject.',
      ),
      row('4.1.2.8', 'Unique Identifiers', CERTIFICATE, 'Read and reported, never compared.'),
      row('4.1.2.9', 'Extensions', KNOWN),
    ],
  },
  {
    number: '4.2',
    title: 'Certificate extensions',
    sections: [
      row('4.2', 'Certificate Extensions', KNOWN, 'A malformed or duplicate extension rejects, critical or not.'),
      row('4.2.1', 'Standard Extensions', EXTENSION),
      row('4.2.1.1', 'Authority Key Identifier', EXTENSION, 'Orders candidates; a mismatch is a warning.'),
      row('4.2.1.2', 'Subject Key Identifier', EXTENSION, 'That it equals the AKI of what is issued: as §4.2.1.1.'),
      row('4.2.1.3', 'Key Usage', EXTENSION),
      row('4.2.1.4', 'Certificate Policies', POLICIES, 'Qualifiers are shown, and have no effect.'),
      row('4.2.1.5', 'Policy Mappings', POLICIES),
      row('4.2.1.6', 'Subject Alternative Name', {
        files: ['x509/general-name.ts', 'path/profile-names.ts'],
        tests: ['x509/general-name-text.test.ts', 'path/profile.test.ts'],
      }),
      row('4.2.1.7', 'Issuer Alternative Name', KNOWN, 'Read and shown; binds nobody.'),
      row(
        '4.2.1.8',
        'Subject Directory Attributes',
        EXTENSION,
        'Not decoded: shown as bytes; critical, it rejects.',
        'no',
      ),
      row('4.2.1.9', 'Basic Constraints', VALIDATE, 'An encoded `cA FALSE` is tolerated, as old issuers write it.'),
      row(
        '4.2.1.10',
        'Name Constraints',
        {
          files: ['x509/general-subtree.ts', 'path/name-constraints.ts'],
          tests: ['x509/general-subtree.test.ts', 'path/name-constraints.test.ts'],
        },
        'DNS, IP, e-mail, URI and directory names. Other forms, and minimum or maximum, reject a name that they meet. ' +
          'A wildcard that an exclusion overlaps is excluded; a leading dot in a DNS constraint is read as most do. ' +
          'Constraints on mailboxes hold for SmtpUTF8Mailbox too (RFC 9598 §6).',
      ),
      row('4.2.1.11', 'Policy Constraints', POLICIES),
      row(
        '4.2.1.12',
        'Extended Key Usage',
        { files: ['path/purpose.ts'], tests: ['path/verify.test.ts'] },
        'What a CA’s extKeyUsage leaves to its subjects is a warning; under the stricter rule sets an error.',
      ),
      row('4.2.1.13', 'CRL Distribution Points', {
        files: ['x509/distribution-point.ts', 'path/crl-scope.ts'],
        tests: ['path/revocation.test.ts', 'path/profile.test.ts'],
      }),
      row('4.2.1.14', 'Inhibit anyPolicy', POLICIES),
      row(
        '4.2.1.15',
        'Freshest CRL',
        CRL_STATUS,
        'A delta CRL at hand is used, whether or not freshestCRL points to it.',
      ),
      row('4.2.2', 'Private Internet Extensions', KNOWN),
      row(
        '4.2.2.1',
        'Authority Information Access',
        { files: ['online/aia.ts', 'online/evidence.ts'], tests: ['online/verify-online.test.ts'] },
        'Fetched with `--revocation online` only; the engine itself fetches nothing.',
      ),
      row('4.2.2.2', 'Subject Information Access', KNOWN, 'Read and shown, not followed.'),
    ],
  },
  {
    number: '5',
    title: 'CRLs and their extensions',
    sections: [
      row('5.1', 'CRL Fields', CRL),
      row('5.1.1.2', 'signatureAlgorithm', CRL_STATUS),
      row('5.1.2.3', 'Issuer Name', CRL),
      row('5.1.2.4', 'This Update', CRL_STATUS),
      row('5.1.2.5', 'Next Update', CRL_STATUS, 'A CRL without it does not go out of date.'),
      row('5.1.2.6', 'Revoked Certificates', {
        files: ['x509/crl-entries.ts'],
        tests: ['x509/crl.test.ts', 'path/revocation.test.ts'],
      }),
      row('5.2', 'CRL Extensions', CRL_EXTENSION),
      row('5.2.1', 'Authority Key Identifier', CRL_STATUS, 'Orders the candidates for the CRL issuer.'),
      row('5.2.2', 'Issuer Alternative Name', CRL_EXTENSION, 'Read and shown; binds nobody.'),
      row('5.2.3', 'CRL Number', CRL_EXTENSION, 'Says which delta CRL updates which complete one.'),
      row('5.2.4', 'Delta CRL Indicator', CRL_STATUS),
      row('5.2.5', 'Issuing Distribution Point', CRL_EXTENSION),
      row('5.2.6', 'Freshest CRL', CRL_STATUS),
      row('5.2.7', 'Authority Information Access', CRL, 'Not followed: CRL issuers are to be given.', 'no'),
      row('5.3', 'CRL Entry Extensions', CRL_EXTENSION),
      row('5.3.1', 'Reason Code', CRL_EXTENSION),
      row('5.3.2', 'Invalidity Date', CRL_EXTENSION, 'Shown; §6.3 has no use for it.'),
      row('5.3.3', 'Certificate Issuer', { files: ['x509/crl-entries.ts'], tests: ['path/revocation.test.ts'] }),
    ],
  },
  {
    number: '6.1',
    title: 'Path validation',
    sections: [
      row('6.1', 'Basic Path Validation', BUILD),
      row('6.1.1', 'Inputs', { files: ['path/verify.ts'], tests: ['path/verify.test.ts', 'path/policies.test.ts'] }),
      row('6.1.2', 'Initialization', VALIDATE, 'The caller may set max_path_length.'),
      row(
        '6.1.3',
        'Basic Certificate Processing',
        VALIDATE,
        'After a bad signature, nothing more of that path is read. Silence about a certificate with noRevAvail is ' +
          'not held against it (RFC 9608).',
      ),
      row('6.1.4', 'Preparation for Certificate i+1', VALIDATE),
      row('6.1.5', 'Wrap-Up Procedure', VALIDATE),
      row(
        '6.1.6',
        'Outputs',
        POLICIES,
        'The valid_policy_tree is the graph of RFC 9618, of linear size; out come its policy sets.',
      ),
    ],
  },
  {
    number: '6.2',
    title: 'Using the algorithm',
    sections: [
      row(
        '6.2',
        'Using the Path Validation Algorithm',
        VALIDATE,
        'A trust anchor comes as a certificate and is held to what it says (RFC 5937), unless the caller wants name ' +
          'and key alone.',
      ),
    ],
  },
  {
    number: '6.3',
    title: 'CRL validation',
    sections: [
      row('6.3.1', 'Revocation Inputs', { files: ['path/revocation.ts'], tests: ['path/revocation.test.ts'] }),
      row('6.3.2', 'Initialization and Revocation State Variables', CRL_STATUS),
      row(
        '6.3.3',
        'CRL Processing',
        CRL_STATUS,
        'The engine fetches nothing: the CRLs are those at hand. One out of date clears nobody, but what it lists, a ' +
          'hold apart, still condemns where nothing current tells. Nobody is believed about a certificate who stands ' +
          'below it, whatever the name, nor about itself where another speaks. A CRL issuer without keyUsage must be a ' +
          'CA; RFC 10007 wants the extension of CAs too.',
      ),
    ],
  },
  {
    number: '7',
    title: 'Internationalized names',
    sections: [
      row(
        '7.1',
        'Internationalized Names in Distinguished Names',
        { files: ['x509/name.ts'], tests: ['x509/name.test.ts'] },
        'NFKC, case folding and white space; not the whole of stringprep (RFC 4518).',
        'partly',
      ),
      row('7.2', 'Internationalized Domain Names in GeneralName', {
        files: ['x509/name-syntax.ts', 'x509/general-name-text.ts'],
        tests: ['x509/name-syntax.test.ts', 'x509/general-name-text.test.ts'],
      }),
      row(
        '7.3',
        'Internationalized Domain Names in Distinguished Names',
        { files: ['x509/name.ts'], tests: ['x509/name.test.ts'] },
        'domainComponent compares as any attribute does; U-labels are not converted.',
        'partly',
      ),
      row(
        '7.4',
        'Internationalized Resource Identifiers',
        IDENTITY,
        'Compared as URIs; an IRI that is not mapped to one does not match.',
        'partly',
      ),
      row(
        '7.5',
        'Internationalized Electronic Mail Addresses',
        IDENTITY,
        'Local parts in UTF-8 as SmtpUTF8Mailbox (RFC 9598): for identities, not for name constraints.',
      ),
    ],
  },
  {
    number: '8',
    title: 'Security considerations',
    sections: [
      row(
        '8',
        'Security Considerations',
        { files: ['path/budget.ts'], tests: ['path/build.test.ts', 'fuzz/fuzz.test.ts'] },
        'Signatures, steps and comparisons are counted; a budget that runs out rejects.',
      ),
    ],
  },
]

/** Other documents whose rules have findings, in the order of the table. */
export const DOCUMENTS: readonly { readonly name: string; readonly title: string; readonly where: Where }[] = [
  { name: 'RFC 3820', title: 'Proxy certificates', where: KNOWN },
  { name: 'RFC 4055', title: 'RSA algorithm identifiers', where: SIGNATURE },
  { name: 'RFC 4158', title: 'Path building', where: BUILD },
  { name: 'RFC 5480', title: 'Elliptic curve keys', where: CERTIFICATE },
  {
    name: 'RFC 6960',
    title: 'OCSP',
    where: {
      files: ['x509/ocsp.ts', 'path/ocsp-evidence.ts'],
      tests: ['x509/ocsp.test.ts', 'path/ocsp-evidence.test.ts'],
    },
  },
  { name: 'RFC 6962', title: 'Certificate Transparency', where: KNOWN },
  { name: 'RFC 9325', title: 'Recommendations for TLS', where: STRENGTH },
  { name: 'RFC 9525', title: 'Service identity', where: IDENTITY },
  {
    name: 'CA/B BR',
    title: 'CA/Browser Forum, Baseline Requirements (`--rules webpki`)',
    where: { files: ['path/webpki.ts'], tests: ['path/webpki.test.ts', 'conformance/limbo.test.ts'] },
  },
]
