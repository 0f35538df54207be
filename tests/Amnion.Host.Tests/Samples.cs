using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Host.Tests;

/// <summary>Valid records whose content does not matter.</summary>
static class Samples
{
    public static RegisterLog Log { get; } = new([new RegisterEvent(16, RegisterLog.ModelManifest, Digest.Sha384("manifest"u8))]);

    public static BootRequest Boot { get; } = new()
    {
        Manifest = [1],
        Signature = [2],
        ModelSigner = [3],
        Engine = [4],
        Guard = [6],
        Suites = [5],
    };

    public static byte[] PublicKey { get; } = [4, .. Enumerable.Range(0, 64).Select(i => (byte)i)];

    public static EvidenceBundle Bundle(ReadOnlySpan<byte> nonce, Purpose purpose = Purpose.Serve) => new()
    {
        Platform = "local",
        Evidence = [.. SHA256.HashData(nonce)],
        Keyset = new Keyset
        {
            Purpose = purpose,
            Enclave = new string('a', 32),
            NotBefore = 1000,
            NotAfter = 2000,
            Sealing = [new SealingKey { Id = 7, Suites = [Suites.P256Aes256Gcm, Suites.P256ChaCha20Poly1305], PublicKey = [.. PublicKey] }],
            ReceiptKey = purpose == Purpose.Serve ? [1, 2, 3] : [],
            Model = Digest.Sha384("manifest"u8),
            LogHead = Log.ComputeHead(),
        },
        RegisterLog = Log,
        Preimages = ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add(RegisterLog.ModelManifest, [1]),
    };

    public static byte[] Challenge(string keyId) => new ReleaseChallenge { Challenge = [.. new byte[32]], KeyId = keyId, Broker = "broker", Expires = 1 }.ToJson();

    public static byte[] Wrapped(string keyId) => new WrappedKey { KeyId = keyId, Suite = Suites.P256Aes256Gcm, Enc = [.. PublicKey], Ciphertext = [.. new byte[48]] }.ToJson();
}
