using System.Collections.Immutable;

namespace Amnion.Attestation.Nitro;

/// <summary>What documents of enclaves and of NitroTPM both say: AWS Nitro Enclaves attestation process §3.2.2. Filled by <see cref="NitroPayloadReader"/> alone.</summary>
sealed class NitroPayload
{
    public required CoseSign1 Message { get; init; }

    public string ModuleId { get; set; } = string.Empty;

    public string Digest { get; set; } = string.Empty;

    public DateTimeOffset Timestamp { get; set; }

    public ImmutableSortedDictionary<int, Measurement> Pcrs { get; set; } = ImmutableSortedDictionary<int, Measurement>.Empty;

    public ReadOnlyMemory<byte> Certificate { get; set; }

    public ImmutableArray<ReadOnlyMemory<byte>> CaBundle { get; set; } = [];

    public ReadOnlyMemory<byte>? PublicKey { get; set; }

    public ReadOnlyMemory<byte>? UserData { get; set; }

    public ReadOnlyMemory<byte>? Nonce { get; set; }

    public ImmutableArray<string> UnknownFields { get; set; } = [];

    public bool HasIndefiniteMap { get; set; }
}
