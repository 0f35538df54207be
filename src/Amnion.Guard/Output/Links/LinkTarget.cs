namespace Amnion.Guard.Output.Links;

/// <summary>A URL as browsers read it (WHATWG URL §4.4), as far as it says where a request goes and what it carries.</summary>
sealed record LinkTarget
{
    static readonly string[] s_special = ["http", "https", "ws", "wss", "ftp"];
    static readonly string[] s_dangerous = ["javascript", "vbscript", "file", "blob", "filesystem", "view-source", "livescript", "mhtml", "jar"];

    /// <summary>Lower case, without the colon; empty where the URL is relative.</summary>
    public required string Scheme { get; init; }

    /// <summary>The host in its normal form; empty where there is none.</summary>
    public required string Host { get; init; }

    /// <summary>The port as written, or empty.</summary>
    public string Port { get; init; } = string.Empty;

    /// <summary>True where something stands before an '@' in the authority.</summary>
    public bool HasUserInfo { get; init; }

    /// <summary>Path, query and fragment, from the first '/', '?' or '#'; what follows the colon where there is no host.</summary>
    public required string Rest { get; init; }

    /// <summary>Whether a request goes to a host that the URL names.</summary>
    public bool HasHost => Host.Length > 0;

    /// <summary>Whether the port is absent or the scheme's own.</summary>
    public bool IsDefaultPort => Port.Length == 0 || (Scheme is "https" or "wss" && Port == "443") || (Scheme is "http" or "ws" && Port == "80") || (Scheme is "ftp" && Port == "21");

    /// <summary>Whether the scheme runs code, reads local files, or is data that a browser renders as a document.</summary>
    public bool IsDangerous => Array.IndexOf(s_dangerous, Scheme) >= 0 || (Scheme == "data" && !IsPlainImage(Rest));

    /// <summary>Reads a URL. Nothing fails: what names no host is relative.</summary>
    public static LinkTarget Parse(string text)
    {
        var url = Clean(text);
        var colon = url.IndexOf(':');
        var scheme = colon > 0 && IsScheme(url.AsSpan(0, colon)) ? url[..colon].ToLowerInvariant() : string.Empty;
        var rest = scheme.Length > 0 ? url[(colon + 1)..] : url;
        if (scheme.Length == 0 && url.StartsWith("www.", StringComparison.OrdinalIgnoreCase))
        {
            return WithAuthority("http", url);
        }

        var isSpecial = scheme.Length == 0 || Array.IndexOf(s_special, scheme) >= 0;
        var slashes = 0;
        while (slashes < rest.Length && (rest[slashes] == '/' || (isSpecial && rest[slashes] == '\\')))
        {
            slashes++;
        }

        // "https:host" and "https:/host" name a host as well; a relative URL needs both slashes, any other scheme "//".
        return (scheme.Length > 0 && isSpecial) || slashes >= 2
            ? WithAuthority(scheme, rest[slashes..])
            : new LinkTarget { Scheme = scheme, Host = string.Empty, Rest = rest };
    }

    static LinkTarget WithAuthority(string scheme, string text)
    {
        var end = text.AsSpan().IndexOfAny("/\\?#");
        var authority = end < 0 ? text : text[..end];
        var at = authority.LastIndexOf('@');
        var server = authority[(at + 1)..];
        var bracket = server.LastIndexOf(']');
        var colon = server.IndexOf(':', Math.Max(0, bracket));
        return new LinkTarget
        {
            Scheme = scheme,
            Host = LinkHost.Normalise(colon < 0 ? server : server[..colon]),
            Port = colon < 0 ? string.Empty : server[(colon + 1)..],
            HasUserInfo = at >= 0,
            Rest = end < 0 ? string.Empty : text[end..],
        };
    }

    /// <summary>Drops what browsers drop: tabs and line ends anywhere, controls, spaces and invisible characters at the beginning.</summary>
    static string Clean(string text)
    {
        var start = 0;
        while (start < text.Length && (text[start] <= ' ' || text[start] is '\u00A0' or '\u00AD' or '\uFEFF' || (text[start] >= '\u200B' && text[start] <= '\u200F') || text[start] == '\u2060'))
        {
            start++;
        }

        return text[start..].TrimEnd().Replace("\t", string.Empty, StringComparison.Ordinal).Replace("\r", string.Empty, StringComparison.Ordinal).Replace("\n", string.Empty, StringComparison.Ordinal);
    }

    static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetter(text[0]) || text.Length > 32)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    static bool IsPlainImage(string data) => data.StartsWith("image/png", StringComparison.OrdinalIgnoreCase) || data.StartsWith("image/jpeg", StringComparison.OrdinalIgnoreCase)
        || data.StartsWith("image/gif", StringComparison.OrdinalIgnoreCase) || data.StartsWith("image/webp", StringComparison.OrdinalIgnoreCase);
}
