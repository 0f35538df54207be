namespace Amnion.Guard.Pii.Scanning;

/// <summary>E-mail addresses, RFC 5321 §4.1.2 in the form that people use: a dot-atom, '@', a host of at least two labels, the last of letters.</summary>
static class EmailRecogniser
{
    // RFC 5321 §4.5.3.1: 64 octets before the '@', 255 after it.
    const int MaxLocal = 64, MaxDomain = 255;

    const float Score = 0.95f;

    public static void Recognise(in Scan scan)
    {
        if (!scan.Settings.Wants(PiiTypes.Email))
        {
            return;
        }

        for (var at = scan.Text.IndexOf('@'); at >= 0;)
        {
            var start = LocalStart(scan.Text, at);
            var end = DomainEnd(scan.Text, at + 1);
            if (start < at && end > 0)
            {
                scan.Add(PiiTypes.Email, start, end, Score);
            }

            var next = scan.Text[(at + 1)..].IndexOf('@');
            at = next < 0 ? -1 : at + 1 + next;
        }
    }

    static int LocalStart(ReadOnlySpan<char> text, int at)
    {
        var start = at;
        while (start > 0 && at - start < MaxLocal && IsAtom(text[start - 1]) && !(text[start - 1] == '.' && start < at && text[start] == '.'))
        {
            start--;
        }

        // What a sentence or a mark-up leaves in front: quotes, slashes of "mailto://", stops.
        while (start < at && !char.IsLetterOrDigit(text[start]) && text[start] != '_')
        {
            start++;
        }

        return at > start && text[at - 1] != '.' ? start : at;
    }

    static int DomainEnd(ReadOnlySpan<char> text, int start)
    {
        var limit = Math.Min(text.Length, start + MaxDomain);
        var end = start;
        var labels = 0;
        var good = -1;
        while (end < limit)
        {
            var label = end;
            var letters = true;
            while (end < limit && (char.IsLetterOrDigit(text[end]) || text[end] == '-'))
            {
                letters &= char.IsLetter(text[end]);
                end++;
            }

            if (end == label || text[label] == '-' || text[end - 1] == '-' || end - label > 63)
            {
                break;
            }

            labels++;
            good = labels >= 2 && end - label >= 2 && (letters || text[label..end].StartsWith("xn--")) ? end : good;
            if (end >= limit || text[end] != '.')
            {
                break;
            }

            end++;
        }

        return good;
    }

    static bool IsAtom(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or '%' or '\'' or '&';
}
