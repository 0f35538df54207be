using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Dcap.RaTls;

/// <summary>The claims of Interoperable RA-TLS: a map of text to byte strings, among them the hash of the certificate's key.</summary>
static class RaTlsClaims
{
    public const string Nonce = "nonce";

    /// <summary>Most bytes of the encoded claims.</summary>
    public const int MaxLength = 64 * 1024;

    const string PublicKeyHash = "pubkey-hash";
    const int MaxCount = 32;
    const int MaxNameLength = 256;

    /// <summary>IANA "Named Information Hash Algorithm Registry".</summary>
    const ulong Sha256 = 1;
    const ulong Sha384 = 7;
    const ulong Sha512 = 8;

    /// <exception cref="CborFormatException">Not a map of text to byte strings, or a name twice.</exception>
    public static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> claims)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var input = new CborInput(claims.Span);
        var items = input.BeginMap(MaxCount, allowIndefinite: false);
        while (input.Next(ref items))
        {
            var name = Encoding.UTF8.GetString(input.ReadText(1, MaxNameLength));
            var value = input.ReadBytes(0, MaxLength);
            if (!values.TryAdd(name, claims.Slice(input.Position - value.Length, value.Length)))
            {
                throw input.Refuse("a claim twice");
            }
        }

        input.ExpectEnd();
        return values.ToImmutable();
    }

    /// <summary>Why the claims do not name the key; null where they do.</summary>
    public static string? KeyProblem(RaTlsCertificate certificate)
    {
        if (!certificate.ClaimValues.TryGetValue(PublicKeyHash, out var entry))
        {
            return "no claim \"pubkey-hash\"";
        }

        try
        {
            var input = new CborInput(entry.Span);
            var items = input.BeginArray(2, allowIndefinite: false);
            var algorithm = input.Next(ref items) ? input.ReadUnsigned() : throw input.Refuse("empty");
            var hash = input.Next(ref items) ? input.ReadBytes(1, 64) : throw input.Refuse("no hash value");
            input.ExpectEnd();
            var key = certificate.SubjectPublicKeyInfo.Span;
            var expected = algorithm switch
            {
                Sha256 => SHA256.HashData(key),
                Sha384 => SHA384.HashData(key),
                Sha512 => SHA512.HashData(key),
                _ => null,
            };
            return expected is null ? "a hash algorithm other than SHA-256, SHA-384 and SHA-512" : hash.SequenceEqual(expected) ? null : "the hash of another key";
        }
        catch (CborFormatException exception)
        {
            return exception.Message;
        }
    }
}
