// Reads certificates, one a line in base64, and says what .NET calls their parts: one JSON object a line.

using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;

var json = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
while (Console.ReadLine() is { Length: > 0 } line)
{
    object answer;
    try
    {
        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(line));
        string NameOf(X509NameType type) => certificate.GetNameInfo(type, false);
        answer = new
        {
            subject = certificate.Subject,
            issuer = certificate.Issuer,
            thumbprint = certificate.Thumbprint,
            serialNumber = certificate.SerialNumber,
            simpleName = NameOf(X509NameType.SimpleName),
            emailName = NameOf(X509NameType.EmailName),
            upnName = NameOf(X509NameType.UpnName),
            dnsName = NameOf(X509NameType.DnsName),
            dnsFromAlternativeName = NameOf(X509NameType.DnsFromAlternativeName),
            urlName = NameOf(X509NameType.UrlName),
        };
    }
    catch (Exception error)
    {
        answer = new { error = error.GetType().Name };
    }
    Console.WriteLine(JsonSerializer.Serialize(answer, json));
}
