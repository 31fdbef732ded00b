// What X509Chain says. Reads cases from standard input, one JSON object a line, and answers each with one:
//
//   {"id":…, "certificate":base64, "trustMode":"System"|"CustomRootTrust", "customTrustStore":[base64], "extraStore":[base64],
//    "applicationPolicy":[oid], "certificatePolicy":[oid], "verificationFlags":[name], "revocationMode":name,
//    "revocationFlag":name, "verificationTime":time, "disableDownloads":bool}
//   → {"id":…, "valid":bool, "status":[flag], "elements":[{"thumbprint":sha-256, "status":[flag]}]}
//   → {"id":…, "threw":"type: message"}
//
//   {"id":…, "certificate":base64, "handler":{"allowedCertificateTypes":name, "chainTrustValidationMode":name,
//    "customTrustStore":[base64], "additionalChainCertificates":[base64], "validateCertificateUse":bool,
//    "validateValidityPeriod":bool, "revocationMode":name, "revocationFlag":name}, "verificationTime":time}
//   → {"id":…, "failure":name or null, "status":…, "elements":…}: what ASP.NET Core's handler makes of the certificate
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
        answer = input["handler"] is JsonObject options ? Handle(input, options) : Build(input);
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
    policy.VerificationTime = Time(input);
    policy.DisableCertificateDownloads = (bool)input["disableDownloads"]!;
    policy.UrlRetrievalTimeout = TimeSpan.FromSeconds(5);

    var valid = chain.Build(certificate);
    return Told(chain, new JsonObject { ["valid"] = valid });
}

// Steps 4 to 7 of the handler of Microsoft.AspNetCore.Authentication.Certificate 10, which is no part of the framework.
static JsonObject Handle(JsonObject input, JsonObject options)
{
    using var certificate = Load(input["certificate"]!);
    var isSelfSigned = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
    var allowed = (string)options["allowedCertificateTypes"]!;
    if (isSelfSigned && allowed == "Chained") return new JsonObject { ["failure"] = "self-signed-not-allowed" };
    if (!isSelfSigned && allowed == "SelfSigned") return new JsonObject { ["failure"] = "chained-not-allowed" };

    using var chain = new X509Chain();
    var policy = chain.ChainPolicy;
    policy.RevocationFlag = isSelfSigned
        ? X509RevocationFlag.EntireChain
        : Member<X509RevocationFlag>(options, "revocationFlag");
    policy.RevocationMode = isSelfSigned
        ? X509RevocationMode.NoCheck
        : Member<X509RevocationMode>(options, "revocationMode");
    if (!isSelfSigned)
    {
        policy.CustomTrustStore.AddRange(Certificates(options, "customTrustStore"));
        policy.TrustMode = Member<X509ChainTrustMode>(options, "chainTrustValidationMode");
    }
    if ((bool)options["validateCertificateUse"]!) policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
    if (isSelfSigned)
    {
        policy.VerificationFlags |= X509VerificationFlags.AllowUnknownCertificateAuthority;
        policy.VerificationFlags |= X509VerificationFlags.IgnoreEndRevocationUnknown;
        policy.ExtraStore.Add(certificate);
    }
    policy.ExtraStore.AddRange(Certificates(options, "additionalChainCertificates"));
    if (!(bool)options["validateValidityPeriod"]!) policy.VerificationFlags |= X509VerificationFlags.IgnoreNotTimeValid;
    policy.VerificationTime = Time(input);
    policy.DisableCertificateDownloads = true;

    var valid = chain.Build(certificate);
    return Told(chain, new JsonObject { ["failure"] = valid ? null : "invalid-client-certificate" });
}

static JsonObject Told(X509Chain chain, JsonObject answer)
{
    answer["status"] = Flags(chain.ChainStatus);
    answer["elements"] = new JsonArray([
        .. chain.ChainElements.Select(element => new JsonObject
        {
            ["thumbprint"] = element.Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
            ["status"] = Flags(element.ChainElementStatus),
        }),
    ]);
    return answer;
}

static DateTime Time(JsonObject input) =>
    DateTime.Parse((string)input["verificationTime"]!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

static JsonArray Flags(X509ChainStatus[] status) =>
    new([.. status.Select(entry => JsonValue.Create(entry.Status.ToString()))]);

static X509Certificate2 Load(JsonNode base64) =>
    X509CertificateLoader.LoadCertificate(Convert.FromBase64String((string)base64!));

static X509Certificate2Collection Certificates(JsonObject input, string key) =>
    new(input[key]!.AsArray().Select(entry => Load(entry!)).ToArray());

static IEnumerable<string> Texts(JsonObject input, string key) => input[key]!.AsArray().Select(entry => (string)entry!);

static T Member<T>(JsonObject input, string key) where T : struct => Enum.Parse<T>((string)input[key]!);
