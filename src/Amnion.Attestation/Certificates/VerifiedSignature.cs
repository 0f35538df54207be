namespace Amnion.Attestation.Certificates;

/// <summary>
/// Remembers under which key one item's signature was verified. Lives with the item, whose signed bytes and signature never change; the key is
/// kept as a copy of its SubjectPublicKeyInfo. Only success is remembered. Safe for concurrent use.
/// </summary>
sealed class VerifiedSignature
{
    byte[]? _issuerKey;

    /// <summary>Whether the item's signature verifies under the issuer's key; false for a key that cannot be used.</summary>
    public bool IsBy<TItem>(Certificate issuer, TItem item, Func<PublicKey, TItem, bool> verify)
    {
        var info = issuer.SubjectPublicKeyInfo.Span;
        if (Volatile.Read(ref _issuerKey) is { } known && info.SequenceEqual(known))
        {
            return true;
        }

        if (issuer.Key is not { } key || !verify(key, item))
        {
            return false;
        }

        Volatile.Write(ref _issuerKey, info.ToArray());
        return true;
    }
}
