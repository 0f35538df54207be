using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>What Intel says of TDX modules of one major version, or of the first ones: Intel PCS API version 4, "tdxModule" and "tdxModuleIdentities".</summary>
sealed record TdxModule
{
    /// <summary>"TDX_" and the major version in hexadecimal; empty for the first modules.</summary>
    public required string Id { get; init; }

    /// <summary>48 bytes.</summary>
    public required ReadOnlyMemory<byte> MrSigner { get; init; }

    /// <summary>8 bytes.</summary>
    public required ReadOnlyMemory<byte> Attributes { get; init; }

    /// <summary>8 bytes.</summary>
    public required ReadOnlyMemory<byte> AttributesMask { get; init; }

    /// <summary>By minor version, highest first; empty for the first modules, whose versions are components of the platform's levels.</summary>
    public ImmutableArray<SvnLevel> Levels { get; init; } = [];

    /// <summary><see cref="MrSigner"/> in hexadecimal.</summary>
    public string MrSignerText => field ??= DcapFields.Hex(MrSigner);

    /// <summary><see cref="Attributes"/> in hexadecimal.</summary>
    public string AttributesText => field ??= DcapFields.Hex(Attributes);

    /// <summary>The lowest of <see cref="Levels"/>.</summary>
    public string LeastText => field ??= "at least " + DcapFields.Number(Levels.Min(entry => entry.Svn));
}
