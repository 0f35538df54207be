using System.Buffers;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Values that only their label gives away: record, policy, member and account numbers, user names, passwords, and US ZIP codes behind a state.</summary>
static class LabelledRecogniser
{
    const int MaxConnectors = 3, MaxValue = 64;

    const float Labelled = 0.72f, Secret = 0.75f, Zip = 0.75f, ZipInContext = 0.8f;

    static readonly SearchValues<char> s_signs = SearchValues.Create("!@#$%^&*?");

    static readonly PiiType[] s_types = [PiiTypes.MedicalRecord, PiiTypes.InsuranceId, PiiTypes.BankAccount, PiiTypes.UserName, PiiTypes.PassportNumber, PiiTypes.DriverLicense];

    public static void Recognise(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (word.Kind == TokenKind.Digits)
        {
            ZipCode(scan, token);
            return;
        }

        if (word.Word == 0 && word.Pair == 0)
        {
            return;
        }

        if ((scan.Roles(token) & WordRoles.SecretCue) != 0)
        {
            Password(scan, token);
        }

        foreach (var type in s_types)
        {
            if (scan.Speaks(token, type.Index))
            {
                Number(scan, token, type);
            }
        }
    }

    static void Number(in Scan scan, int label, PiiType type)
    {
        var value = Skip(scan, label, out _);
        var another = type == PiiTypes.InsuranceId && label > 0 && scan.Word(label - 1) is "social" or "Social" or "national" or "National";
        if (value < 0 || another || scan.Speaks(value, type.Index))
        {
            return;
        }

        var start = scan.Tokens[value].Start;
        var last = value;
        while (last + 1 < scan.Tokens.Length && scan.Gap(last) is "-" or "/" or "." or "_" && scan.Tokens[last + 1].End - start <= MaxValue)
        {
            last++;
        }

        var text = scan.Text[start..scan.Tokens[last].End];
        var digits = 0;
        foreach (var c in text)
        {
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        // A number has at least four digits and is mostly digits; a user name has none to have.
        if (type == PiiTypes.UserName ? digits > 0 && text.Length >= 4 && scan.Tokens[value].Kind != TokenKind.Digits : digits >= 4 && digits * 2 >= text.Length - 2)
        {
            scan.Add(type, start, scan.Tokens[last].End, Labelled);
        }
    }

    static void Password(in Scan scan, int label)
    {
        var value = Skip(scan, label, out var assigned);
        if (value < 0)
        {
            return;
        }

        // A password may begin with a sign: it starts where the space or the quote before it ends.
        var start = scan.Tokens[value].Start;
        while (start > scan.Tokens[value - 1].End && scan.Text[start - 1] is not (' ' or '"' or '\'' or ':' or '=' or '`' or '\n' or '\t'))
        {
            start--;
        }

        var end = start;
        while (end < scan.Text.Length && end - start < MaxValue && scan.Text[end] is not (' ' or '"' or '\'' or '`' or '\n' or '\r' or '\t' or '<' or ','))
        {
            end++;
        }

        while (end > start && scan.Text[end - 1] is '.' or ';' or ')')
        {
            end--;
        }

        var text = scan.Text[start..end];
        var signs = text.ContainsAny(s_signs);
        var digits = text.ContainsAnyInRange('0', '9');
        if (assigned ? text.Length >= 4 && (digits || signs) : text.Length >= 8 && digits && signs)
        {
            scan.Add(PiiTypes.Password, start, end, Secret);
        }
    }

    /// <summary>The first token behind a label and its connectors ("number", "is", ":"), -1 where none is near.</summary>
    static int Skip(in Scan scan, int label, out bool assigned)
    {
        assigned = false;
        for (var i = 0; i <= MaxConnectors && label + 1 < scan.Tokens.Length; i++)
        {
            var gap = scan.Gap(label);
            if (gap.Length > 4 || gap.ContainsAny('.', ';', '\n') && !gap.StartsWith("."))
            {
                return -1;
            }

            assigned |= gap.ContainsAny(':', '=');
            label++;
            var word = scan.Word(label);
            if (word is "is" or "was" or "to" or "are" or "set" or "ist" or "est" or "es" or "è" or "é")
            {
                assigned = true;
            }
            else if (word is not ("number" or "no" or "No" or "NO" or "nr" or "Nr" or "id" or "ID" or "Id" or "Number" or "num" or "code" or "plan" or "policy" or "card" or "record" or "and" or "my" or "the" or "nummer" or "numero" or "número" or "numéro" or "reset" or "temporary" or "new"))
            {
                return label;
            }
        }

        return -1;
    }

    static void ZipCode(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (word.Length != 5 || scan.At(word.Start - 1) is '-' or '$' or '.' or '#')
        {
            return;
        }

        var extended = scan.At(word.End) == '-' && token + 1 < scan.Tokens.Length && scan.Tokens[token + 1] is { Kind: TokenKind.Digits, Length: 4 } && scan.Tokens[token + 1].Start == word.End + 1;
        var state = token > 0 && scan.Tokens[token - 1].Length == 2 && scan.Tokens[token - 1].Capital && (scan.Roles(token - 1) & WordRoles.State) != 0 && char.IsAsciiLetterUpper(scan.Word(token - 1)[1]) && scan.Gap(token - 1) is " " or ", ";
        var score = state ? Zip : scan.Context(PiiTypes.ZipCode.Index, token, token) is > 0 and <= 4 ? ZipInContext : 0;
        if (score > 0)
        {
            scan.Add(PiiTypes.ZipCode, word.Start, extended ? scan.Tokens[token + 1].End : word.End, score);
        }
    }
}
