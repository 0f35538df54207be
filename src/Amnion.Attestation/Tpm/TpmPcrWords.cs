using System.Collections.Immutable;

namespace Amnion.Attestation.Tpm;

/// <summary>One bank's values as results show them.</summary>
sealed class TpmPcrWords(TpmPcrValues values)
{
    /// <summary>Whose words these are.</summary>
    public TpmPcrValues Values { get; } = values;

    public ImmutableArray<int> Indexes { get; } = [.. values.Values.Keys];

    /// <summary>All values in the order of their registers; null where one has not the length of the bank's hash.</summary>
    public byte[]? Concatenated { get; } = values.Values.Values.All(value => value.Length == TpmAlgorithm.DigestLength(values.Algorithm)) ? [.. values.Values.Values.SelectMany(value => value.ToArray())] : null;

    public ImmutableArray<EvidenceField> Fields { get; } = [.. TpmFields.Of(values)];

    /// <summary>Empty for SHA-1, whose digests are no measurements.</summary>
    public ImmutableSortedDictionary<int, Measurement> Registers { get; } = values.Algorithm == TcgHash.Sha1
        ? ImmutableSortedDictionary<int, Measurement>.Empty
        : values.Values.ToImmutableSortedDictionary(pair => pair.Key, pair => new Measurement(pair.Value.Span));
}
