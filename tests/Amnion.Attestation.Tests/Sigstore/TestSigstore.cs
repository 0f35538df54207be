using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>A whole private Sigstore: authority, certificate log and signature log with real keys, and one bundle made by them.</summary>
sealed class TestSigstore
{
    public const string Issuer = "https://token.example";
    public const string Repository = "owner/image";
    public const string Predicate = "https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1";
    public const string Workflow = "https://github.example/owner/image/.github/workflows/build.yml@refs/tags/v1";

    public static readonly DateTimeOffset Signed = TestAuthority.Now;
    public static readonly string Digest = new('d', 64);

    static readonly ECDsa s_leaf = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    readonly ECDsa _log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly ECDsa _certificateLog = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority Authority { get; } = TestAuthority.Root(ECDsa.Create(ECCurve.NamedCurves.nistP256), "Authority", HashAlgorithmName.SHA256);

    public Dictionary<int, string> Claims { get; } = new() { [1] = Issuer, [5] = Repository, [6] = "refs/tags/v1", [8] = Issuer, [9] = Workflow, [12] = "https://github.example/owner/image", [14] = "refs/tags/v1" };

    public List<string> Names { get; } = [Workflow];

    public string Use { get; set; } = SigstoreOids.CodeSigning;

    /// <summary>How often the certificate log's timestamp stands in the certificate.</summary>
    public int Timestamps { get; set; } = 1;

    public string Origin { get; set; } = "log.example - 7";

    public string Statement { get; set; } = $$$$"""
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"image","digest":{"sha256":"{{{{Digest}}}}"}}],"predicateType":"{{{{Predicate}}}}","predicate":{"snp_measurement":"{{{{new string('a', 96)}}}}","tdx_measurement":{"rtmr1":"{{{{new string('b', 96)}}}}","rtmr2":"{{{{new string('c', 96)}}}}"}}}
        """;

    public SigstorePolicy Policy { get; set; } = new()
    {
        Issuer = Issuer,
        WorkflowRepository = Repository,
        WorkflowRefPrefix = "refs/tags/",
        PredicateTypes = [Predicate],
        SubjectDigest = Measurement.FromHex(Digest),
    };

    public DateTimeOffset Now { get; set; } = Signed.AddDays(100);

    public Action<JsonObject> ChangeBundle { get; set; } = _ => { };

    public Action<JsonObject> ChangeRoot { get; set; } = _ => { };

    public SigstoreResult Verify() => SigstoreVerifier.Verify(Encoding.UTF8.GetBytes(Bundle().ToJsonString()), Root(), Policy, new SigstoreContext { Now = Now });

