using System.Buffers;
using System.Buffers.Text;

namespace Amnion.Guard.Tokens;

/// <summary>How sealed bytes stand in a text: base64url without padding or white space, in its one canonical spelling, after a prefix that says what they are.</summary>
static class TokenText
{
    static readonly SearchValues<char> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Write(string prefix, ReadOnlySpan<byte> bytes) => prefix + Base64Url.EncodeToString(bytes);

    /// <summary>False where the text is not such a token or its bytes could be spelled otherwise.</summary>
    public static bool TryRead(string prefix, ReadOnlySpan<char> text, int maxLength, out byte[] bytes)
    {
        bytes = [];
        return text.StartsWith(prefix, StringComparison.Ordinal) && TryDecode(text[prefix.Length..], maxLength, out bytes);
    }

    /// <summary>False where the text is anything but the canonical base64url of at most <paramref name="maxLength"/> bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, int maxLength, out byte[] bytes)
    {
        bytes = [];
        if (text.Length > (maxLength * 4L / 3) + 2 || text.ContainsAnyExcept(s_letters) || text.Length % 4 == 1)
        {
            return false;
        }

        // Not TryDecodeFromChars: it throws where the unused bits of the last character are not zero.
        var decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done || written != decoded.Length || written > maxLength || !text.SequenceEqual(Base64Url.EncodeToString(decoded.AsSpan(0, written))))
        {
            return false;
        }

        // Without padding the greatest length is the length: there is no second copy of what may be a key.
        bytes = decoded;
        return true;
    }
}
