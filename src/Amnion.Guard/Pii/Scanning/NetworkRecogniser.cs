using System.Buffers;
using System.Net;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>IPv4, IPv6 (RFC 4291 §2.2) and MAC addresses.</summary>
static class NetworkRecogniser
{
    const int MaxIpv6 = 45;

    static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static void Recognise(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (word.Length > 12)
        {
            return;
        }

        var after = scan.At(word.End);
        if (after == '.' && word.Kind == TokenKind.Digits && word.Length <= 3)
        {
            Ipv4(scan, token);
        }

        if (word.Length <= 4 && (after == ':' || (scan.At(word.Start - 1) == ':' && scan.At(word.Start - 2) == ':')))
        {
            Ipv6(scan, token);
        }

        if (scan.Settings.Wants(PiiTypes.MacAddress) && (word.Length, after) is (2, ':') or (2, '-') or (4, '.') or (12, _))
        {
            Mac(scan, token);
        }
    }

    static void Ipv4(in Scan scan, int token)
    {
        var last = token + 3;
        if (last >= scan.Tokens.Length || scan.At(scan.Tokens[token].Start - 1) is '.' or '-' or '_')
        {
            return;
        }

        for (var i = token; i <= last; i++)
        {
            var word = scan.Word(i);
            if (scan.Tokens[i].Kind != TokenKind.Digits || word.Length > 3 || (word.Length > 1 && word[0] == '0') || int.Parse(word) > 255 || (i > token && scan.Tokens[i].Start != scan.Tokens[i - 1].End + 1) || (i < last && scan.At(scan.Tokens[i].End) != '.'))
            {
                return;
            }
        }

        var end = scan.Tokens[last].End;
        if ((scan.At(end) != '.' || !char.IsAsciiLetterOrDigit(scan.At(end + 1))) && scan.At(end) is not '-' and not '_')
        {
            end = Prefix(scan, end, ref last);
            scan.Propose(PiiTypes.IpAddress, token, last, new TextSpan(scan.Tokens[token].Start, end - scan.Tokens[token].Start), 0.8f, 0.95f, false);
        }
    }

    static void Ipv6(in Scan scan, int token)
    {
        var start = scan.Tokens[token].Start;
        start -= scan.At(start - 1) == ':' && scan.At(start - 2) == ':' ? 2 : 0;
        if (scan.At(start - 1) is ':' or '.' or '-' or '_' || char.IsAsciiLetterOrDigit(scan.At(start - 1)))
        {
            return;
        }

        var end = start;
        while (end < scan.Text.Length && end - start <= MaxIpv6 && (scan.Text[end] is ':' or '.' || s_hex.Contains(scan.Text[end])))
        {
            end++;
        }

        while (end > start && (scan.Text[end - 1] == '.' || (scan.Text[end - 1] == ':' && scan.At(end - 2) != ':')))
        {
            end--;
        }

        var span = scan.Text[start..end];
        if (end - start > MaxIpv6 || span.Length < 3 || span.Count(':') < 2 || char.IsAsciiLetterOrDigit(scan.At(end)) || !span.ContainsAnyInRange('0', '9') || !IPAddress.TryParse(span, out _))
        {
            return;
        }

        // "::1" and "a::b" are also code; short forms need a word of context.
        var lone = span.Count(':') >= 3 || span.Length >= 9 ? 0.85f : 0.4f;
        var last = token;
        while (last + 1 < scan.Tokens.Length && scan.Tokens[last + 1].Start < end)
        {
            last++;
        }

        end = Prefix(scan, end, ref last);
        scan.Propose(PiiTypes.IpAddress, token, last, new TextSpan(start, end - start), lone, 0.95f, false);
    }

    /// <summary>The end of a prefix length ("/24") or a zone ("%eth0", RFC 4007 §11) behind an address.</summary>
    static int Prefix(in Scan scan, int end, ref int last)
    {
        if (last + 1 >= scan.Tokens.Length || scan.Tokens[last + 1].Start != end + 1)
        {
            return end;
        }

        var next = scan.Tokens[last + 1];
        var prefix = scan.At(end) == '/' && next.Kind == TokenKind.Digits && next.Length <= 3 && int.Parse(scan.Word(last + 1)) <= 128;
        if (!prefix && scan.At(end) != '%')
        {
            return end;
        }

        last++;
        return next.End;
    }

    static void Mac(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        var separator = scan.At(word.End);
        var groups = word.Length switch { 2 => 6, 4 => 3, _ => 1 };
        var last = token + groups - 1;
        if (last >= scan.Tokens.Length || (token > 0 && scan.Tokens[token - 1].End == word.Start - 1 && scan.At(word.Start - 1) == separator))
        {
            return;
        }

        var zero = true;
        var ones = true;
        for (var i = token; i <= last; i++)
        {
            var part = scan.Word(i);
            if (part.Length != word.Length || part.IndexOfAnyExcept(s_hex) >= 0 || (i < last && scan.At(scan.Tokens[i].End) != separator) || (i > token && scan.Tokens[i].Start != scan.Tokens[i - 1].End + 1))
            {
                return;
            }

            zero &= part.IndexOfAnyExcept('0') < 0;
            ones &= part.IndexOfAnyExcept('f', 'F') < 0;
        }

        var end = scan.Tokens[last].End;
        var continues = groups > 1 && scan.At(end) == separator && last + 1 < scan.Tokens.Length && scan.Tokens[last + 1].Start == end + 1;
        if (!zero && !ones && !continues)
        {
            scan.Propose(PiiTypes.MacAddress, token, last, new TextSpan(word.Start, end - word.Start), groups == 1 ? 0.1f : 0.9f, groups == 1 ? 0.6f : 0.98f, false);
        }
    }
}
