using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.KeyBroker.Tests;

/// <summary>An enclave with real keys and a real document under the test root: makes Evidence for a challenge and opens what comes back.</summary>
sealed class TestEnclave : IDisposable
{
    public static readonly byte[] Manifest = "{\"model\":\"demo\"}"u8.ToArray();

    public TestEnclave(string suite = Suites.P256Aes256Gcm) =>
        (Suite, Key) = (suite, HpkePrivateKey.Generate((HpkeKem)Suites.Identifiers[suite].Kem));

    public static Measurement Image { get; } = new(SHA384.HashData("image"u8));

    public static Digest Model { get; } = Digest.Sha384(Manifest);

    public string Suite { get; }

    public HpkePrivateKey Key { get; }

    public DevelopmentRoot Root { get; init; } = DevelopmentRoot.Shared;

    public Measurement RunningImage { get; init; } = Image;

    public Purpose Purpose { get; init; } = Purpose.Release;

    public TimeSpan Age { get; init; }

    public byte[] LoadedManifest { get; init; } = Manifest;

    /// <summary>Changes the keyset before it is bound.</summary>
    public Func<Keyset, Keyset> Twist { get; init; } = keyset => keyset;

    public static AppraisalPolicy Policy { get; } = new()
    {
        Platform = AttestationPlatform.Local,
        TrustAnchor = DevelopmentRoot.Shared.Anchor,
        Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty.Add(0, [Image]),
        Model = [new Measurement(Model.Bytes)],
        Engine = [new Measurement(Digest.Sha384("engine"u8).Bytes)],
        Suites = [Suites.P256Aes256Gcm, Suites.X25519Aes256Gcm],
    };

    public EvidenceBundle Answer(ReleaseChallenge challenge, DateTimeOffset now)
    {
        var preimages = new Dictionary<string, byte[]>
        {
            [RegisterLog.ModelManifest] = LoadedManifest,
            [RegisterLog.EngineConfiguration] = "engine"u8.ToArray(),
            [RegisterLog.GuardPolicy] = "guard"u8.ToArray(),
            [RegisterLog.SuitePolicy] = new SuitePolicy([Suites.P256Aes256Gcm, Suites.X25519Aes256Gcm, Suites.P256ChaCha20Poly1305]).ToJson(),
            [RegisterLog.ReleaseVersion] = new ReleaseVersion("stable", 3).ToJson(),
            [RegisterLog.EgressSchema] = EgressSchema.ToJson(),
        };
        var log = new RegisterLog([.. preimages.OrderBy(pair => RegisterLog.Plan[pair.Key]).Select(pair => new RegisterEvent(RegisterLog.Plan[pair.Key], pair.Key, Digest.Sha384(pair.Value)))]);
        var issued = now - Age;
        var keyset = Twist(new Keyset
        {
            Purpose = Purpose,
            Enclave = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            NotBefore = issued.ToUnixTimeMilliseconds() - 1000,
            NotAfter = issued.ToUnixTimeMilliseconds() + 60_000,
            Sealing = [new SealingKey { Id = 1, Suites = [Suite], PublicKey = [.. Key.PublicKey.Bytes] }],
            ReceiptKey = Purpose == Purpose.Serve ? [1, 2, 3] : [],
            Model = Digest.Sha384(LoadedManifest),
            LogHead = log.ComputeHead(),
        });
        var nonce = challenge.Challenge.ToArray();
        var registers = log.Replay().ToImmutableSortedDictionary(pair => pair.Key, pair => new Measurement(pair.Value.AsSpan())).Add(0, RunningImage);
        return new EvidenceBundle
        {
            Platform = AttestationPlatform.Local,
            Evidence = [.. Root.Sign(issued, registers, EvidenceBinding.Compute(Purpose, keyset.ComputeDigest(), nonce, log.ComputeHead()), nonce)],
            Keyset = keyset,
            RegisterLog = log,
            Preimages = preimages.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray(), StringComparer.Ordinal),
        };
    }

    /// <summary>As the enclave does: with the challenge it answered and the manifest it measured.</summary>
    public SecretBytes Open(WrappedKey wrapped, ReleaseChallenge challenge)
    {
        var (kem, kdf, aead) = Suites.Identifiers[wrapped.Suite];
        return Hpke.OpenSecret(new HpkeSuite((HpkeKem)kem, (HpkeKdf)kdf, (HpkeAead)aead), Key, wrapped.Enc.AsSpan(), challenge.WrapInfo(Digest.Sha384(LoadedManifest)), [], wrapped.Ciphertext.AsSpan());
    }

    public void Dispose() => Key.Dispose();
}
