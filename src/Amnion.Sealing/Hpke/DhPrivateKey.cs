namespace Amnion.Sealing;

/// <summary>A private key of one group. Agreement is safe from several threads and against disposal.</summary>
abstract class DhPrivateKey(DhGroup group, byte[] publicKey) : IDisposable
{
    public DhGroup Group => group;

    /// <summary>The public key as the KEM serialises it.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>
    /// The raw agreement with the peer's serialised public key, <see cref="DhGroup.AgreementLength"/> bytes. False, and a
    /// zeroed result, where that key is invalid or the result is the neutral element (RFC 9180 §7.1.4).
    /// </summary>
    public abstract bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> agreement);

    public abstract void Dispose();
}
