/** Signatures and validity periods along a chain, from the root down, as X509Chain reports them: none ends the search. */

import { equalBytes } from '../../der/writer.ts'
import type { AlgorithmIdentifier } from '../../x509/algorithm.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { checkSignature, type SignatureCheck } from '../../x509/signature.ts'
import type { Budget } from '../budget.ts'
import { type Finding, finding } from '../findings.ts'
import type { SignatureChecker } from '../signatures.ts'
import { isSelfSigned } from './issuer.ts'

/** What checking signatures takes. */
export interface SignatureInputs {
  /** To the second. */
  readonly at: Date
  readonly budget: Budget
  readonly signatures: SignatureChecker
}

/** Findings `signature.…`, `validity.…`, `key-usage.no-cert-sign`, `path.budget-exhausted`. */
export function checkSignatures(path: readonly Certificate[], inputs: SignatureInputs): readonly Finding[] {
  const findings: Finding[] = []
  const last = path.length - 1
  const top = path[last] as Certificate
  if (isSelfSigned(top)) {
    findings.push(...checkSelfSignature(top, last, inputs), ...checkValidity(top, last, inputs.at))
  } else if (last === 0) {
    findings.push(...checkValidity(top, last, inputs.at))
  }
  // Else nobody looks at the period of the last certificate, whose own issuer is missing.
  for (let index = last - 1; index >= 0; index--) {
    const [certificate, issuer] = [path[index] as Certificate, path[index + 1] as Certificate]
    findings.push(...checkKeyUsage(issuer, index + 1), ...checkSignatureBy(issuer, certificate, index, inputs))
    findings.push(...checkValidity(certificate, index, inputs.at))
  }
  return findings
}

/** The key usage of an end entity says nothing about its own signature (RFC 6818 §2). */
function checkSelfSignature(certificate: Certificate, index: number, inputs: SignatureInputs): readonly Finding[] {
  const isCa = certificate.decoded.basicConstraints?.cA === true
  return [
    ...(isCa ? checkKeyUsage(certificate, index) : []),
    ...checkSignatureBy(certificate, certificate, index, inputs),
  ]
}

function checkKeyUsage({ decoded }: Certificate, index: number): readonly Finding[] {
  const { keyUsage } = decoded
  if (keyUsage === undefined || keyUsage.includes('keyCertSign')) return []
  return [finding('key-usage.no-cert-sign', index, { keyUsage })]
}

function checkSignatureBy(
  issuer: Certificate,
  certificate: Certificate,
  index: number,
  { signatures, budget }: SignatureInputs,
): readonly Finding[] {
  const { signatureAlgorithm, tbsSignatureAlgorithm } = certificate
  const algorithm = signatureAlgorithm.oid
  if (!equalBytes(signatureAlgorithm.encoded, tbsSignatureAlgorithm.encoded)) {
    return [finding('signature.algorithm-mismatch', index, { inner: tbsSignatureAlgorithm.oid, outer: algorithm })]
  }
  const checked = signatures.check(certificate, issuer.publicKey, index === 0)
  const result = checked === 'wrong-parameters' ? checkWithoutParameters(certificate, issuer) : checked
  switch (result) {
    case 'valid':
      return []
    case undefined:
      return [finding('path.budget-exhausted', index, { budget: 'signatures', limit: budget.limits.signatures })]
    case 'unknown-algorithm':
      return [finding('signature.unknown-algorithm', index, { algorithm })]
    case 'wrong-parameters':
      return [finding('signature.wrong-parameters', index, { algorithm })]
    case 'key-mismatch':
    case 'unusable-key': {
      const keyType = issuer.publicKey.algorithm.oid
      return [finding(`signature.${result}`, index, { algorithm, keyType })]
    }
    case 'invalid':
      return [finding('signature.invalid', index, { algorithm, issuer: formatName(issuer.subject) })]
  }
}

/** OpenSSL does not look at parameters that should not be there. Those of RSASSA-PSS it needs. */
function checkWithoutParameters(certificate: Certificate, { publicKey }: Certificate): SignatureCheck {
  const algorithm: AlgorithmIdentifier = { ...certificate.signatureAlgorithm, parameters: undefined }
  return checkSignature(algorithm, publicKey, certificate.tbs, certificate.signature)
}

/** The instant of notBefore is inside the period, that of notAfter outside. */
function checkValidity({ notBefore, notAfter }: Certificate, index: number, at: Date): readonly Finding[] {
  const now = at.getTime()
  const end = notAfter.date.getTime()
  const findings: Finding[] = []
  if (now < notBefore.date.getTime()) {
    findings.push(finding('validity.not-yet-valid', index, { at, notBefore: notBefore.date }))
  }
  if (now > end) findings.push(finding('validity.expired', index, { at, notAfter: notAfter.date }))
  if (now === end) findings.push(finding('validity.at-not-after', index, { notAfter: notAfter.date }))
  return findings
}