    public byte[] Root()
    {
        JsonObject Period() => new() { ["start"] = "2020-01-01T00:00:00Z" };
        JsonObject Log(string address, ECDsa key) => new()
        {
            ["baseUrl"] = address,
            ["hashAlgorithm"] = "SHA2_256",
            ["publicKey"] = new JsonObject { ["rawBytes"] = Base64(key.ExportSubjectPublicKeyInfo()), ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256", ["validFor"] = Period() },
            ["logId"] = new JsonObject { ["keyId"] = Base64(LogId(key)) },
        };
        var root = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            ["tlogs"] = new JsonArray(Log("https://log.example", _log)),
            ["certificateAuthorities"] = new JsonArray(new JsonObject
            {
                ["subject"] = new JsonObject { ["organization"] = "Example" },
                ["uri"] = "https://authority.example",
                ["certChain"] = new JsonObject { ["certificates"] = new JsonArray(new JsonObject { ["rawBytes"] = Base64(Authority.Der) }) },
                ["validFor"] = Period(),
            }),
            ["ctlogs"] = new JsonArray(Log("https://certificates.example", _certificateLog)),
        };
        ChangeRoot(root);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    public JsonObject Bundle()
    {
        var certificate = MakeCertificate();
        var payload = Encoding.UTF8.GetBytes(Statement);
        var envelope = new DsseEnvelope(SigstorePolicy.InTotoPayload, payload, []);
        var signature = s_leaf.SignData(envelope.ToSignedBytes(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var bundle = new JsonObject
        {
            ["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.3+json",
            ["verificationMaterial"] = new JsonObject
            {
                ["certificate"] = new JsonObject { ["rawBytes"] = Base64(certificate) },
                ["tlogEntries"] = new JsonArray(Entry(certificate, payload, signature)),
            },
            ["dsseEnvelope"] = new JsonObject
            {
                ["payloadType"] = SigstorePolicy.InTotoPayload,
                ["payload"] = Base64(payload),
                ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Base64(signature) }),
            },
        };
        ChangeBundle(bundle);
        return bundle;
    }

    /// <summary>The entry at index 41 of all, which is the first of two in its tree.</summary>
    JsonObject Entry(byte[] certificate, byte[] payload, byte[] signature)
    {
        var pem = new string(PemEncoding.Write("CERTIFICATE", certificate));
        var body = Encoding.UTF8.GetBytes($$$"""{"apiVersion":"0.0.1","kind":"dsse","spec":{"payloadHash":{"algorithm":"sha256","value":"{{{Convert.ToHexStringLower(SHA256.HashData(payload))}}}"},"signatures":[{"signature":"{{{Base64(signature)}}}","verifier":"{{{Base64(Encoding.ASCII.GetBytes(pem))}}}"}]}}""");
        var sibling = SHA256.HashData("sibling"u8);
        var root = SHA256.HashData([1, .. SHA256.HashData([0, .. body]), .. sibling]);
        var note = $"{Origin}\n2\n{Base64(root)}\n";
        var seconds = Signed.AddMinutes(1).ToUnixTimeSeconds();
        var promised = string.Create(CultureInfo.InvariantCulture, $$"""{"body":"{{Base64(body)}}","integratedTime":{{seconds}},"logID":"{{Convert.ToHexStringLower(LogId(_log))}}","logIndex":41}""");
        return new JsonObject
        {
            ["logIndex"] = "41",
            ["logId"] = new JsonObject { ["keyId"] = Base64(LogId(_log)) },
            ["kindVersion"] = new JsonObject { ["kind"] = "dsse", ["version"] = "0.0.1" },
            ["integratedTime"] = seconds.ToString(CultureInfo.InvariantCulture),
            ["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Base64(Sign(_log, Encoding.ASCII.GetBytes(promised))) },
            ["inclusionProof"] = new JsonObject
            {
                ["logIndex"] = "0",
                ["treeSize"] = "2",
                ["rootHash"] = Base64(root),
                ["hashes"] = new JsonArray(Base64(sibling)),
                ["checkpoint"] = new JsonObject { ["envelope"] = $"{note}\n\u2014 log.example {Base64([.. LogId(_log)[..4], .. Sign(_log, Encoding.UTF8.GetBytes(note))])}\n" },
            },
            ["canonicalizedBody"] = Base64(body),
        };
    }

    byte[] MakeCertificate()
    {
        byte[] serial = [0x42, .. RandomNumberGenerator.GetBytes(8)];
        var precertificate = Authority.Issue(s_leaf, "Signer", certificate => Fill(certificate, serial, null)).Certificate;
        var timestamp = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(timestamp, Signed.ToUnixTimeMilliseconds());
        byte[] signed = [0, 0, .. timestamp, 0, 1, .. SHA256.HashData(Authority.Certificate.SubjectPublicKeyInfo.Span), .. Length(precertificate.Tbs.Length, 3), .. precertificate.Tbs.Span, 0, 0];
        var signature = Sign(_certificateLog, signed);
        byte[] item = [0, .. LogId(_certificateLog), .. timestamp, 0, 0, 4, 3, .. Length(signature.Length, 2), .. signature];
        byte[] items = [.. Enumerable.Repeat<byte[]>([.. Length(item.Length, 2), .. item], Timestamps).SelectMany(bytes => bytes)];
        return Authority.Issue(s_leaf, "Signer", certificate => Fill(certificate, serial, [.. Length(items.Length, 2), .. items])).Der;
    }

    void Fill(TestCertificate certificate, byte[] serial, byte[]? timestamps)
    {
        TestAuthority.Leaf(certificate);
        certificate.Serial = serial;
        certificate.NotBefore = Signed;
        certificate.NotAfter = Signed.AddMinutes(10);
        certificate.Extra.Add(new X509EnhancedKeyUsageExtension([new Oid(Use)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        Names.ForEach(name => names.AddUri(new Uri(name)));
        certificate.Extra.Add(names.Build(critical: true));
        foreach (var (number, text) in Claims)
        {
            certificate.Extra.Add(new X509Extension(SigstoreOids.FulcioPrefix + number.ToString(CultureInfo.InvariantCulture), number <= 6 ? Encoding.UTF8.GetBytes(text) : Der(writer => writer.WriteCharacterString(UniversalTagNumber.UTF8String, text)), false));
        }

        if (timestamps is not null)
        {
            certificate.Extra.Add(new X509Extension(SigstoreOids.EmbeddedScts, Der(writer => writer.WriteOctetString(timestamps)), false));
        }
    }

    static byte[] Der(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    static byte[] Sign(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    static byte[] LogId(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo());

    static byte[] Length(int value, int bytes) => [.. Enumerable.Range(1, bytes).Select(i => (byte)(value >> (8 * (bytes - i))))];

    static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);
}
