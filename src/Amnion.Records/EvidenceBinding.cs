using System.Buffers.Text;
using System.Security.Cryptography;

namespace Amnion.Records;

/// <summary>The one 64-byte value Evidence binds on every platform (Nitro user_data, SNP and TDX REPORT_DATA).</summary>
public static class EvidenceBinding
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 64;

    /// <summary>Shortest nonce a relying party may use, bytes.</summary>
    public const int MinNonceLength = 16;

    /// <summary>Longest nonce, bytes.</summary>
    public const int MaxNonceLength = 64;

    /// <summary>SHA-512 of the canonical JSON {keyset, log_head, nonce, purpose}.</summary>
    public static byte[] Compute(Purpose purpose, Digest keyset, ReadOnlySpan<byte> nonce, Digest logHead)
    {
        var encoded = Base64Url.EncodeToString(nonce);
        return SHA512.HashData(CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("purpose", purpose == Purpose.Serve ? "serve" : "release");
            json.WriteDigest("keyset", keyset);
            json.WriteString("nonce", encoded);
            json.WriteDigest("log_head", logHead);
            json.WriteEndObject();
        }));
    }
}
