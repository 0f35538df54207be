using Amnion.Guard.Output.Secrets;

namespace Amnion.Guard.Output.Links;

/// <summary>Says whether a URL carries data to its host: encoded text, words of the conversation, sentences, secrets, or more random characters than an identifier has.</summary>
static class LinkPayload
{
    const int LongestQuery = 160;
    const int LongestPath = 240;
    static readonly string[] s_secretNames = ["password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "ssn", "iban", "card", "system prompt", "patient", "credential"];

    public static bool Carries(LinkTarget target, LinkContextText context)
    {
        var rest = target.Rest;
        var fragmentAt = rest.IndexOf('#');
        var queryAt = rest.IndexOf('?');
        var pathEnd = queryAt < 0 ? fragmentAt : fragmentAt < 0 ? queryAt : Math.Min(queryAt, fragmentAt);
        var path = pathEnd < 0 ? rest : rest[..pathEnd];
        var query = pathEnd < 0 ? string.Empty : rest[(pathEnd + 1)..];
        return HostCarries(target.Host, context)
            || query.Length > LongestQuery || path.Length > LongestPath
            || PathCarries(path, context) || QueryCarries(query, context);
    }

    static bool HostCarries(string host, LinkContextText context)
    {
        var labels = host.Split('.');
        var below = labels.Length <= 2 ? [] : labels[..^2];
        var joined = string.Concat(below);
        foreach (var label in labels)
        {
            if (!label.StartsWith("xn--", StringComparison.Ordinal) && (label.Length >= 32 || (label.Length >= 20 && !label.Contains('-')) || (label.Length >= 12 && EncodedText.IsHexText(label))))
            {
                return true;
            }
        }

        return joined.Length >= 40 || EncodedText.IsHexText(joined) || context.IsRepeatedBy(joined);
    }

    static bool PathCarries(string path, LinkContextText context)
    {
        var joined = path.Replace("/", string.Empty, StringComparison.Ordinal);
        // Pieces may stand behind a directory of their own: every alignment is tried.
        for (var skip = 0; skip < Math.Min(4, joined.Length); skip++)
        {
            if (EncodedText.Holds(joined[skip..]))
            {
                return true;
            }
        }

        foreach (var segment in path.Split('/', ';', ','))
        {
            var decoded = LinkDecoding.Percent(segment);
            if (EncodedText.Holds(decoded) || IsTalk(decoded, 4) || NamesSecret(decoded)
                || (decoded.Length >= 48 && !decoded.Contains('-') && IsRandom(decoded, 48))
                // Pages are named after what they are about, as the caller's question is: a slug is no leak.
                || (!decoded.Contains('-') && decoded.Contains(' ') && context.IsRepeatedBy(decoded)))
            {
                return true;
            }
        }

        return false;
    }

    static bool QueryCarries(string query, LinkContextText context)
    {
        if (query.Length == 0)
        {
            return false;
        }

        var values = new System.Text.StringBuilder();
        foreach (var pair in query.Split('&', ';', '#', '?'))
        {
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? string.Empty : LinkDecoding.Percent(pair[..equals]);
            var raw = LinkDecoding.Percent(equals < 0 ? pair : pair[(equals + 1)..]);
            var value = raw.Replace('+', ' ');
            values.Append(raw);
            if (EncodedText.Holds(raw) || IsTalk(value, 4) || NamesSecret(value) || (value.Length >= 6 && IsSecretName(name)) || IsRandom(raw, 24) || IsCardNumber(raw) || context.IsRepeatedBy(value) || EncodedText.Holds(name) || IsTalk(name, 4))
            {
                return true;
            }
        }

        return EncodedText.Holds(values.ToString()) || context.IsRepeatedBy(values.ToString());
    }

    /// <summary>Text with at least so many words.</summary>
    static bool IsTalk(string value, int words)
    {
        var count = 0;
        foreach (var word in value.Split([' ', '_', '\u00A0', '|'], StringSplitOptions.RemoveEmptyEntries))
        {
            count += word.Length > 0 && char.IsLetterOrDigit(word[0]) ? 1 : 0;
        }

        return count >= words && (value.Contains(' ') || count >= 2 * words);
    }

    static bool NamesSecret(string value)
    {
        var at = value.AsSpan().IndexOfAny(":=");
        return at > 0 && value.Length - at > 4 && IsSecretName(value[..at]);
    }

    static bool IsSecretName(string name)
    {
        foreach (var secret in s_secretNames)
        {
            if (name.Contains(secret, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    static bool IsRandom(string value, int length)
    {
        var start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && (char.IsAsciiLetterOrDigit(value[i]) || value[i] is '+' or '/' or '_' or '='))
            {
                continue;
            }

            var run = value.AsSpan(start, i - start);
            if (run.Length >= length && run.ContainsAnyInRange('0', '9') && Entropy.BitsPerCharacter(run) >= 3.2)
            {
                return true;
            }

            start = i + 1;
        }

        return false;
    }

    static bool IsCardNumber(string value)
    {
        var sum = 0;
        var count = 0;
        for (var i = value.Length - 1; i >= 0; i--)
        {
            if (char.IsAsciiDigit(value[i]))
            {
                var digit = value[i] - '0';
                sum += count++ % 2 == 0 ? digit : digit < 5 ? 2 * digit : (2 * digit) - 9;
            }
            else if (value[i] is not (' ' or '-' or '.'))
            {
                return false;
            }
        }

        return count is >= 13 and <= 19 && sum % 10 == 0;
    }
}
