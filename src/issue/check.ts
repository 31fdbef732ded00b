/**
 * Checks a certificate before it is issued: whether its issuer, and every authority above, leaves it a chance to be
 * valid (RFC 5280 §6), and which platforms would refuse it all the same. Nothing is written or thrown.
 *
 * This is the issuer's own care, not validation: the engine in `path/` knows nothing of it and judges what comes out.
 */

import { DerReader } from '../der/reader.ts'
import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { readAlgorithmIdentifier, signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type DecodedExtensions, decodeExtensions } from '../x509/decoded-extensions.ts'
import type { Name } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import { KEY_PURPOSE, oidName } from '../x509/oids.ts'
import { checkNames } from './check-names.ts'
import type { IssueRequest, IssuingAuthority } from './issue-request.ts'
import { type IssuanceProblem, problem } from './problems.ts'

type Problems = readonly IssuanceProblem[]

/** Everything that is to be said about the request; an empty list is good news. */
export function checkIssuance(request: IssueRequest): Problems {
  const { decoded, malformed } = decodeExtensions(request.extensions.map((e) => ({ ...e, offset: 0 })))
  const { issuer } = request
  return [
    ...malformed.map(({ oid, error }) =>
      problem('extension.malformed', { extension: oidName(oid) ?? oid, fault: error.message }),
    ),
    ...checkItself(request, decoded),
    ...checkValidity(request),
    ...(issuer === undefined ? [] : checkAgainstIssuer(request, decoded, issuer)),
    ...checkStrength(request),
    ...checkPlatforms(request, decoded),
  ]
}

/**
 * The warnings about a request that may be issued.
 * @throws PkiError `refused.issuer` with everything that speaks against it
 */
export function requireIssuable(request: IssueRequest): Problems {
  const problems = checkIssuance(request)
  const refused = problems.filter(({ level }) => level === 'refused')
  if (refused.length === 0) return problems
  throw new PkiError('refused.issuer', refused.map(({ message }) => message).join('; '), {
    hint: 'use --unchecked if this is what you want to test',
    context: { kinds: refused.map(({ kind }) => kind).join(' ') },
  })
}

function checkItself({ subject }: IssueRequest, decoded: DecodedExtensions): Problems {
  const problems: IssuanceProblem[] = []
  const { basicConstraints, keyUsage, nameConstraints, subjectAltName } = decoded
  const cA = basicConstraints?.cA ?? false
  if (subject.isEmpty && cA) problems.push(problem('subject.empty-ca', {}))
  else if (subject.isEmpty && subjectAltName === undefined) problems.push(problem('subject.nameless', {}))
  const signsCertificates = keyUsage?.includes('keyCertSign')
  if (signsCertificates === true && !cA) problems.push(problem('usage.cert-sign-without-ca', {}))
  if (signsCertificates === false && cA) problems.push(problem('usage.ca-without-cert-sign', {}))
  const pathLenConstraint = basicConstraints?.pathLenConstraint
  if (pathLenConstraint !== undefined && !cA) problems.push(problem('path-length.without-ca', { pathLenConstraint }))
  if (nameConstraints !== undefined && !cA) problems.push(problem('name-constraints.without-ca', {}))
  return problems
}

function checkValidity({ notBefore, notAfter, wantedNotAfter, now }: IssueRequest): Problems {
  if (notAfter < notBefore) return [problem('validity.empty', { notBefore, notAfter })]
  const problems: IssuanceProblem[] = []
  if (notAfter < now) problems.push(problem('validity.expired', { notAfter }))
  if (wantedNotAfter !== undefined) problems.push(problem('validity.shortened', { wanted: wantedNotAfter, notAfter }))
  return problems
}

function checkAgainstIssuer(request: IssueRequest, decoded: DecodedExtensions, issuer: IssuingAuthority): Problems {
  const authorities = [issuer.certificate, ...issuer.chain]
  const isSelfIssuedCa = request.subject.equals(issuer.certificate.subject) && decoded.basicConstraints?.cA === true
  return [
    ...checkAuthority(request, issuer.certificate),
    ...checkIssuerValidity(request, issuer.certificate),
    ...checkPathLength(decoded, authorities, isSelfIssuedCa),
    // §6.1.3 (b): self-issued certificates are free of name constraints unless they are the last of the path.
    ...(isSelfIssuedCa ? [] : checkNames(request.subject, decoded, authorities)),
    ...checkPurposes(decoded, authorities),
  ]
}

function checkAuthority({ signer }: IssueRequest, certificate: Certificate): Problems {
  const issuer = nameForPeople(certificate.subject)
  const problems: IssuanceProblem[] = []
  if (!equalBytes(signer.publicKey.encoded, certificate.publicKey.encoded)) {
    problems.push(problem('issuer.key-mismatch', { issuer }))
  }
  const { basicConstraints, keyUsage } = certificate.decoded
  if (basicConstraints === undefined && certificate.isSelfIssued) {
    // A trust anchor is a name and a key (§6.1.1 d); the root of the ASP.NET Core article is one without the extension.
    problems.push(problem('issuer.no-basic-constraints', { issuer }))
  } else if (basicConstraints?.cA !== true) problems.push(problem('issuer.not-ca', { issuer }))
  if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
    problems.push(problem('issuer.no-key-cert-sign', { issuer }))
  }
  return problems
}

