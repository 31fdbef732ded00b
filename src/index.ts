/** The public API: named re-exports and nothing else. Nothing in `src/` imports this file. */

// Reading: certificates, requests, CRLs, OCSP responses, names, and files that hold any of them

export { type Input, type InputKind, requireCertificates } from './container/input.ts'
export { type InputOptions, readInput } from './container/read-input.ts'
export { DerError } from './der/reader.ts'
export { type Certificate, fingerprint, parseCertificate } from './x509/certificate.ts'
export { type CertificateList, parseCrl } from './x509/crl.ts'
export type { CrlReason } from './x509/crl-extension.ts'
export type { DecodedExtensions } from './x509/decoded-extensions.ts'
export type { Extension } from './x509/extension.ts'
export type { MalformedExtension } from './x509/extension-decoder.ts'
export type { KeyUsageName } from './x509/extension-value.ts'
export type { GeneralName } from './x509/general-name.ts'
export { formatGeneralName, guessGeneralName, parseGeneralNameText } from './x509/general-name-text.ts'
export { type Name, parseName } from './x509/name.ts'
export { formatName, parseNameText } from './x509/name-text.ts'
export { type OcspResponse, parseOcspResponse } from './x509/ocsp.ts'
export {
  type CertIdDigest,
  encodeCertId,
  encodeOcspRequest,
  type OcspRequestFields,
} from './x509/ocsp-request-encoding.ts'
export type { SubjectPublicKeyInfo } from './x509/public-key.ts'
export { type CertificationRequest, checkRequestSignature, parseRequest } from './x509/request.ts'

// Judging

export { type BudgetLimits, DEFAULT_BUDGET } from './path/budget.ts'
export {
  type Explanation,
  explain,
  FINDINGS,
  type Finding,
  type FindingCode,
  type FindingFacts,
} from './path/findings.ts'
export { checkIdentity, type Identity } from './path/identity.ts'
export type { PolicyInputs, PolicyOutcome } from './path/policies.ts'
export type { CertificateStatus, RevocationOptions, RevocationScope } from './path/revocation.ts'
export { type NotFetched, RevocationEvidence } from './path/revocation-evidence.ts'
export { RFC5280, RFC5280_STRICT, RULE_SETS, type RuleSet, WEBPKI, type Weight, weightOf } from './path/rule-set.ts'
export { SignatureMemory } from './path/signatures.ts'
export { IssuerPool, TrustStore } from './path/trust-store.ts'
export { type Attempt, type Verdict, type VerifyOptions, verifyCertificate } from './path/verify.ts'
export { buildX509Chain, type ChainElement, type X509ChainResult } from './path/x509chain/chain.ts'
export type { ChainStatus, ChainStatusFlag } from './path/x509chain/chain-status.ts'
export type { ChainPolicy, RevocationFlag, RevocationMode, TrustMode } from './path/x509chain/policy.ts'
export type { VerificationFlag } from './path/x509chain/verification-flags.ts'

// Making

export {
  type CredentialOrder,
  type IssuedCredential,
  issueCredential,
  type NamedAuthority,
} from './issue/credential.ts'
export { type CrlRequest, issueCrl, type RevokedCertificate } from './issue/crl.ts'
export {
  type HierarchyEntry,
  type HierarchySpec,
  type IssuancePlan,
  issuePlan,
  type PlanMeans,
  planHierarchy,
} from './issue/hierarchy.ts'
export type { IssueRequest } from './issue/issue-request.ts'
export {
  type OcspAnswer,
  type OcspResponder,
  type OcspResponseRequest,
  ocspError,
  respond as respondToOcsp,
} from './issue/ocsp.ts'
export type { IssuanceProblem } from './issue/problems.ts'
export { parseShard, type Shard, type ShardPlan, shardOf, takeShard } from './issue/shard.ts'
export type { Credential } from './keys/credential.ts'
export {
  type FormatKeyOptions,
  formatPrivateKey,
  type KeyFileFormat,
  type ParseKeyOptions,
  parsePrivateKey,
  parsePrivateKeys,
} from './keys/key-file.ts'
export {
  createSigner,
  type DigestName,
  generateKey,
  KEY_ALGORITHM_NAMES,
  type KeyAlgorithmName,
  type PrivateKey,
  type Signer,
  type SigningScheme,
} from './keys/keys.ts'
export type { RandomSource } from './keys/random.ts'
export { findProfile, listProfiles, type ProfileEntry, type ProfilePlaces } from './profile/find.ts'
export { overrideProfile, type ProfileOverrides } from './profile/override.ts'
export type { CertificateProfile } from './profile/profile.ts'
export { markedProfile, SEED_MARK } from './seed/mark.ts'
export { createSeededSource, type SeededSource, type SeedOptions, type SeedPurpose } from './seed/seeded-source.ts'

// Exporting

export type { Artifact } from './export/artifact.ts'
export type { ExportOptions } from './export/export-options.ts'
export { EXPORT_FORMATS, type ExportFormatName, exportCredential } from './export/formats.ts'
export { exportMtlsLayout, type MtlsCredentials } from './export/layout.ts'
export type { PfxProfileName } from './export/pfx-profile.ts'

// Keeping, revoking

export { type CrlOrder, type PublishedCrl, publishCrl } from './store/publish-crl.ts'
export {
  type RevocableCertificate,
  type RevocationOrder,
  type RevocationOutcome,
  type RevokingContext,
  recordRevocation,
  undoRevocation,
} from './store/record-revocation.ts'
export { type Revocation, Revocations } from './store/revocations.ts'
export { Store } from './store/store.ts'

// Test fixtures

export { type DefectId, listDefects } from './defect/catalogue.ts'
export type { Defect, DefectGroup } from './defect/defect.ts'
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

// Errors

export { PkiError, type PkiErrorCode, type PkiErrorContext } from './errors.ts'
