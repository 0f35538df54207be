using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Guard.Jose;

/// <summary>ECDH-ES of RFC 7518 §4.6: agreement on a NIST curve and the Concat KDF of NIST SP 800-56A §5.8.1 with SHA-256.</summary>
static class KeyAgreement
{
    public static byte[] Derive(ECDiffieHellman own, ECDiffieHellman other, string algorithm, byte[] partyU, byte[] partyV, int length)
    {
        var shared = own.DeriveRawSecretAgreement(other.PublicKey);
        var key = new byte[length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var round = 1; (round - 1) * hash.Length < length; round++)
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            AppendNumber(digest, round);
            digest.AppendData(shared);
            foreach (var part in new[] { Encoding.ASCII.GetBytes(algorithm), partyU, partyV })
            {
                AppendNumber(digest, part.Length);
                digest.AppendData(part);
            }

            AppendNumber(digest, length * 8);
            digest.GetHashAndReset(hash);
            var at = (round - 1) * hash.Length;
            hash[..Math.Min(hash.Length, length - at)].CopyTo(key.AsSpan(at));
        }

        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(hash);
        return key;
    }

    static void AppendNumber(IncrementalHash digest, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        digest.AppendData(bytes);
    }
}
