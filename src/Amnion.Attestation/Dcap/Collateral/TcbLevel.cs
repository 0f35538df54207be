using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>One level of a platform's TCB: Intel PCS API version 4, "tcbLevels".</summary>
sealed record TcbLevel
{
    /// <summary>Least SVN of each of 16 components.</summary>
    public required ImmutableArray<byte> SgxComponents { get; init; }

    /// <summary>Least SVN of each of 16 components of TEE_TCB_SVN; empty for SGX.</summary>
    public required ImmutableArray<byte> TdxComponents { get; init; }

    public required int PceSvn { get; init; }

    public required LevelStatus Status { get; init; }
}
