---
description: .NET: HttpClient with a client certificate
file: Program.cs
quoting: csharp
---
// HttpClient with a client certificate, trusting one authority and no other. .NET 9 or later.
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

using var fromPem = X509Certificate2.CreateFromPemFile({{client.fullchain}}, {{client.key}});
// Windows does not present a key that was never in a PFX.
using var certificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null);
var chain = new X509Certificate2Collection();
chain.ImportFromPemFile({{client.fullchain}});

// Which servers are believed. The name of the server is checked as ever.
var trust = new X509ChainPolicy
{
    TrustMode = X509ChainTrustMode.CustomRootTrust,
    RevocationMode = X509RevocationMode.NoCheck,
};
trust.CustomTrustStore.ImportFromPemFile({{serverCa}});

using var handler = new SocketsHttpHandler();
handler.SslOptions = new SslClientAuthenticationOptions
{
    // With its intermediates: the server may know the root alone.
    ClientCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
    CertificateChainPolicy = trust,
};
using var client = new HttpClient(handler);

using var response = await client.GetAsync({{server.url}});
Console.Error.WriteLine((int)response.StatusCode);
Console.WriteLine(await response.Content.ReadAsStringAsync());
return response.IsSuccessStatusCode ? 0 : 1;
