using System.Collections.Immutable;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Keys;

/// <summary>One private sealing key of a serve keyset, with the memory of what was sealed to it. Both end together.</summary>
sealed class ServeKey(byte id, HpkeKem kem, ImmutableArray<string> suites, int replayCapacity) : IDisposable
{
    /// <summary>RFC 9458 key identifier.</summary>
    public byte Id => id;

    /// <summary>The private key.</summary>
    public HpkePrivateKey Private { get; } = HpkePrivateKey.Generate(kem);

    /// <summary>Every encapsulated key that was used with it.</summary>
    public ReplayMemory Replays { get; } = new(replayCapacity);

    /// <summary>True where the suite was offered with this key.</summary>
    public bool Offers(HpkeSuite suite) => suites.Any(name => ServeSuites.Find(name) == suite);

    /// <summary>The public half as the keyset shows it.</summary>
    public SealingKey ToRecord() => new() { Id = id, Suites = suites, PublicKey = [.. Private.PublicKey.Bytes] };

    public void Dispose() => Private.Dispose();
}
