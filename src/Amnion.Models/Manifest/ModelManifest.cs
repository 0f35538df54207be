using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Models.Manifest;

/// <summary>
/// What a sealed model consists of: an in-toto Statement v1 with the predicate of OpenSSF Model Signing v1.0, in canonical JSON
/// (RFC 8785), whose subject is annotated with what sealing adds. Its digest is the model's identity.
/// </summary>
public sealed class ModelManifest
{
    /// <summary>The annotation's format name.</summary>
    public const string Format = "amnion/sealed-model/1";

    /// <summary>Bytes of a manifest: 1 MiB.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Files of a model.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>Ending of the one file that the engine loads.</summary>
    public const string WeightsSuffix = ".gguf";

    /// <summary>Template name of models that cannot be used for chat.</summary>
    public const string NoTemplate = "none";

    readonly byte[] _bytes;

    /// <summary>Makes a manifest.</summary>
    /// <exception cref="ManifestFormatException">The content breaks a rule of the format.</exception>
    public ModelManifest(ModelManifestContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        content.Check();
        Content = content;
        _bytes = ModelManifestJson.Write(content);
        if (_bytes.Length > MaxLength)
        {
            throw new ManifestFormatException(ModelCodes.ManifestLimit, "$", $"is {_bytes.Length} bytes; at most {MaxLength} are accepted");
        }

        Digest = Digest.Sha384(_bytes);
    }

    /// <summary>What it says.</summary>
    public ModelManifestContent Content { get; }

    /// <summary>The canonical bytes: DSSE payload, file "manifest.json", and preimage of the model register.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>SHA-384 of <see cref="Bytes"/>: the model's identity.</summary>
    public Digest Digest { get; }

    /// <summary>The name of the one file that the engine loads.</summary>
    public string WeightsName => Content.Weights.Name;

    /// <summary>The chat template to use, or null where the model cannot be used for chat.</summary>
    public ChatTemplate? Template => ChatTemplate.Find(Content.Template);

    /// <summary>Parses strictly: only the canonical bytes of a valid manifest are accepted.</summary>
    /// <exception cref="ManifestFormatException">Anything else.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        var manifest = new ModelManifest(ModelManifestJson.Read(json));
        return manifest._bytes.AsSpan().SequenceEqual(json)
            ? manifest
            : throw new ManifestFormatException(ModelCodes.ManifestLayout, "$", "is not in canonical form (RFC 8785)");
    }

    /// <summary>True where the data key is the one this manifest commits to. Ask before anything is opened with the key.</summary>
    public bool IsCommittedTo(SecretBytes dataKey) => KeyCommitment.Matches(dataKey, Content.Commitment.AsSpan());

    /// <summary>Refuses weights that are not what the manifest describes, for after the weights' header was read inside the enclave.</summary>
    /// <exception cref="ManifestFormatException">Architecture, context or parameters differ.</exception>
    /// <exception cref="ChatTemplateException">The vocabulary does not carry the template.</exception>
    public void CheckWeights(GgufModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Architecture.Name != Content.Architecture || model.ContextLength != Content.ContextLength
            || model.Parameters != Content.Parameters || model.FileLength != Content.Weights.PlainLength)
        {
            throw new ManifestFormatException(ModelCodes.ManifestInconsistent, ModelManifestJson.AnnotationPath, "describes other weights than the file holds");
        }

        Template?.CheckVocabulary(model.Tokenizer);
    }

    /// <summary>The OMS root digest: SHA-256 over the files' raw digests, in order.</summary>
    internal static Digest RootDigest(ImmutableArray<ModelFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(file.Sha256.Bytes);
        }

        return Digest.FromBytes(hash.GetHashAndReset());
    }
}
