// What .NET makes of our files. Reads cases, one JSON object a line, from standard input; answers with one JSON object
// a line. Each case names its kind; a new kind is a new entry in the table.
//
//   {"kind":"load","id":…,"pfx":path,"password":…}            how the PFX loads, by both doors
//   {"kind":"chain","id":…,"certificate":path,"extra":[path],"roots":[path],"purpose":oid?,"at":time?,
//    "revocation":mode?}                                      X509Chain with CustomRootTrust: status of every element;
//                                                             revocation "Online" fetches, for all but the root
//   {"kind":"handshake","id":…,"client":pfx or null,"server":pfx,"roots":[path],"password":…,"host":…}
//                                                             SslStream, both sides authenticated
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

var kinds = new Dictionary<string, Func<JsonObject, JsonObject>>
{
    ["load"] = Load,
    ["chain"] = Chain,
    ["handshake"] = (input) => Handshake(input).GetAwaiter().GetResult(),
};

while (Console.ReadLine() is { } line)
{
    var input = JsonNode.Parse(line)!.AsObject();
    JsonObject answer;
    try
    {
        answer = kinds[Text(input, "kind")](input);
    }
    catch (Exception e)
    {
        answer = new JsonObject { ["error"] = $"{e.GetType().Name}: {Reason(e)}" };
    }
    answer["id"] = Text(input, "id");
    Console.WriteLine(answer.ToJsonString());
}

static JsonObject Load(JsonObject input)
{
    var (path, password) = (Text(input, "pfx"), Text(input, "password"));
    using var leaf = X509CertificateLoader.LoadPkcs12FromFile(path, password);
    using var older = new X509Certificate2(path, password);
    var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
    return new JsonObject
    {
        ["subject"] = leaf.Subject,
        ["thumbprint"] = leaf.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
        ["hasPrivateKey"] = leaf.HasPrivateKey,
        ["signs"] = Signs(leaf),
        ["sameByConstructor"] = older.Equals(leaf) && older.HasPrivateKey == leaf.HasPrivateKey,
        ["certificates"] = all.Count,
        ["privateKeys"] = all.Count(certificate => certificate.HasPrivateKey),
    };
}

// Whether the private key makes signatures that the certificate's public key takes.
static bool Signs(X509Certificate2 certificate)
{
    byte[] data = [1, 2, 3];
    using var rsa = certificate.GetRSAPrivateKey();
    if (rsa != null)
    {
        using var rsaPublic = certificate.GetRSAPublicKey()!;
        var signature = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        return rsaPublic.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }
    using var ecdsa = certificate.GetECDsaPrivateKey();
    if (ecdsa == null) return false;
    using var ecdsaPublic = certificate.GetECDsaPublicKey()!;
    return ecdsaPublic.VerifyData(data, ecdsa.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256);
}

static JsonObject Chain(JsonObject input)
{
    using var certificate = X509CertificateLoader.LoadCertificateFromFile(Text(input, "certificate"));
    using var chain = new X509Chain { ChainPolicy = Policy(input) };
    if (input["purpose"] is { } purpose) chain.ChainPolicy.ApplicationPolicy.Add(new Oid((string)purpose!));
    if (input["at"] is { } at)
    {
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime =
            DateTime.Parse((string)at!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    }
    var isValid = chain.Build(certificate);
    return new JsonObject
    {
        ["valid"] = isValid,
        ["status"] = Flags(chain.ChainStatus),
        ["elements"] = new JsonArray([
            .. chain.ChainElements.Select(element => new JsonObject
            {
                ["subject"] = element.Certificate.Subject,
                ["status"] = Flags(element.ChainElementStatus),
            }),
        ]),
    };
}

// Flag names, sorted: the order in which the platform finds them is not part of the answer.
static JsonArray Flags(X509ChainStatus[] status) =>
    new([.. status.Select(entry => entry.Status.ToString()).Distinct().Order().Select(name => JsonValue.Create(name))]);

static X509ChainPolicy Policy(JsonObject input)
{
    var policy = new X509ChainPolicy
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = Enum.Parse<X509RevocationMode>((string?)input["revocation"] ?? "NoCheck"),
        RevocationFlag = X509RevocationFlag.ExcludeRoot,
        DisableCertificateDownloads = true,
    };
    foreach (var path in Paths(input, "roots")) policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(path));
    foreach (var path in Paths(input, "extra")) policy.ExtraStore.Add(X509CertificateLoader.LoadCertificateFromFile(path));
    return policy;
}

static async Task<JsonObject> Handshake(JsonObject input)
{
    var password = Text(input, "password");
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
    using var tcp = new TcpClient();
    await tcp.ConnectAsync((IPEndPoint)listener.LocalEndpoint, limit.Token);
    using var accepted = await listener.AcceptTcpClientAsync(limit.Token);
    await using var server = new SslStream(accepted.GetStream());
    await using var client = new SslStream(tcp.GetStream());

    var serving = Serve(server, input, Context(Text(input, "server"), password), limit.Token);
    var (clientError, serverError) = ("", "");
    try
    {
        await client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = Text(input, "host"),
                ClientCertificateContext = input["client"] is { } path ? Context((string)path!, password) : null,
                CertificateChainPolicy = Policy(input),
            },
            limit.Token);
        await client.WriteAsync(new byte[] { 1 }, limit.Token);
        // In TLS 1.3 the client hears of a refusal with the first thing it reads.
        if (await client.ReadAsync(new byte[1], limit.Token) != 1) clientError = "the server hung up";
    }
    catch (Exception e) when (e is AuthenticationException or IOException)
    {
        clientError = Reason(e);
        tcp.Close();
    }
    try
    {
        await serving;
    }
    catch (Exception e) when (e is AuthenticationException or IOException)
    {
        serverError = Reason(e);
    }
    return new JsonObject
    {
        ["ok"] = clientError == "" && serverError == "",
        ["protocol"] = client.IsAuthenticated ? client.SslProtocol.ToString() : null,
        ["clientSubject"] = server.IsAuthenticated ? server.RemoteCertificate?.Subject : null,
        ["clientError"] = clientError,
        ["serverError"] = serverError,
    };
}

static async Task Serve(SslStream server, JsonObject input, SslStreamCertificateContext context, CancellationToken limit)
{
    try
    {
        await server.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                ClientCertificateRequired = true,
                CertificateChainPolicy = Policy(input),
            },
            limit);
        await server.ReadExactlyAsync(new byte[1], limit);
        await server.WriteAsync(new byte[] { 1 }, limit);
    }
    catch
    {
        server.Close();
        throw;
    }
}

// The key with the intermediates that came in the same file: what .NET sends beside the leaf.
static SslStreamCertificateContext Context(string pfx, string password)
{
    var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(pfx, password);
    return SslStreamCertificateContext.Create(all.First(certificate => certificate.HasPrivateKey), all, offline: true);
}

// What OpenSSL said stands in the innermost exception.
static string Reason(Exception e) => e.InnerException is { } inner ? $"{e.Message} {Reason(inner)}" : e.Message;

static string Text(JsonObject input, string key) =>
    (string?)input[key] ?? throw new InvalidDataException($"the case has no {key}");

static IEnumerable<string> Paths(JsonObject input, string key) =>
    input[key] is JsonArray list ? list.Select(path => (string)path!) : [];
