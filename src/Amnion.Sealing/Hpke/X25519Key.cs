using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>An X25519 private key, held by OpenSSL only.</summary>
sealed class X25519Key(EvpKeyHandle key, byte[] publicKey) : DhPrivateKey(X25519.Instance, publicKey)
{
    public override bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> agreement)
    {
        if (peer.Length != X25519.KeyLength || !LibCrypto.TryDerive(key, peer, agreement))
        {
            CryptographicOperations.ZeroMemory(agreement);
            return false;
        }

        // A point of small order gives all zeros (RFC 7748 §6.1); OpenSSL refuses it too, this does not rely on it.
        var any = 0;
        foreach (var value in agreement)
        {
            any |= value;
        }

        return any != 0;
    }

    public override void Dispose() => key.Dispose();
}
