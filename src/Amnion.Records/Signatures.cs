using System.Security.Cryptography;

namespace Amnion.Records;

/// <summary>ES256 over records: ECDSA P-256, SHA-256, IEEE P1363 encoding (RFC 7518 §3.4).</summary>
public static class Signatures
{
    /// <summary>Verifies; a key that is not P-256 or not a key at all verifies nothing.</summary>
    public static bool VerifyEs256(ReadOnlySpan<byte> subjectPublicKeyInfo, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out var read);
            return read == subjectPublicKeyInfo.Length && key.KeySize == 256 && key.VerifyData(data, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
