using Amnion.Enclave.Keys;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>A sealed request that opened: its plaintext, what seals the answer, and the keyset it was sealed to, held until disposal.</summary>
sealed class SealedRequest : IDisposable
{
    public required ServeKeyset Keyset { get; init; }

    /// <summary>The exchange's identifier (<see cref="Receipt.IdOf"/>).</summary>
    public required string Id { get; init; }

    /// <summary>What a receipt says of the request: SHA-256 and length of all sealed bytes.</summary>
    public required ReceiptEvent Received { get; init; }

    /// <summary>Evidence time at which it opened, Unix milliseconds.</summary>
    public required long Time { get; init; }

    /// <summary>Seals the answer.</summary>
    public required ChunkedResponseSealer Sealer { get; init; }

    /// <summary>The binary HTTP request. Zeroed at disposal.</summary>
    public required byte[] Plaintext { get; init; }

    public void Dispose()
    {
        Array.Clear(Plaintext);
        Sealer.Dispose();
        Keyset.Release();
    }
}
