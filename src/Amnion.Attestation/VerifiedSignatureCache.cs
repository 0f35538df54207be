using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Amnion.Attestation;

/// <summary>
/// Remembers that a certificate's signature was verified under its issuer's key, which never changes. Everything that does
/// change (validity, revocation, the rest of the chain) is checked again every time, so an entry cannot outlive an
/// ancestor. Only verified signatures are stored. Safe for concurrent use.
/// </summary>
public sealed class VerifiedSignatureCache
{
    /// <summary>Entries kept unless the constructor says otherwise; each is some 150 bytes.</summary>
    public const int DefaultCapacity = 1024;

    readonly ConcurrentDictionary<Measurement, bool> _verified = new();
    readonly int _capacity;

    /// <param name="capacity">Most entries kept; at that number the cache empties itself and starts again.</param>
    public VerifiedSignatureCache(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>Entries now.</summary>
    public int Count => _verified.Count;

    /// <summary>
    /// The key covers the issuer's key and every byte of the certificate, signature included: with less, a cached answer could
    /// differ from a computed one. Both are DER items that state their own length, so what is hashed stands for one pair.
    /// </summary>
    internal static Measurement Key(ReadOnlySpan<byte> issuerPublicKeyInfo, ReadOnlySpan<byte> certificate)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(issuerPublicKeyInfo);
        hash.AppendData(certificate);
        return new Measurement(hash.GetHashAndReset());
    }

    internal bool Contains(Measurement key) => _verified.ContainsKey(key);

    internal void Add(Measurement key)
    {
        if (_verified.Count >= _capacity)
        {
            _verified.Clear();
        }

        _verified[key] = true;
    }
}
