// What X509Chain says. Reads cases from standard input, one JSON object a line, and answers each with one:
//
//   {"id":…, "certificate":base64, "trustMode":"System"|"CustomRootTrust", "customTrustStore":[base64], "extraStore":[base64],
//    "applicationPolicy":[oid], "certificatePolicy":[oid], "verificationFlags":[name], "revocationMode":name,
//    "revocationFlag":name, "verificationTime":time, "disableDownloads":bool}
//   → {"id":…, "valid":bool, "status":[flag], "elements":[{"thumbprint":sha-256, "status":[flag]}]}
//   → {"id":…, "threw":"type: message"}
//
// The flags stand in the order in which .NET has them. What the machine trusts is what SSL_CERT_FILE says.
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

while (Console.ReadLine() is { } line)
{
    var input = JsonNode.Parse(line)!.AsObject();
    JsonObject answer;
    try
    {
        answer = Build(input);
    }
    catch (Exception e)
    {
        answer = new JsonObject { ["threw"] = $"{e.GetType().Name}: {e.Message}" };
    }
    answer["id"] = (string)input["id"]!;
    Console.WriteLine(answer.ToJsonString());
}
// Which program answered: the differences that are listed are those to this version.
Console.WriteLine(new JsonObject
{
    ["id"] = "runtime",
    ["runtime"] = Environment.Version.ToString(),
    ["openSsl"] = OperatingSystem.IsLinux() ? $"0x{SafeEvpPKeyHandle.OpenSslVersion:x}" : null,
}.ToJsonString());

static JsonObject Build(JsonObject input)
{
    using var certificate = Load(input["certificate"]!);
    using var chain = new X509Chain();
    var policy = chain.ChainPolicy;
    policy.TrustMode = Member<X509ChainTrustMode>(input, "trustMode");
    policy.CustomTrustStore.AddRange(Certificates(input, "customTrustStore"));
    policy.ExtraStore.AddRange(Certificates(input, "extraStore"));
    foreach (var oid in Texts(input, "applicationPolicy")) policy.ApplicationPolicy.Add(new Oid(oid));
    foreach (var oid in Texts(input, "certificatePolicy")) policy.CertificatePolicy.Add(new Oid(oid));
    policy.RevocationMode = Member<X509RevocationMode>(input, "revocationMode");
    policy.RevocationFlag = Member<X509RevocationFlag>(input, "revocationFlag");
    policy.VerificationFlags = Texts(input, "verificationFlags").Aggregate(
        X509VerificationFlags.NoFlag,
        (all, name) => all | Enum.Parse<X509VerificationFlags>(name));
    policy.VerificationTime = DateTime.Parse(
        (string)input["verificationTime"]!,
        CultureInfo.InvariantCulture,
        DateTimeStyles.RoundtripKind);
    policy.DisableCertificateDownloads = (bool)input["disableDownloads"]!;
    policy.UrlRetrievalTimeout = TimeSpan.FromSeconds(5);

    var valid = chain.Build(certificate);
    return new JsonObject
    {
        ["valid"] = valid,
        ["status"] = Flags(chain.ChainStatus),
        ["elements"] = new JsonArray([
            .. chain.ChainElements.Select(element => new JsonObject
            {
                ["thumbprint"] = element.Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
                ["status"] = Flags(element.ChainElementStatus),
            }),
        ]),
    };
}

static JsonArray Flags(X509ChainStatus[] status) =>
    new([.. status.Select(entry => JsonValue.Create(entry.Status.ToString()))]);

static X509Certificate2 Load(JsonNode base64) =>
    X509CertificateLoader.LoadCertificate(Convert.FromBase64String((string)base64!));

static X509Certificate2Collection Certificates(JsonObject input, string key) =>
    new(input[key]!.AsArray().Select(entry => Load(entry!)).ToArray());

static IEnumerable<string> Texts(JsonObject input, string key) => input[key]!.AsArray().Select(entry => (string)entry!);

static T Member<T>(JsonObject input, string key) where T : struct => Enum.Parse<T>((string)input[key]!);
