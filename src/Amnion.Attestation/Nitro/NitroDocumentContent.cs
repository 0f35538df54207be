using System.Collections.Immutable;

namespace Amnion.Attestation.Nitro;

/// <summary>What an attestation document says, for those who make one. Limits are those of <see cref="NitroDocument"/>.</summary>
public sealed record NitroDocumentContent
{
    /// <summary>1 to 256 printable ASCII characters.</summary>
    public required string ModuleId { get; init; }

    /// <summary>When the document is made; written to the millisecond.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Locked registers by index 0 to 31; 48 bytes each, at least one.</summary>
    public required ImmutableSortedDictionary<int, Measurement> Pcrs { get; init; }

    /// <summary>The certificate of the signing key, DER, at most 1024 bytes.</summary>
    public required ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>The certificates above it, root first, DER, at most 1024 bytes each.</summary>
    public required ImmutableArray<ReadOnlyMemory<byte>> CaBundle { get; init; }

    /// <summary>1 to 1024 bytes; null writes null.</summary>
    public ReadOnlyMemory<byte>? PublicKey { get; init; }

    /// <summary>0 to 512 bytes; null writes null.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }

    /// <summary>0 to 512 bytes; null writes null.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }
}
