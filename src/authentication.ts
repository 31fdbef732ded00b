/**
 * The public API of `devpki/authentication`: named re-exports and nothing else. Nothing in `src/` imports this file.
 * Fastify's part is `devpki/authentication/fastify`, because its types need Fastify's.
 */

// Authenticating: the middleware, the Web form, and the handler both stand on

export { authenticationOf, CertificateAuthenticationError } from './authentication/authenticated.ts'
export type { Clock } from './authentication/clock.ts'
export { clientCertificateOf, type NodeRequest } from './authentication/connection.ts'
export type {
  AuthenticationFailedContext,
  CertificateAuthenticationEvents,
  CertificateValidatedContext,
  ChallengeContext,
} from './authentication/events.ts'
export {
  CertificateAuthenticationHandler,
  type ConnectionFacts,
  DEFAULT_SCHEME,
} from './authentication/handler.ts'
export type { AuthenticationEvent, AuthenticationLog, AuthenticationLogEntry } from './authentication/log.ts'
export {
  type CertificateAuthentication,
  certificateAuthentication,
  type Next,
  type NodeResponse,
} from './authentication/middleware.ts'
export type { CertificateTypes, CertificateValidationOptions } from './authentication/options.ts'
export {
  type AuthenticateResult,
  AuthenticationFailure,
  type AuthenticationProperties,
} from './authentication/result.ts'
export {
  type WebAuthenticationOptions,
  WebCertificateAuthentication,
  type WebConnection,
} from './authentication/web.ts'

// Who it is

export { CLAIM_TYPE, CLAIM_VALUE_TYPE, LOCAL_AUTHORITY } from './authentication/claim-types.ts'
export { defaultClaims, defaultPrincipal } from './authentication/claims.ts'
export { ClientCertificate } from './authentication/client-certificate.ts'
export { formatDotnetName } from './authentication/dotnet-name.ts'
export { type NameInfoOptions, type NameType, nameInfo } from './authentication/name-info.ts'
export { type Claim, ClaimsPrincipal, type ClaimToMake } from './authentication/principal.ts'

// Allowing

export type { CertificateAuthenticationOptions, Surroundings } from './authentication/authentication-options.ts'
export {
  CertificatePolicy,
  type CertificateRequirement,
  type Decision,
  SERVICE_ACCOUNTS,
} from './authentication/certificate-policy.ts'
export {
  type RequireCertificate,
  type RequireCertificateOptions,
  requireCertificate,
} from './authentication/require-certificate.ts'
// Remembering

export { type MemoryCacheOptions, MemoryValidationCache, type ValidationCache } from './authentication/cache.ts'

// Behind proxies

export {
  AZURE_CERTIFICATE_HEADER,
  type CertificateForwardingOptions,
  certificateForwarding,
  type HeaderConverter,
} from './authentication/forwarding.ts'
export { decodeCertificateHeader, type HeaderEncoding } from './authentication/header-certificate.ts'
export { TrustedProxies } from './authentication/trusted-proxies.ts'

// The server's side of TLS

export { type HostRouterOptions, hostRouter } from './authentication/host-router.ts'
export { redirectToHost } from './authentication/redirect.ts'
export {
  type ChallengeScheme,
  forwardScheme,
  type SchemeForwardingOptions,
} from './authentication/scheme-forwarding.ts'
export { type ServerTlsOptions, serverTls } from './authentication/server-tls.ts'

// The client's side of TLS

export {
  type ClientTlsOptions,
  clientAgent,
  clientTls,
  fetchDispatcher,
  readCertificateFile,
  readCredentialFiles,
  readStoredCredential,
} from './authentication/client-tls.ts'

// What the options hold, so that one import is enough

export { PkiError } from './errors.ts'
export type { Credential } from './keys/credential.ts'
export { EvidenceCache } from './online/cache.ts'
export type { FetchOptions } from './online/source.ts'
export type { Certificate } from './x509/certificate.ts'
