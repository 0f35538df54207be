using System.Collections.Frozen;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Web addresses: with http or https before them, or a bare host under a well-known domain.</summary>
static class UrlRecogniser
{
    const float WithScheme = 0.7f, Bare = 0.55f;

    const int MaxLength = 2048, MaxHost = 253;

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_domains = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "io", "ai", "app", "dev", "co", "me", "tv", "us", "uk", "de", "fr", "es", "it", "nl", "be", "ch", "at", "pt", "br", "in", "il", "ca", "au", "nz", "jp", "cn", "kr", "ru", "pl", "se", "no", "fi", "dk", "ie", "eu", "mx", "ar", "za", "ng", "site", "online", "shop", "xyz")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    public static void Recognise(in Scan scan, int token)
    {
        if (!scan.Settings.Wants(PiiTypes.Url))
        {
            return;
        }

        var start = scan.Tokens[token].Start;
        var before = scan.At(start - 1);
        if (scan.Word(token) is "http" or "https" && scan.Text[scan.Tokens[token].End..].StartsWith("://") && Host(scan.Text[(scan.Tokens[token].End + 3)..], anyDomain: true) is var host && host > 0)
        {
            scan.Add(PiiTypes.Url, start, PathEnd(scan.Text, scan.Tokens[token].End + 3 + host, start), WithScheme);
        }
        else if (before is not ('.' or '@' or '/' or '-' or '_') && scan.At(scan.Tokens[token].End) is '.' && Host(scan.Text[start..], anyDomain: false) is var bare && bare > 0)
        {
            scan.Add(PiiTypes.Url, start, PathEnd(scan.Text, start + bare, start), Bare);
        }
    }

    /// <summary>The length of a host of at least two labels, 0 where there is none.</summary>
    static int Host(ReadOnlySpan<char> text, bool anyDomain)
    {
        var labels = 0;
        var good = 0;
        for (var at = 0; at < text.Length && at < MaxHost;)
        {
            var end = at;
            while (end < text.Length && end < MaxHost && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '-'))
            {
                end++;
            }

            if (end == at)
            {
                break;
            }

            labels++;
            var label = text[at..end];
            good = labels >= 2 && (anyDomain ? label.Length >= 2 && label.IndexOfAnyInRange('0', '9') < 0 : s_domains.Contains(label)) ? end : 0;
            if (end >= text.Length || text[end] != '.')
            {
                break;
            }

            at = end + 1;
            if (at >= text.Length || !char.IsAsciiLetterOrDigit(text[at]))
            {
                break;
            }
        }

        return good > 0 && (good >= text.Length || text[good] is not '@') ? good : 0;
    }

    static int PathEnd(ReadOnlySpan<char> text, int end, int start)
    {
        if (end < text.Length && text[end] is '/' or ':' or '?' or '#')
        {
            while (end < text.Length && end - start < MaxLength && text[end] is > ' ' and not ('"' or '\'' or '<' or '>' or '`' or ')' or ']' or '}' or '|' or '\u00a0'))
            {
                end++;
            }

            while (text[end - 1] is '.' or ',' or ';' or ':' or '!' or '?')
            {
                end--;
            }
        }

        return end;
    }
}
