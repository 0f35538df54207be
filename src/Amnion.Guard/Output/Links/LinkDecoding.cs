using System.Globalization;
using System.Text;

namespace Amnion.Guard.Output.Links;

/// <summary>Undoes what renderers undo before they read a URL.</summary>
static class LinkDecoding
{
    /// <summary>HTML character references (HTML Living Standard §13.5): numeric ones, and the named ones that stand for characters of a URL.</summary>
    public static string Entities(string text)
    {
        if (!text.Contains('&'))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var (value, length) = text[i] == '&' ? Entity(text.AsSpan(i + 1, Math.Min(text.Length - i - 1, 12))) : (null, 0);
            decoded.Append(value ?? text[i].ToString());
            i += 1 + length;
        }

        return decoded.ToString();
    }

    /// <summary>Backslash escapes of Markdown (CommonMark §2.4): a backslash before ASCII punctuation.</summary>
    public static string Backslashes(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && char.IsAscii(text[i + 1]) && (char.IsPunctuation(text[i + 1]) || char.IsSymbol(text[i + 1])))
            {
                i++;
            }

            decoded.Append(text[i]);
        }

        return decoded.ToString();
    }

    /// <summary>Percent-encoding (RFC 3986 §2.1) as UTF-8; what is no UTF-8 becomes U+FFFD.</summary>
    public static string Percent(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[count++] = byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
            }
            else
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                count += Encoding.UTF8.GetBytes(text.AsSpan(i, length), bytes.AsSpan(count));
                i += length - 1;
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    static (string? Value, int Length) Entity(ReadOnlySpan<char> body)
    {
        if (body.Length > 1 && body[0] == '#')
        {
            var isHex = body[1] is 'x' or 'X';
            var start = isHex ? 2 : 1;
            var end = start;
            while (end < body.Length && (isHex ? char.IsAsciiHexDigit(body[end]) : char.IsAsciiDigit(body[end])))
            {
                end++;
            }

            if (int.TryParse(body[start..end], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code))
            {
                return (new Rune(code).ToString(), end < body.Length && body[end] == ';' ? end + 1 : end);
            }

            return (null, 0);
        }

        var semicolon = body.IndexOf(';');
        var named = semicolon <= 0 ? null : body[..semicolon] switch
        {
            "colon" => ":",
            "sol" => "/",
            "bsol" => "\\",
            "period" => ".",
            "commat" => "@",
            "amp" or "AMP" => "&",
            "quest" => "?",
            "num" => "#",
            "equals" => "=",
            "percnt" => "%",
            "lpar" => "(",
            "rpar" => ")",
            "quot" => "\"",
            "apos" => "'",
            "lt" => "<",
            "gt" => ">",
            "Tab" => "\t",
            "NewLine" => "\n",
            "nbsp" => "\u00A0",
            "shy" => "\u00AD",
            _ => null,
        };
        return (named, named is null ? 0 : semicolon + 1);
    }
}
