using Amnion.Records;

namespace Amnion.KeyBroker.Storage;

/// <summary>One row of the table "keys".</summary>
sealed record KeyRow(string Id, byte[] Wrapped, byte[] Policy, KeyState State, DateTimeOffset Created, long Version)
{
    public Digest PolicyDigest { get; } = Digest.Sha256(Policy);

    /// <summary>What <see cref="Wrapped"/> is bound to.</summary>
    public KeyBinding Binding => new KeyBinding.DataKey(Id, Version, PolicyDigest);
}
