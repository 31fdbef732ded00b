/** The public API: named re-exports and nothing else. Nothing in `src/` imports this file. */

export { type Input, type InputKind, type InputOptions, readInput, requireCertificates } from './container/input.ts'
export { DerError } from './der/reader.ts'
// Errors
export { PkiError, type PkiErrorCode, type PkiErrorContext } from './errors.ts'
// Exporting
export type { Artifact } from './export/artifact.ts'
export type { ExportOptions } from './export/export-options.ts'
export { EXPORT_FORMATS, type ExportFormatName, exportCredential } from './export/formats.ts'
export { exportMtlsLayout, type MtlsCredentials } from './export/layout.ts'
export { type CredentialOrder, type IssuedCredential, issueCredential } from './issue/credential.ts'
export { type CrlRequest, issueCrl } from './issue/crl.ts'
export { type HierarchySpec, type IssuancePlan, issuePlan, planHierarchy } from './issue/hierarchy.ts'
export { type OcspAnswer, type OcspResponseRequest, ocspError, respond as respondToOcsp } from './issue/ocsp.ts'
export { parseShard, type Shard, type ShardPlan, shardOf, takeShard } from './issue/shard.ts'
// Making
export type { Credential } from './keys/credential.ts'
export { type FormatKeyOptions, formatPrivateKey, parsePrivateKey, parsePrivateKeys } from './keys/key-file.ts'
export {
  createSigner,
  generateKey,
  KEY_ALGORITHM_NAMES,
  type KeyAlgorithmName,
  type PrivateKey,
  type Signer,
  type SigningScheme,
} from './keys/keys.ts'
export type { RandomSource } from './keys/random.ts'
export { type BudgetLimits, DEFAULT_BUDGET } from './path/budget.ts'
export { type Explanation, explain, FINDINGS, type Finding, type FindingCode } from './path/findings.ts'
export { checkIdentity, type Identity } from './path/identity.ts'
export type { PolicyInputs, PolicyOutcome } from './path/policies.ts'
export type { CertificateStatus, RevocationOptions, RevocationScope } from './path/revocation.ts'
export { RFC5280, RFC5280_STRICT, RULE_SETS, type RuleSet, WEBPKI, type Weight, weightOf } from './path/rule-set.ts'
export { SignatureMemory } from './path/signatures.ts'
export { IssuerPool, TrustStore } from './path/trust-store.ts'
// Judging
export { type Attempt, type Verdict, type VerifyOptions, verifyCertificate } from './path/verify.ts'
export { buildX509Chain, type ChainElement, type X509ChainResult } from './path/x509chain/chain.ts'
export type { ChainStatus, ChainStatusFlag } from './path/x509chain/chain-status.ts'
export type { ChainPolicy, RevocationFlag, RevocationMode, TrustMode } from './path/x509chain/policy.ts'
export type { VerificationFlag } from './path/x509chain/verification-flags.ts'
export { findProfile, listProfiles } from './profile/find.ts'
export { overrideProfile, type ProfileOverrides } from './profile/override.ts'
export type { CertificateProfile } from './profile/profile.ts'
// The same octets each time
export { markedProfile, SEED_MARK } from './seed/mark.ts'
export { createSeededSource, type SeededSource, type SeedPurpose } from './seed/seeded-source.ts'
// Keeping, revoking
export { type CrlOrder, type PublishedCrl, publishCrl } from './store/publish-crl.ts'
export {
  type RevocableCertificate,
  type RevocationOrder,
  recordRevocation,
  undoRevocation,
} from './store/record-revocation.ts'
export { type Revocation, Revocations } from './store/revocations.ts'
export { Store } from './store/store.ts'
// Tests
export {
  createPki,
  type DefectOptions,
  type MutualTlsOptions,
  type Pki,
  type PkiOptions,
  type ServeOptions,
  type TestCertificateOptions,
  type TestCrl,
} from './testing/create-pki.ts'
export type { TestServer, WhoAmI } from './testing/mutual-tls-server.ts'
export type { TestCredential, TlsIdentity } from './testing/test-credential.ts'
// Reading
export { type Certificate, fingerprint, parseCertificate } from './x509/certificate.ts'
export { type CertificateList, parseCrl } from './x509/crl.ts'
export type { GeneralName } from './x509/general-name.ts'
export { formatGeneralName, guessGeneralName, parseGeneralNameText } from './x509/general-name-text.ts'
export { type Name, parseName } from './x509/name.ts'
export { formatName, parseNameText } from './x509/name-text.ts'
export { type OcspResponse, parseOcspResponse } from './x509/ocsp.ts'
export { encodeCertId, encodeOcspRequest } from './x509/ocsp-request-encoding.ts'
export { type CertificationRequest, checkRequestSignature, parseRequest } from './x509/request.ts'
