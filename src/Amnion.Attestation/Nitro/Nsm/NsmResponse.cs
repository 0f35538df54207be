using System.Collections.Immutable;

namespace Amnion.Attestation.Nitro;

/// <summary>A response of the Nitro Secure Module: enum <c>Response</c> of aws-nitro-enclaves-nsm-api, CBOR as <c>/dev/nsm</c> gives it.</summary>
public abstract record NsmResponse
{
    /// <summary>Most bytes of an encoded response (<c>NSM_RESPONSE_MAX_SIZE</c>).</summary>
    public const int MaxLength = 0x3000;

    private protected NsmResponse()
    {
    }

    /// <summary>The message's bytes.</summary>
    public byte[] Encode() => NsmResponseCodec.Encode(this);

    /// <summary>Parses strictly: shortest heads, no unknown or repeated member, nothing after it.</summary>
    /// <exception cref="NsmFormatException">Anything else.</exception>
    public static NsmResponse Parse(ReadOnlySpan<byte> message) => NsmResponseCodec.Parse(message);

    /// <summary>What the module is. <paramref name="LockedPcrs"/> ascends.</summary>
    public sealed record DescribeNsm(ushort VersionMajor, ushort VersionMinor, ushort VersionPatch, string ModuleId, ushort MaxPcrs, ImmutableArray<int> LockedPcrs, string Digest) : NsmResponse;

    /// <summary>A register's value and whether it is locked.</summary>
    public sealed record DescribePcr(bool Lock, Measurement Value) : NsmResponse;

    /// <summary>A register's value after extending it.</summary>
    public sealed record ExtendPcr(Measurement Value) : NsmResponse;

    /// <summary>The register is locked.</summary>
    public sealed record LockPcr : NsmResponse;

    /// <summary>The registers are locked.</summary>
    public sealed record LockPcrs : NsmResponse;

    /// <summary>A signed attestation document.</summary>
    public sealed record Attestation(ReadOnlyMemory<byte> Document) : NsmResponse;

    /// <summary>Entropy; AWS's module gives 256 bytes.</summary>
    public sealed record GetRandom(ReadOnlyMemory<byte> Random) : NsmResponse;

    /// <summary>The module refused or failed.</summary>
    public sealed record Error(NsmErrorCode Code) : NsmResponse;
}
