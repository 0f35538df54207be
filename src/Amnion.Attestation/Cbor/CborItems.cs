namespace Amnion.Attestation.Cbor;

/// <summary>Counts the items of one array, or the pairs of one map, while they are read.</summary>
struct CborItems
{
    /// <summary>How many are left; negative where the length is indefinite.</summary>
    public int Remaining { get; set; }

    /// <summary>How many were read.</summary>
    public int Count { get; set; }

    /// <summary>Most that may be read.</summary>
    public int Limit { get; init; }
}
