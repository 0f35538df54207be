using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Records.Frames;

namespace Amnion.Records.Tests;

/// <summary>One valid record of every format.</summary>
static class Samples
{
    public static Digest Model { get; } = Digest.Sha384("manifest"u8);

    public static RegisterLog Log { get; } = new([
        new RegisterEvent(16, RegisterLog.ModelManifest, Model),
        new RegisterEvent(17, RegisterLog.EngineConfiguration, Digest.Sha384("engine"u8)),
        new RegisterEvent(18, RegisterLog.GuardPolicy, Digest.Sha384("guard"u8)),
    ]);

    public static Keyset Keyset { get; } = new()
    {
        Purpose = Purpose.Serve,
        Enclave = new string('a', 32),
        NotBefore = 1_700_000_000_000,
        NotAfter = 1_700_000_600_000,
        Sealing = [new SealingKey { Id = 1, Suites = [Suites.P256Aes256Gcm], PublicKey = [.. Enumerable.Repeat((byte)4, 65)] }],
        ReceiptKey = [1, 2, 3],
        Model = Model,
        LogHead = Log.ComputeHead(),
    };

    public static EvidenceBundle Bundle { get; } = new()
    {
        Platform = "local",
        Evidence = [1, 2, 3, 4],
        Keyset = Keyset,
        RegisterLog = Log,
        Preimages = ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add(RegisterLog.ModelManifest, [.. "manifest"u8]),
    };

    public static Receipt Receipt { get; } = new()
    {
        Id = new string('b', 32),
        Events = [new ReceiptEvent(Records.Receipt.RequestReceived, Digest.Sha256("r"u8), 10), new ReceiptEvent(Records.Receipt.ResponseReturned, Digest.Sha256("a"u8), 20)],
        Model = Model,
        Keyset = Keyset.ComputeDigest(),
        LogHead = Log.ComputeHead(),
        ConfigurationVersion = 7,
        PromptTokens = 3,
        CompletionTokens = 5,
        Time = 1_700_000_100_000,
        TimeSource = "evidence",
        Emulated = true,
    };

    public static ConfigurationRelease Configuration { get; } = new()
    {
        Version = 3,
        Issued = 1_700_000_000_000,
        Expires = 1_700_003_600_000,
        Tenants = [new Tenant { Id = "ward-7", KeyHashes = [Digest.Sha256("k"u8)], RevokedKeyHashes = [Digest.Sha256("old"u8)], RequestsPerMinute = 60, TokensPerHour = 100_000 }],
    };

    /// <summary>Every format: its name, valid bytes, and a function that parses and writes again.</summary>
    public static IReadOnlyList<(string Name, byte[] Json, Func<byte[], byte[]> RoundTrip)> All { get; } = Make();

    static List<(string, byte[], Func<byte[], byte[]>)> Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = SignedReceipt.Sign(Receipt, key);
        var engine = new EngineConfiguration
        {
            Engine = "llama.cpp 0.5.0",
            Context = 512,
            Slots = 16,
            MaxTokens = 256,
            Threads = 0,
            Verify = "streamed",
            ConfigurationSigner = Digest.Sha256("c"u8),
            ModelSigner = Digest.Sha256("m"u8),
        };
        var challenge = new ReleaseChallenge { Challenge = [.. new byte[32]], KeyId = "clinic", Broker = "local", Expires = 1_700_000_000_000 };
        var wrapped = new WrappedKey { KeyId = "clinic", Suite = Suites.P256Aes256Gcm, Enc = [.. new byte[65]], Ciphertext = [.. new byte[48]] };
        var boot = new BootRequest { Manifest = [1], Signature = [2], ModelSigner = [3], Engine = [4], Guard = [6], Suites = [5] };
        var file = new ReceiptFile { Signed = signed, Evidence = Bundle, Nonce = [.. new byte[32]] };
        return
        [
            (Keyset.Format, Keyset.ToJson(), json => Keyset.Parse(json).ToJson()),
            (RegisterLog.Format, Log.ToJson(), json => RegisterLog.Parse(json).ToJson()),
            (EvidenceBundle.Format, Bundle.ToJson(), json => EvidenceBundle.Parse(json).ToJson()),
            (EngineConfiguration.Format, engine.ToJson(), json => EngineConfiguration.Parse(json).ToJson()),
            (SuitePolicy.Format, new SuitePolicy([Suites.P256Aes256Gcm]).ToJson(), json => SuitePolicy.Parse(json).ToJson()),
            (ReleaseVersion.Format, new ReleaseVersion("stable", 4).ToJson(), json => ReleaseVersion.Parse(json).ToJson()),
            (ReleaseChallenge.Format, challenge.ToJson(), json => ReleaseChallenge.Parse(json).ToJson()),
            (WrappedKey.Format, wrapped.ToJson(), json => WrappedKey.Parse(json).ToJson()),
            (RecipientRequest.Format, new RecipientRequest { KeyId = "clinic", Suite = Suites.RecipientRsa2048 }.ToJson(), json => RecipientRequest.Parse(json).ToJson()),
            (EnvelopedKey.Format, new EnvelopedKey { KeyId = "clinic", Envelope = [0x30, 0x80] }.ToJson(), json => EnvelopedKey.Parse(json).ToJson()),
            (ConfigurationRelease.Format, Configuration.ToJson(), json => ConfigurationRelease.Parse(json).ToJson()),
            (ConfigurationSigner.Format, new ConfigurationSigner { PublicKey = [.. key.ExportSubjectPublicKeyInfo()] }.ToJson(), json => ConfigurationSigner.Parse(json).ToJson()),
            ("amnion/signed-receipt/1", signed.ToJson(), json => SignedReceipt.Parse(json).ToJson()),
            (ReceiptFile.Format, file.ToJson(), json => ReceiptFile.Parse(json).ToJson()),
            (BootRequest.Format, boot.ToJson(), json => BootRequest.Parse(json).ToJson()),
        ];
    }
}
