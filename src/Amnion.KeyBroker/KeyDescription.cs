using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.KeyBroker;

/// <summary>What is known about a stored key, without the key.</summary>
public sealed record KeyDescription
{
    /// <summary>The key's name.</summary>
    public required string Id { get; init; }

    /// <summary>Active or revoked.</summary>
    public required KeyState State { get; init; }

    /// <summary>1 at creation, one more with each granted policy.</summary>
    public required long Version { get; init; }

    /// <summary>When it was created, by the broker's clock.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The policy it is released under, the JSON of "amnion/policy/1".</summary>
    public required ImmutableArray<byte> Policy { get; init; }

    /// <summary>SHA-256 of <see cref="Policy"/>, as the audit log cites it.</summary>
    public Digest PolicyDigest => Digest.Sha256(Policy.AsSpan());
}
