using System.Collections.Immutable;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Sealing;

namespace Amnion.Models.Manifest;

/// <summary>The members of a <see cref="ModelManifest"/>.</summary>
public sealed record ModelManifestContent
{
    /// <summary>The model's name for people: 1 to 128 printable ASCII characters.</summary>
    public required string Name { get; init; }

    /// <summary>The files, sorted by name; exactly one ends in <see cref="ModelManifest.WeightsSuffix"/>.</summary>
    public required ImmutableArray<ModelFile> Files { get; init; }

    /// <summary>The data key's name at the key broker: 1 to 128 printable ASCII characters without spaces.</summary>
    public required string KeyId { get; init; }

    /// <summary><see cref="KeyCommitment"/> of the data key, 32 bytes.</summary>
    public required ImmutableArray<byte> Commitment { get; init; }

    /// <summary>Name of a <see cref="GgufArchitecture"/>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Name of a <see cref="ChatTemplate"/>, or <see cref="ModelManifest.NoTemplate"/>.</summary>
    public required string Template { get; init; }

    /// <summary>Tokens of context the model was trained for.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Number of weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>The file that the engine loads.</summary>
    public ModelFile Weights => Files.Single(file => file.Name.EndsWith(ModelManifest.WeightsSuffix, StringComparison.Ordinal));

    internal void Check()
    {
        if (Files.Length is 0 or > ModelManifest.MaxFiles)
        {
            throw new ManifestFormatException(ModelCodes.ManifestLimit, "$.predicate.resources", $"has {Files.Length} files; expected 1 to {ModelManifest.MaxFiles}");
        }

        ModelFileNames.Check([.. Files.Select(file => file.Name)]);
        if (Files.Count(file => file.Name.EndsWith(ModelManifest.WeightsSuffix, StringComparison.Ordinal)) != 1)
        {
            throw new ManifestFormatException(ModelCodes.ManifestInconsistent, "$.predicate.resources", $"does not have exactly one file that ends in \"{ModelManifest.WeightsSuffix}\"");
        }

        foreach (var file in Files)
        {
            Require(file.Sha256.Bytes.Length == 32, "$.predicate.resources", "has a digest that is not SHA-256");
            Require(file.PlainLength is >= 0 and <= SealedStreamFormat.MaxPlaintextLength, AnnotationPath("files"), "has a length that no sealed stream has");
        }

        Require(Name.Length is > 0 and <= 128 && !Name.AsSpan().ContainsAnyExceptInRange(' ', '~'), "$.subject[0].name", "is not 1 to 128 printable ASCII characters");
        Require(KeyId.Length is > 0 and <= 128 && !KeyId.AsSpan().ContainsAnyExceptInRange('!', '~'), AnnotationPath("key_id"), "is not 1 to 128 printable ASCII characters without spaces");
        Require(Commitment.Length == KeyCommitment.Length, AnnotationPath("commitment"), $"is not {KeyCommitment.Length} bytes in lower-case hexadecimal");
        Require(GgufArchitecture.All.Any(known => known.Name == Architecture), AnnotationPath("architecture"), "is not a known architecture");
        Require(Template == ModelManifest.NoTemplate || ChatTemplate.Find(Template) is not null, AnnotationPath("template"), "is not a known template");
        Require(ContextLength is > 0 and <= GgufLimits.ContextLength, AnnotationPath("context_length"), $"is not 1 to {GgufLimits.ContextLength}");
        Require(Parameters is > 0 and <= ModelManifestJson.MaxInteger, AnnotationPath("parameters"), "is not a positive number");
    }

    static string AnnotationPath(string member) => $"{ModelManifestJson.AnnotationPath}.{member}";

    static void Require(bool condition, string field, string problem)
    {
        if (!condition)
        {
            throw new ManifestFormatException(ModelCodes.ManifestLayout, field, problem);
        }
    }
}