function checkIssuerValidity({ notBefore, notAfter, now }: IssueRequest, certificate: Certificate): Problems {
  const issuer = nameForPeople(certificate.subject)
  const issuerNotBefore = certificate.notBefore.date
  const issuerNotAfter = certificate.notAfter.date
  const problems: IssuanceProblem[] = []
  if (now > issuerNotAfter) problems.push(problem('issuer.expired', { issuer, notAfter: issuerNotAfter }))
  if (now < issuerNotBefore) problems.push(problem('issuer.not-yet-valid', { issuer, notBefore: issuerNotBefore }))
  if (notAfter > issuerNotAfter) problems.push(problem('validity.after-issuer', { notAfter, issuerNotAfter }))
  // Only a warning: whoever asks for a beginning in the past wants an old or expired certificate to test with.
  if (notBefore < issuerNotBefore) problems.push(problem('validity.before-issuer', { notBefore, issuerNotBefore }))
  return problems
}

/** pathLenConstraint counts the authorities below, self-issued ones left out (§4.2.1.9). */
function checkPathLength(
  { basicConstraints }: DecodedExtensions,
  authorities: readonly Certificate[],
  isSelfIssuedCa: boolean,
): Problems {
  const problems: IssuanceProblem[] = []
  let below = basicConstraints?.cA === true && !isSelfIssuedCa ? 1 : 0
  let left = Number.POSITIVE_INFINITY
  for (const certificate of authorities) {
    const limit = certificate.decoded.basicConstraints?.pathLenConstraint
    if (limit !== undefined) left = Math.min(left, limit - below)
    if (limit !== undefined && below > limit) {
      problems.push(
        problem('path-length.exceeded', { authority: nameForPeople(certificate.subject), limit, actual: below }),
      )
    }
    if (!certificate.isSelfIssued) below++
  }
  const wanted = basicConstraints?.pathLenConstraint
  if (wanted !== undefined && basicConstraints?.cA === true && left >= 0 && wanted > left) {
    problems.push(problem('path-length.beyond-issuer', { wanted, left }))
  }
  return problems
}

/** RFC 5280 knows no nesting of purposes; the platforms that most certificates meet do. */
function checkPurposes({ extKeyUsage = [] }: DecodedExtensions, authorities: readonly Certificate[]): Problems {
  const problems: IssuanceProblem[] = []
  for (const certificate of authorities) {
    const allowed = certificate.decoded.extKeyUsage
    if (allowed === undefined || allowed.includes(KEY_PURPOSE.anyExtendedKeyUsage)) continue
    for (const purpose of extKeyUsage.filter((asked) => !allowed.includes(asked))) {
      const authority = nameForPeople(certificate.subject)
      problems.push(
        problem('purpose.not-nested', { authority, purpose: oidText(purpose), allowed: allowed.map(oidText) }),
      )
    }
  }
  return problems
}

function checkStrength({ signer, publicKey }: IssueRequest): Problems {
  const problems: IssuanceProblem[] = []
  const scheme = signatureScheme(readAlgorithmIdentifier(new DerReader(signer.algorithm), 'signatureAlgorithm'))
  if ('digest' in scheme && (scheme.digest === 'md5' || scheme.digest === 'sha1')) {
    problems.push(problem('signature.weak', { digest: scheme.digest }))
  }
  const { facts } = publicKey
  if ('modulusBits' in facts && facts.modulusBits !== undefined && facts.modulusBits < 2048) {
    problems.push(problem('key.weak', { bits: facts.modulusBits }))
  }
  return problems
}

/** Apple, support article 103769. */
const APPLE_MAX_DAYS = 825
const DAY = 86_400_000

function checkPlatforms({ notBefore, notAfter }: IssueRequest, decoded: DecodedExtensions): Problems {
  const { extKeyUsage = [], subjectAltName = [], basicConstraints } = decoded
  if (basicConstraints?.cA === true) {
    const limits = extKeyUsage.length > 0 && !extKeyUsage.includes(KEY_PURPOSE.anyExtendedKeyUsage)
    return limits ? [problem('purpose.limits-leaves', { purposes: extKeyUsage.map(oidText) })] : []
  }
  if (!extKeyUsage.includes(KEY_PURPOSE.serverAuth)) return []
  const problems: IssuanceProblem[] = []
  // A SPIFFE ID names a server as well, to those who look for one.
  const hosts = ['dNSName', 'iPAddress', 'uniformResourceIdentifier']
  if (!subjectAltName.some(({ type }) => hosts.includes(type))) problems.push(problem('server.no-alternative-name', {}))
  const lifetime = notAfter.getTime() - notBefore.getTime()
  if (lifetime > APPLE_MAX_DAYS * DAY) {
    problems.push(problem('server.longer-than-825-days', { days: Math.ceil(lifetime / DAY) }))
  }
  return problems
}

function oidText(oid: string): string {
  return oidName(oid) ?? oid
}

function nameForPeople(name: Name): string {
  return formatName(name) || '(empty subject)'
}
