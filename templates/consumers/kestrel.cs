---
description: ASP.NET Core: Program.cs for Kestrel with certificate authentication
file: Program.cs
quoting: csharp
---
// Kestrel with mutual TLS and certificate authentication: dotnet add package Microsoft.AspNetCore.Authentication.Certificate
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Server.Kestrel.Https;

// The server's certificate, with the authorities between it and the root.
var serverChain = new X509Certificate2Collection();
serverChain.ImportFromPemFile({{server.fullchain}});
using var fromPem = X509Certificate2.CreateFromPemFile({{server.fullchain}}, {{server.key}});
// Windows does not serve with a key that was never in a PFX.
var serverCertificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null);

// Whom client certificates may come from: roots in it are trusted, the others help to find the way there.
var authorities = new X509Certificate2Collection();
authorities.ImportFromPemFile({{clientCa}});

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ConfigureHttpsDefaults(https =>
    {
        https.ServerCertificate = serverCertificate;
        https.ServerCertificateChain = serverChain;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        // Without this, Kestrel asks the system's roots, and turns every client of a private authority away. The
        // errors it reports are about those roots too: they say nothing here.
        https.ClientCertificateValidation = (certificate, sent, _) =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2"));
            if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
            return chain.Build(certificate);
        };
    });
    kestrel.ListenAnyIP({{port}}, listen => listen.UseHttps());
});

builder.Services.AddAuthentication(CertificateAuthenticationDefaults.AuthenticationScheme)
    .AddCertificate(options =>
    {
        options.AllowedCertificateTypes = CertificateTypes.Chained;
        options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
        options.CustomTrustStore = authorities;
        // Online, the default, turns away certificates that name neither a CRL nor an OCSP responder.
        options.RevocationMode = X509RevocationMode.NoCheck;
    });
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/", (ClaimsPrincipal user) => new { message = "Authenticated", subject = user.Identity?.Name })
    .RequireAuthorization();
app.Run();
