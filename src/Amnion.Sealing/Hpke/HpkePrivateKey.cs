namespace Amnion.Sealing;

/// <summary>
/// An HPKE private key. It lives inside the platform's cryptographic library and has no export. Safe to use from several
/// threads.
/// </summary>
public sealed class HpkePrivateKey : IDisposable
{
    readonly DhPrivateKey _key;

    HpkePrivateKey(DhPrivateKey key)
    {
        _key = key;
        PublicKey = new HpkePublicKey(key.Group.Kem, key.PublicKey);
    }

    /// <summary>The KEM this key belongs to.</summary>
    public HpkeKem Kem => PublicKey.Kem;

    /// <summary>The public half.</summary>
    public HpkePublicKey PublicKey { get; }

    internal DhPrivateKey Key => _key;

    /// <summary>A fresh key (GenerateKeyPair, RFC 9180 §4).</summary>
    /// <exception cref="PlatformNotSupportedException">The KEM is not available here; see <see cref="Hpke.IsSupported(HpkeKem)"/>.</exception>
    public static HpkePrivateKey Generate(HpkeKem kem) => new(DhGroup.Require(kem).Generate());

    /// <summary>Derives a key deterministically from input key material (DeriveKeyPair, RFC 9180 §7.1.3).</summary>
    /// <param name="kem">The KEM.</param>
    /// <param name="inputKey">At least as many uniform secret bytes as the private key has: 32, 48 or 66.</param>
    public static HpkePrivateKey Derive(HpkeKem kem, ReadOnlySpan<byte> inputKey)
    {
        var group = DhGroup.Require(kem);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputKey.Length, group.PrivateKeyLength, nameof(inputKey));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputKey.Length, Hpke.MaxInputLength, nameof(inputKey));
        return new(group.Derive(inputKey));
    }

    /// <summary>Imports a serialised private key (DeserializePrivateKey, RFC 9180 §7.1.2). The caller zeroes its copy.</summary>
    /// <exception cref="HpkeKeyFormatException">Wrong length, or a scalar outside the group order.</exception>
    public static HpkePrivateKey Import(HpkeKem kem, ReadOnlySpan<byte> privateKey) => new(DhGroup.Require(kem).Import(privateKey));

    /// <summary>Frees the key; the library zeroes it.</summary>
    public void Dispose() => _key.Dispose();
}
