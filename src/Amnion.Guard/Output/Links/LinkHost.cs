using System.Buffers;
using System.Globalization;
using System.Text;
using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Links;

/// <summary>Hosts as browsers read them (WHATWG URL §3.5): percent-decoded, full-width letters and dots made narrow, invisible characters dropped, lower case.</summary>
static class LinkHost
{
    static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    static readonly IdnMapping s_idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>Brings a host to its one form. What holds a character that no host may hold comes back with it, and so matches nothing.</summary>
    public static string Normalise(string host)
    {
        var decoded = LinkDecoding.Percent(host);
        var narrow = new StringBuilder(decoded.Length);
        foreach (var rune in decoded.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case 0x3002 or 0xFF0E or 0xFF61:
                    narrow.Append('.');
                    break;
                case >= 0xFF01 and <= 0xFF5E:
                    narrow.Append((char)(rune.Value - 0xFEE0));
                    break;
                case 0x00AD or 0x034F or 0xFEFF or 0x061C or (>= 0x200B and <= 0x200F) or (>= 0x2060 and <= 0x2064) or (>= 0xFE00 and <= 0xFE0F):
                    break;
                case >= 0x1D400 and <= 0x1D7FF or (>= 0x2460 and <= 0x24FF) or (>= 0x2100 and <= 0x214F):
                    // Compatibility letters: IDNA maps them to plain ones.
                    var symbol = FoldedSymbol.Of(rune.Value);
                    narrow.Append(symbol < 26 ? (char)('a' + symbol) : '?');
                    break;
                default:
                    narrow.Append(rune.ToString());
                    break;
            }
        }

        return ToAscii(narrow.ToString().ToLowerInvariant().TrimEnd('.'));
    }

    /// <summary>What a reader takes the host for: letters that look alike are one.</summary>
    public static string Skeleton(string host)
    {
        var text = ToUnicode(host);
        var skeleton = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var symbol = FoldedSymbol.Of(rune.Value);
            if (rune.Value is '.')
            {
                skeleton.Append('.');
            }
            else if (symbol < 26)
            {
                skeleton.Append((char)('a' + symbol));
            }
            else if (symbol != FoldedSymbol.None)
            {
                skeleton.Append('?');
            }
        }

        return skeleton.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    /// <summary>Whether the host is an IPv4 address in a form that people do not write: one number, hexadecimal, octal, fewer than four parts (WHATWG URL §3.5, ends in a number).</summary>
    public static bool IsDisguisedAddress(string host)
    {
        var parts = host.Split('.');
        var isPlain = parts.Length == 4;
        foreach (var part in parts)
        {
            var isHex = part.StartsWith("0x", StringComparison.Ordinal);
            if (part.Length == 0 || (isHex ? part.AsSpan(2).ContainsAnyExcept(s_hex) : part.AsSpan().ContainsAnyExceptInRange('0', '9')))
            {
                return false;
            }

            isPlain &= !isHex && (part.Length == 1 || part[0] != '0');
        }

        return !isPlain;
    }

    static string ToAscii(string host)
    {
        if (Ascii.IsValid(host))
        {
            return host;
        }

        try
        {
            return s_idn.GetAscii(host);
        }
        catch (ArgumentException)
        {
            return host;
        }
    }

    static string ToUnicode(string host)
    {
        if (!host.Contains("xn--", StringComparison.Ordinal))
        {
            return host;
        }

        try
        {
            return s_idn.GetUnicode(host);
        }
        catch (ArgumentException)
        {
            return host;
        }
    }
}
