// What a TLS client in .NET says of a server's certificate: X509Chain with a root of its own, for servers, then the host.
//
// Reads cases from standard input, a line each: folder, host, CRLs to be looked at (true or false), policies with commas
// between; tabs between the four. CRLs come from where the certificates point to: there is no way to hand one over.
// Answers with a line for each: folder, tab, nothing or what was said. The version comes first.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

Console.WriteLine(Environment.Version);
while (Console.ReadLine() is { } line)
{
    var fields = line.Split('\t');
    string said;
    try
    {
        said = Judge(fields[0], fields[1], fields[2] == "true", fields[3]);
    }
    catch (CryptographicException e)
    {
        said = $"{e.GetType().Name}: {e.Message}";
    }
    Console.WriteLine($"{fields[0]}\t{said}");
}

static string Judge(string folder, string host, bool revocation, string policies)
{
    using var leaf = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "leaf.pem"));
    using var chain = new X509Chain();
    var policy = chain.ChainPolicy;
    policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
    policy.RevocationMode = revocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
    policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
    // The server of the CRLs shares its thread with the other judges.
    policy.UrlRetrievalTimeout = TimeSpan.FromMinutes(1);
    policy.DisableCertificateDownloads = true;
    policy.CustomTrustStore.ImportFromPemFile(Path.Combine(folder, "root.pem"));
    var above = Path.Combine(folder, "chain.pem");
    if (File.Exists(above)) policy.ExtraStore.ImportFromPemFile(above);
    policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
    foreach (var one in policies.Split(',', StringSplitOptions.RemoveEmptyEntries)) policy.CertificatePolicy.Add(new Oid(one));

    IEnumerable<string> flags = chain.Build(leaf)
        ? []
        : chain.ChainElements.SelectMany(element => element.ChainElementStatus)
            .Concat(chain.ChainStatus)
            .Select(status => status.Status.ToString())
            .Distinct()
            .Order();
    // SslStream looks at the common name too where there is no alternative name.
    IEnumerable<string> names = leaf.MatchesHostname(host) ? [] : ["RemoteCertificateNameMismatch"];
    return string.Join(", ", flags.Concat(names));
}
