using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Intel's statement on a quoting enclave: Intel PCS API version 4, "Get QE Identity" and "Get TD QE Identity"; version 2.</summary>
sealed record EnclaveIdentity : SignedCollateral
{
    /// <summary>4 bytes, in the order of memory.</summary>
    public required ReadOnlyMemory<byte> MiscSelect { get; init; }

    /// <summary>4 bytes.</summary>
    public required ReadOnlyMemory<byte> MiscSelectMask { get; init; }

    /// <summary>16 bytes.</summary>
    public required ReadOnlyMemory<byte> Attributes { get; init; }

    /// <summary>16 bytes.</summary>
    public required ReadOnlyMemory<byte> AttributesMask { get; init; }

    /// <summary>32 bytes.</summary>
    public required ReadOnlyMemory<byte> MrSigner { get; init; }

    public required int IsvProdId { get; init; }

    /// <summary>By ISVSVN, highest first.</summary>
    public required ImmutableArray<SvnLevel> Levels { get; init; }

    /// <summary><see cref="MiscSelect"/> in hexadecimal; the identity stands in every result, so its words are put together once.</summary>
    public string MiscSelectText => field ??= DcapFields.Hex(MiscSelect);

    /// <summary><see cref="Attributes"/> in hexadecimal.</summary>
    public string AttributesText => field ??= DcapFields.Hex(Attributes);

    /// <summary><see cref="MrSigner"/> in hexadecimal.</summary>
    public string MrSignerText => field ??= DcapFields.Hex(MrSigner);

    /// <summary>The lowest of <see cref="Levels"/>.</summary>
    public string LeastText => field ??= "ISVSVN at least " + DcapFields.Number(Levels.Min(entry => entry.Svn));

    /// <exception cref="DcapFormatException">Not of Intel's form, with code <see cref="DcapCodes.QeIdentityMalformed"/>.</exception>
    public static EnclaveIdentity Parse(ReadOnlyMemory<byte> json) => EnclaveIdentityReader.Read(json);
}
