using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// What client and gateway share to seal a response (RFC 9458 §4.4): the exported secret and the encapsulated key. Each
/// response has a nonce of its own, which goes into the derivation of its cipher key.
/// </summary>
public sealed class OhttpResponseKey : IDisposable
{
    readonly HpkeSuite _suite;
    readonly byte[] _enc;
    readonly SecretBytes _secret;

    internal OhttpResponseKey(HpkeSuite suite, ReadOnlySpan<byte> enc, SecretBytes secret)
    {
        _suite = suite;
        _enc = enc.ToArray();
        _secret = secret;
    }

    /// <summary>Length of the response nonce, max(Nn, Nk), in bytes.</summary>
    internal int NonceLength => NonceLengthOf(_suite);

    /// <summary>Seals a whole response: response nonce, ciphertext, tag.</summary>
    public byte[] Seal(ReadOnlySpan<byte> response) => Seal(RandomNumberGenerator.GetBytes(NonceLength), response);

    /// <summary>Opens a whole response.</summary>
    /// <exception cref="SealedMessageException">It does not open.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedResponse)
    {
        if (sealedResponse.Length < NonceLength + HpkeAlgorithms.TagLength)
        {
            throw new SealedMessageException();
        }

        using var cipher = DeriveCipher(sealedResponse[..NonceLength]);
        var ciphertext = sealedResponse[NonceLength..];
        var response = new byte[ciphertext.Length - HpkeAlgorithms.TagLength];
        return cipher.TryOpen([], ciphertext, response) ? response : throw new SealedMessageException();
    }

    /// <summary>With the nonce given: for published vectors only.</summary>
    internal byte[] Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> response)
    {
        var sealedResponse = new byte[checked(nonce.Length + response.Length + HpkeAlgorithms.TagLength)];
        nonce.CopyTo(sealedResponse);
        using var cipher = DeriveCipher(nonce);
        cipher.Seal([], response, sealedResponse.AsSpan(nonce.Length));
        return sealedResponse;
    }

    internal static int NonceLengthOf(HpkeSuite suite) => Math.Max(HpkeAlgorithms.NonceLength, HpkeAlgorithms.KeyLength(suite.AeadId));

    internal SequencedCipher DeriveCipher(ReadOnlySpan<byte> responseNonce)
    {
        var hash = HpkeAlgorithms.HashOf(_suite.KdfId);
        Span<byte> pseudoRandomKey = stackalloc byte[HpkeAlgorithms.HashLength(_suite.KdfId)];
        Span<byte> key = stackalloc byte[HpkeAlgorithms.KeyLength(_suite.AeadId)];
        Span<byte> nonce = stackalloc byte[HpkeAlgorithms.NonceLength];
        byte[] salt = [.. _enc, .. responseNonce];
        try
        {
            HKDF.Extract(hash, _secret.Reveal(SecretAccess.KeyDerivation), salt, pseudoRandomKey);
            HKDF.Expand(hash, pseudoRandomKey, key, "key"u8);
            HKDF.Expand(hash, pseudoRandomKey, nonce, "nonce"u8);
            return new SequencedCipher(_suite.AeadId, key, nonce);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pseudoRandomKey);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(nonce);
        }
    }

    /// <summary>Erases the secret.</summary>
    public void Dispose() => _secret.Dispose();
}
