using System.Collections.Immutable;

namespace Amnion.Guard.Pii;

/// <summary>What a scanner looks for. Immutable; a scanner compiles it once.</summary>
public sealed record PiiScannerOptions
{
    /// <summary>The score from which a candidate is a finding, where its type has no own threshold. 0.5 lets a lone number with good check digits pass and a bare pattern without context not.</summary>
    public const double DefaultThreshold = 0.5;

    /// <summary>The built-in types to look for; by default all but calendar dates and web addresses, which ordinary text is full of.</summary>
    public ImmutableArray<PiiType> Types { get; init; } = DefaultTypes;

    /// <summary>The score from which a candidate is a finding, from 0 to 1.</summary>
    public double Threshold { get; init; } = DefaultThreshold;

    /// <summary>Thresholds of single types, by name.</summary>
    public ImmutableDictionary<string, double> Thresholds { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>A tenant's own recognisers, at most <see cref="PiiScanner.MaxCustomRecognisers"/>.</summary>
    public ImmutableArray<CustomRecogniser> Custom { get; init; } = [];

    /// <summary>All built-in types but <see cref="PiiTypes.Date"/>, <see cref="PiiTypes.Url"/> and <see cref="PiiTypes.DePostcode"/>.</summary>
    public static ImmutableArray<PiiType> DefaultTypes { get; } = PiiTypes.All.RemoveAll(type => type == PiiTypes.Date || type == PiiTypes.Url || type == PiiTypes.DePostcode);
}
