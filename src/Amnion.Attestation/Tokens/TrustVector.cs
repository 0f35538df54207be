using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// AR4SI's trustworthiness vector, draft-ietf-rats-ar4si-09 §3.1: eight claims of -128 to 127, whose ranges are the tiers (§3.2). 0 is no claim,
/// the same as an absent one.
/// </summary>
public sealed record TrustVector
{
    /// <summary>Names in JSON; the position is the label in CBOR.</summary>
    internal static readonly ImmutableArray<string> Names = ["instance-identity", "configuration", "executables", "file-system", "hardware", "runtime-opaque", "storage-opaque", "sourced-data"];

    /// <summary>Whether the very attester was recognised.</summary>
    public sbyte InstanceIdentity { get; init; }

    /// <summary>Whether it is set up as it should be.</summary>
    public sbyte Configuration { get; init; }

    /// <summary>Whether known code was loaded.</summary>
    public sbyte Executables { get; init; }

    /// <summary>Whether its files are known.</summary>
    public sbyte FileSystem { get; init; }

    /// <summary>Whether hardware and firmware are genuine.</summary>
    public sbyte Hardware { get; init; }

    /// <summary>Whether its memory is closed to the outside.</summary>
    public sbyte RuntimeOpaque { get; init; }

    /// <summary>Whether what it stores is closed to the outside.</summary>
    public sbyte StorageOpaque { get; init; }

    /// <summary>Whether what it was fed with is trusted.</summary>
    public sbyte SourcedData { get; init; }

    /// <summary>The eight values in the order of their CBOR labels, 0 to 7.</summary>
    public ImmutableArray<sbyte> Values => [InstanceIdentity, Configuration, Executables, FileSystem, Hardware, RuntimeOpaque, StorageOpaque, SourcedData];

    /// <summary>The worst tier of the claims that are made; <see cref="TrustTier.None"/> where none is.</summary>
    public TrustTier Worst => Values.Select(TierOf).Max();

    /// <summary>The tier of one claim: -1 to 1 none, -32 to 31 affirming, -96 to 95 warning, the rest contraindicated.</summary>
    public static TrustTier TierOf(sbyte claim) => claim switch
    {
        >= -1 and <= 1 => TrustTier.None,
        >= -32 and <= 31 => TrustTier.Affirming,
        >= -96 and <= 95 => TrustTier.Warning,
        _ => TrustTier.Contraindicated,
    };

    internal static TrustVector From(ReadOnlySpan<sbyte> values) => new()
    {
        InstanceIdentity = values[0],
        Configuration = values[1],
        Executables = values[2],
        FileSystem = values[3],
        Hardware = values[4],
        RuntimeOpaque = values[5],
        StorageOpaque = values[6],
        SourcedData = values[7],
    };
}
