using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Intel's statement on all platforms of one FMSPC: Intel PCS API version 4, "Get TCB Info"; versions 2 and 3.</summary>
sealed record TcbInfo : SignedCollateral
{
    /// <summary>6 bytes.</summary>
    public required ReadOnlyMemory<byte> Fmspc { get; init; }

    /// <summary>2 bytes.</summary>
    public required ReadOnlyMemory<byte> PceId { get; init; }

    /// <summary>How levels compare; 0 is the only way defined.</summary>
    public required int TcbType { get; init; }

    /// <summary>Null for SGX.</summary>
    public TdxModule? Module { get; init; }

    /// <summary>Modules with a major version above zero; empty where there are none.</summary>
    public ImmutableArray<TdxModule> Modules { get; init; } = [];

    /// <summary>Newest first, as Intel sorts them.</summary>
    public required ImmutableArray<TcbLevel> Levels { get; init; }

    /// <summary><see cref="SignedCollateral.Id"/> and <see cref="SignedCollateral.Version"/>; TCB info stands in every result, so its words are put together once.</summary>
    public string KindText => field ??= $"{Id}, version {DcapFields.Number(Version)}";

    /// <summary><see cref="Fmspc"/> in hexadecimal.</summary>
    public string FmspcText => field ??= DcapFields.Hex(Fmspc);

    /// <summary><see cref="PceId"/> in hexadecimal.</summary>
    public string PceIdText => field ??= DcapFields.Hex(PceId);

    /// <exception cref="DcapFormatException">Not of Intel's form, with code <see cref="DcapCodes.TcbInfoMalformed"/>.</exception>
    public static TcbInfo Parse(ReadOnlyMemory<byte> json) => TcbInfoReader.Read(json);
}
