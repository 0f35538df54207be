namespace Amnion.Attestation.Nitro;

/// <summary>A request to the Nitro Secure Module: enum <c>Request</c> of aws-nitro-enclaves-nsm-api, CBOR as <c>/dev/nsm</c> takes it.</summary>
public abstract record NsmRequest
{
    /// <summary>Most bytes of an encoded request (<c>NSM_REQUEST_MAX_SIZE</c>).</summary>
    public const int MaxLength = 0x1000;

    private protected NsmRequest()
    {
    }

    /// <summary>The message's bytes.</summary>
    public byte[] Encode() => NsmRequestCodec.Encode(this);

    /// <summary>Parses strictly: shortest heads, no unknown or repeated member, nothing after it.</summary>
    /// <exception cref="NsmFormatException">Anything else.</exception>
    public static NsmRequest Parse(ReadOnlySpan<byte> message) => NsmRequestCodec.Parse(message);

    /// <summary>Asks for version, module identifier and locked registers.</summary>
    public sealed record DescribeNsm : NsmRequest;

    /// <summary>Asks for a register's value and lock.</summary>
    public sealed record DescribePcr(ushort Index) : NsmRequest;

    /// <summary>Extends a register: SHA-384 of old value and data, the data not hashed before.</summary>
    public sealed record ExtendPcr(ushort Index, ReadOnlyMemory<byte> Data) : NsmRequest;

    /// <summary>Locks a register until the enclave ends.</summary>
    public sealed record LockPcr(ushort Index) : NsmRequest;

    /// <summary>Locks the registers with indexes below <paramref name="Range"/>.</summary>
    public sealed record LockPcrs(ushort Range) : NsmRequest;

    /// <summary>Asks for a signed document; limits as in <see cref="NitroDocument"/>.</summary>
    public sealed record Attestation(ReadOnlyMemory<byte>? UserData, ReadOnlyMemory<byte>? Nonce, ReadOnlyMemory<byte>? PublicKey) : NsmRequest;

    /// <summary>Asks for entropy.</summary>
    public sealed record GetRandom : NsmRequest;
}
