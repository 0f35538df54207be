using System.Buffers.Text;

namespace Amnion.Guard.Tokens;

/// <summary>How sealed bytes stand in a text: a prefix that says what they are, then base64url without padding and in its one canonical spelling.</summary>
static class TokenText
{
    public static string Write(string prefix, ReadOnlySpan<byte> bytes) => prefix + Base64Url.EncodeToString(bytes);

    /// <summary>False where the text is not such a token or its bytes could be spelled otherwise.</summary>
    public static bool TryRead(string prefix, ReadOnlySpan<char> text, int maxLength, out byte[] bytes)
    {
        bytes = [];
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var body = text[prefix.Length..];
        if (body.Length > (maxLength * 4L / 3) + 2 || body.ContainsAnyExcept(s_letters) || body.Length % 4 == 1)
        {
            return false;
        }

        bytes = new byte[Base64Url.GetMaxDecodedLength(body.Length)];
        if (!Base64Url.TryDecodeFromChars(body, bytes, out var written))
        {
            bytes = [];
            return false;
        }

        Array.Resize(ref bytes, written);
        return written <= maxLength && body.SequenceEqual(Base64Url.EncodeToString(bytes));
    }

    static readonly System.Buffers.SearchValues<char> s_letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
