using System.Security.Cryptography;
using Amnion.Guard.Packs;
using Amnion.Models.Gguf;
using Amnion.Models.Manifest;
using Amnion.Models.Sealed;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

/// <summary>A small model with random weights, sealed and signed, and the boot request it goes with. Made once; nothing in it changes.</summary>
sealed class TestModel
{
    public const string WeightsName = "model.gguf";
    public const string NotesName = "NOTES.md";
    public const string KeyId = "key-1";

    static readonly Lazy<TestModel> s_shared = new(() => new TestModel());

    TestModel()
    {
        // Some segments: embeddings of 512 × 320 floats and two layers.
        using var stream = new MemoryStream();
        RandomModel.Write(stream, new RandomModelShape { Embedding = 512, FeedForward = 1024, Type = GgufTensorType.F16 });
        Plain = stream.ToArray();
        stream.Position = 0;
        var gguf = GgufFile.Read(stream, stream.Length);
        Manifest = new ModelManifest(new ModelManifestContent
        {
            Name = "clinic",
            Files = [File(NotesName, Notes), File(WeightsName, Plain)],
            KeyId = KeyId,
            Commitment = [.. KeyCommitment.Compute(DataKey)],
            Architecture = gguf.Architecture.Name,
            Template = "chatml",
            ContextLength = gguf.ContextLength,
            Parameters = gguf.Parameters,
        });
        Signature = ModelSignature.Sign(Manifest, Signer);
        Sealed = Seal(DataKey, WeightsName, Plain);
    }

    public static TestModel Shared => s_shared.Value;

    public SecretBytes DataKey { get; } = SecretBytes.Random(32);

    public ECDsa Signer { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa ConfigurationSigner { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Plain { get; }

    public byte[] Notes { get; } = "Notes."u8.ToArray();

    public byte[] Sealed { get; }

    public ModelManifest Manifest { get; }

    public byte[] Signature { get; }

    public EngineConfiguration Engine => new()
    {
        Engine = "fake 0",
        Context = 1024,
        Slots = 2,
        MaxTokens = 256,
        Threads = 1,
        Verify = "full",
        ConfigurationSigner = Digest.Sha256(ConfigurationSigner.ExportSubjectPublicKeyInfo()),
        ModelSigner = Digest.Sha256(Signer.ExportSubjectPublicKeyInfo()),
    };

    public BootRequest Boot => new()
    {
        Manifest = [.. Manifest.Bytes.Span],
        Signature = [.. Signature],
        ModelSigner = [.. Signer.ExportSubjectPublicKeyInfo()],
        Engine = [.. Engine.ToJson()],
        Guard = [.. GuardPolicy.None.ToJson()],
        Suites = [.. new SuitePolicy([Suites.P256Aes256Gcm, Suites.X25519ChaCha20Poly1305]).ToJson()],
    };

    public byte[] Seal(SecretBytes key, string name, byte[] plain)
    {
        using var sealer = SealedStreamSealer.Create(key, SealedModelPackage.AssociatedData(Manifest.Digest, name, plain.Length));
        var output = new byte[SealedStreamFormat.CiphertextLength(plain.Length)];
        sealer.Header.CopyTo(output);
        var segments = SealedStreamFormat.SegmentCount(plain.Length);
        for (uint index = 0; index < segments; index++)
        {
            var part = plain.AsSpan((int)SealedStreamFormat.PlaintextOffset(index), SealedStreamFormat.SegmentPlaintextLength(index, plain.Length));
            sealer.SealSegment(index, index == segments - 1, part, output.AsSpan((int)SealedStreamFormat.CiphertextOffset(index)));
        }

        return output;
    }

    static ModelFile File(string name, byte[] plain) => new(name, Digest.Sha256(plain), plain.Length);
}
