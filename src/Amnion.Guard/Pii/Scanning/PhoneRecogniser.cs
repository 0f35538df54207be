namespace Amnion.Guard.Pii.Scanning;

/// <summary>Telephone numbers: international ones by their country code (ITU-T E.164), North American ones by their plan, others by their grouping or, where nothing but digits stands, only with a word nearby that says so.</summary>
static class PhoneRecogniser
{
    const int MaxDigits = 15;

    public static void Recognise(in Scan scan, int token)
    {
        if (!scan.Settings.Wants(PiiTypes.Phone) || scan.Tokens[token].Length > MaxDigits)
        {
            return;
        }

        var start = scan.Tokens[token].Start;
        var plus = Plus(scan, start);
        var parenthesis = scan.At(start - 1) == '(' && scan.Tokens[token].Length is >= 2 and <= 5;
        if (plus == 0 && !parenthesis && Continues(scan, token))
        {
            return;
        }

        var number = new PhoneDigits();
        number.Read(scan, token, plus > 0);
        if (number.Count < 7)
        {
            return;
        }

        var (lone, inContext) = plus > 0 ? International(number) : National(number, parenthesis);
        if (inContext <= 0 || !Ends(scan, number.End) || (plus == 0 && !parenthesis && scan.GoesOn(token, number.Last)))
        {
            return;
        }

        start = plus > 0 ? start - plus : parenthesis ? start - 1 : start;
        scan.Propose(PiiTypes.Phone, token, number.Last, new TextSpan(start, Extension(scan, number) - start), lone, inContext, false);
    }

    /// <summary>How far before a number its '+' stands: "+1", "+ 1", "(+1".</summary>
    static int Plus(in Scan scan, int start) => scan.At(start - 1) == '+' && !char.IsAsciiLetterOrDigit(scan.At(start - 2)) ? 1 : scan.At(start - 1) is ' ' or '(' && scan.At(start - 2) == '+' && !char.IsAsciiLetterOrDigit(scan.At(start - 3)) ? 2 : 0;

    /// <summary>Whether digits or a code before it make it the rest of something.</summary>
    static bool Continues(in Scan scan, int token)
    {
        var before = scan.At(scan.Tokens[token].Start - 1);
        return (before is '-' or '.' or '/' or ',' or '_' or '+' or ':' or '#' or '$' or '€' or '£' && token > 0 && scan.Tokens[token - 1].End == scan.Tokens[token].Start - 1 && !(before is ':' or '.' && scan.Tokens[token - 1].Kind == TokenKind.Letters)) || before is '$' or '€' or '£' or '#';
    }

    static bool Ends(in Scan scan, int end) => !(scan.At(end) is '-' or '.' or '/' or '_' or ':' && char.IsAsciiLetterOrDigit(scan.At(end + 1))) && scan.At(end) is not '@' and not '%';

    static (float Lone, float InContext) International(PhoneDigits number)
    {
        if (!CountryCodes.TryRead(number.Digits, out var code, out var national) || number.Count - code < 4 || number.Count - code > national)
        {
            return (0, 0);
        }

        return number.Digits[0] == '1' && !NorthAmerican(number.Digits[1..]) ? (0.55f, 0.85f) : (0.8f, 0.96f);
    }

    static (float Lone, float InContext) National(PhoneDigits number, bool parenthesis)
    {
        var digits = number.Digits;
        var groups = number.Groups;
        if (number.LooksLikeDate || number.LooksLikeAddress)
        {
            return (0, 0);
        }

        if (digits.StartsWith("00") && groups.Length > 1 && CountryCodes.TryRead(digits[2..], out var code, out var most) && digits.Length - 2 - code is var rest && rest >= 6 && rest <= most)
        {
            return (0.65f, 0.9f);
        }

        var trunk = digits[0] == '1' && digits.Length == 11 ? 1 : 0;
        if (digits.Length - trunk == 10 && NorthAmerican(digits[trunk..]))
        {
            var grouped = groups.Length == 3 + trunk && groups[^1] == 4 && groups[^2] == 3 && groups[^3] == 3;
            return grouped && (parenthesis || number.Separator is '-' or '.' or '(') ? (0.66f, 0.93f) : grouped ? (0.55f, 0.9f) : groups.Length == 1 ? (0.3f, 0.75f) : (0.3f, 0.7f);
        }

        if (digits[0] == '0' && groups.Length >= 2 && digits.Length is >= 9 and <= 12)
        {
            var pairs = groups.Length == 5 && groups.IndexOfAnyExcept(2) < 0;
            return pairs || parenthesis ? (0.65f, 0.9f) : groups[0] is >= 2 and <= 5 && groups[^1] >= 3 ? (0.56f, 0.88f) : (0.3f, 0.75f);
        }

        return groups.Length == 1 ? (0.1f, digits.Length <= 13 ? 0.62f : 0) : number.IsCardLike || number.IsSocialSecurityLike ? (0.1f, 0.55f) : (0.35f, 0.7f);
    }

    /// <summary>The North American numbering plan: area and exchange begin with 2 to 9, and no exchange is N11.</summary>
    static bool NorthAmerican(ReadOnlySpan<char> digits) => digits.Length == 10 && digits[0] >= '2' && digits[3] >= '2' && !(digits[4] == '1' && digits[5] == '1');

    /// <summary>The end of "x123" or "ext. 123" after a number.</summary>
    static int Extension(in Scan scan, PhoneDigits number)
    {
        var next = number.Last + 1;
        if (next >= scan.Tokens.Length || scan.Tokens[next].Start - number.End > 2)
        {
            return number.End;
        }

        var word = scan.Word(next);
        if (word[0] is 'x' or 'X' && word.Length is >= 2 and <= 6 && word[1..].IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return scan.Tokens[next].End;
        }

        var label = word is "x" or "ext" or "Ext" or "extension" or "EXT";
        return label && next + 1 < scan.Tokens.Length && scan.Tokens[next + 1].Kind == TokenKind.Digits && scan.Tokens[next + 1].Length <= 6 && scan.Tokens[next + 1].Start - scan.Tokens[next].End <= 2 ? scan.Tokens[next + 1].End : number.End;
    }
}
