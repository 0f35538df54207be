using System.Collections.Immutable;

namespace Amnion.Guard.Classifier;

/// <summary>What the artefact holds: three heads and what they were trained on. The format is docs/specs/guard-classify.md.</summary>
/// <param name="Sources">What the weights were trained on.</param>
/// <param name="User">For what callers write.</param>
/// <param name="Document">For what they bring along: documents and tool results.</param>
/// <param name="Suffix">For adversarial suffixes, whoever wrote them.</param>
sealed record ClassifierArtefact(ImmutableArray<TrainingSource> Sources, ClassifierHead User, ClassifierHead Document, ClassifierHead Suffix)
{
    public const int MaxBytes = 4 * 1024 * 1024;
    public const int MaxSources = 256;
    public const int MinTableBits = 4;
    public const int MaxTableBits = 20;

    /// <summary>"AMNGCLS" and the format's version.</summary>
    public static ReadOnlySpan<byte> Magic => "AMNGCLS\u0001"u8;
}
