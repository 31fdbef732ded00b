// The server of the article on mutual TLS, with the files that `pki export` wrote: server.pfx, root.crt, ca1.crt in a
// folder; arguments: folder, password, port. Kestrel takes every certificate, so that the handler decides: 200 or 403.
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Server.Kestrel.Https;

var (folder, password, port) = (args[0], args[1], int.Parse(args[2]));
var server = X509CertificateLoader.LoadPkcs12Collection(File.ReadAllBytes(Path.Combine(folder, "server.pfx")), password);
var authorities = new X509Certificate2Collection();
foreach (var name in (string[])["root.crt", "ca1.crt"])
{
    authorities.Add(X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, name)));
}

var builder = WebApplication.CreateBuilder();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(port, listen => listen.UseHttps(https =>
    {
        https.ServerCertificate = server.First(certificate => certificate.HasPrivateKey);
        https.ServerCertificateChain = server;
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
    }));
});
builder.Services.AddAuthentication(CertificateAuthenticationDefaults.AuthenticationScheme)
    .AddCertificate(options =>
    {
        options.AllowedCertificateTypes = CertificateTypes.Chained;
        options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
        options.CustomTrustStore = authorities;
        options.RevocationMode = X509RevocationMode.Online;
    });
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/api/protected", (ClaimsPrincipal user) => new { message = "Authenticated", subject = user.Identity?.Name })
    .RequireAuthorization();
app.MapGet("/", () => "public");
app.Run();
