// What Program.cs of `pki snippet kestrel` uses of the package Microsoft.AspNetCore.Authentication.Certificate: its
// options under their names and types, and a handler that judges as the real one does where these options say so. The
// rest of that program is compiled against, and runs on, the framework itself.
#pragma warning disable IDE0130
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Authentication.Certificate
{
    public static class CertificateAuthenticationDefaults
    {
        public const string AuthenticationScheme = "Certificate";
    }

    [Flags]
    public enum CertificateTypes
    {
        Chained = 1,
        SelfSigned = 2,
        All = Chained | SelfSigned,
    }

    public class CertificateAuthenticationOptions : AuthenticationSchemeOptions
    {
        public CertificateTypes AllowedCertificateTypes { get; set; } = CertificateTypes.Chained;
        public X509ChainTrustMode ChainTrustValidationMode { get; set; } = X509ChainTrustMode.System;
        public X509Certificate2Collection CustomTrustStore { get; set; } = [];
        public X509RevocationMode RevocationMode { get; set; } = X509RevocationMode.Online;
    }

    internal sealed class Handler(
        IOptionsMonitor<CertificateAuthenticationOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder) : AuthenticationHandler<CertificateAuthenticationOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var certificate = await Context.Connection.GetClientCertificateAsync();
            if (certificate is null) return AuthenticateResult.NoResult();
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = Options.ChainTrustValidationMode;
            chain.ChainPolicy.CustomTrustStore.AddRange(Options.CustomTrustStore);
            chain.ChainPolicy.RevocationMode = Options.RevocationMode;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
            if (!chain.Build(certificate)) return AuthenticateResult.Fail("Client certificate failed validation.");
            var name = new Claim(ClaimTypes.Name, certificate.GetNameInfo(X509NameType.SimpleName, false));
            var principal = new ClaimsPrincipal(new ClaimsIdentity([name], Scheme.Name));
            return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
            HandleForbiddenAsync(properties);
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class CertificateAuthenticationExtensions
    {
        public static AuthenticationBuilder AddCertificate(
            this AuthenticationBuilder builder,
            Action<CertificateAuthenticationOptions> configure) =>
            builder.AddScheme<CertificateAuthenticationOptions, Handler>(
                CertificateAuthenticationDefaults.AuthenticationScheme, configure);
    }
}
