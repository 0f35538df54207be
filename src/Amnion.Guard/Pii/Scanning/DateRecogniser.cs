namespace Amnion.Guard.Pii.Scanning;

/// <summary>Calendar dates in digits and with months' names, and ISO 8601 instants. A date beside a word of birth is a date of birth.</summary>
static class DateRecogniser
{
    const float Full = 0.75f, FullInContext = 0.85f, Birth = 0.92f, MonthAndYear = 0.2f, DayAndMonth = 0.1f;

    /// <summary>Dates that begin with a number.</summary>
    public static void Recognise(in Scan scan, int token)
    {
        var first = scan.Tokens[token];
        if (first.Length is 3 or > 4 || (!scan.Settings.Wants(PiiTypes.Date) && !scan.Settings.Wants(PiiTypes.DateOfBirth)) || (scan.At(first.Start - 1) is '-' or '/' or '.' or ':' && char.IsAsciiLetterOrDigit(scan.At(first.Start - 2))))
        {
            return;
        }

        var gap = scan.Gap(token);
        if (token + 1 < scan.Tokens.Length && IsMonth(scan, token + 1) && (gap is "-" or " " or "." or ". " or "/" or " of ") && first.Length <= 2)
        {
            WithMonth(scan, token, token, token + 1);
            return;
        }

        if (gap is not ("-" or "/" or "." or ". ") || token + 1 >= scan.Tokens.Length || scan.Tokens[token + 1].Kind != TokenKind.Digits || scan.Tokens[token + 1].Length is 3 or > 4)
        {
            return;
        }

        var third = token + 2 < scan.Tokens.Length && scan.Gap(token + 1).SequenceEqual(gap) ? scan.Word(token + 2) : [];
        if (third.Length == 0)
        {
            Short(scan, token);
            return;
        }

        var second = int.Parse(scan.Word(token + 1));
        var time = third.Length >= 5 && first.Length == 4 && third[2] is 'T' or 't' && char.IsAsciiDigit(third[0]) && char.IsAsciiDigit(third[1]);
        if (!time && (scan.Tokens[token + 2].Kind != TokenKind.Digits || third.Length > 4))
        {
            return;
        }

        var last = int.Parse(time ? third[..2] : third);
        var number = int.Parse(scan.Word(token));
        var holds = first.Length == 4
            ? third.Length <= 2 || time ? number is >= 1000 and <= 2999 && InRange(second, last) : false
            : third.Length is 2 or 4 && first.Length <= 2 && (third.Length == 2 || last is >= 1000 and <= 2999) && (InRange(second, number) || InRange(number, second));
        var end = time ? InstantEnd(scan, token + 2) : scan.Tokens[token + 2].End;
        if (holds && !char.IsAsciiLetterOrDigit(scan.At(end)) && !(scan.At(end) is '-' or '/' or '.' && char.IsAsciiDigit(scan.At(end + 1))))
        {
            Propose(scan, token, token + 2, end, Full);
        }
    }

    /// <summary>Dates that begin with a month's name: "May 1st, 1977", "May-21".</summary>
    public static void AtMonth(in Scan scan, int token)
    {
        if (IsMonth(scan, token) && token + 1 < scan.Tokens.Length && scan.Gap(token) is " " or "-" or ". " && char.IsAsciiDigit(scan.Word(token + 1)[0]) && (token == 0 || scan.Tokens[token - 1].Kind != TokenKind.Digits || scan.Gap(token - 1).Length > 2))
        {
            WithMonth(scan, token, token + 1, token);
        }
    }

    static bool IsMonth(in Scan scan, int token) => scan.Tokens[token].Capital && (scan.Roles(token) & WordRoles.Month) != 0;

    static void WithMonth(in Scan scan, int first, int day, int month)
    {
        var last = Math.Max(day, month);
        var number = scan.Word(day);
        var digits = number.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? number : number[..end];
        if (digits.Length is 0 or 3 or > 4 || (digits.Length != number.Length && number[digits.Length..] is not ("st" or "nd" or "rd" or "th")) || (digits.Length <= 2 && int.Parse(digits) is 0 or > 31))
        {
            return;
        }

        var year = digits.Length == 4;
        if (!year && last + 1 < scan.Tokens.Length && scan.Gap(last) is " " or ", " or "-" or "," or ". " && scan.Tokens[last + 1] is { Kind: TokenKind.Digits, Length: 4 } && scan.Word(last + 1)[0] is '1' or '2')
        {
            last++;
            year = true;
        }

        Propose(scan, first, last, scan.Tokens[last].End, year || scan.Gap(first) is "-" ? Full : 0.6f);
    }

    static void Short(in Scan scan, int token)
    {
        var first = scan.Word(token);
        var second = scan.Word(token + 1);
        if (scan.Gap(token) is not "/" || first.Length > 2 || int.Parse(first) is 0 or > 31 || scan.At(scan.Tokens[token + 1].End) is '/' or '-')
        {
            return;
        }

        if (second.Length == 4 && int.Parse(first) <= 12)
        {
            scan.Add(PiiTypes.Date, scan.Tokens[token].Start, scan.Tokens[token + 1].End, MonthAndYear);
        }
        else if (second.Length <= 2 && (InRange(int.Parse(first), int.Parse(second)) || InRange(int.Parse(second), int.Parse(first))))
        {
            scan.Add(PiiTypes.Date, scan.Tokens[token].Start, scan.Tokens[token + 1].End, DayAndMonth);
        }
    }

    /// <summary>The end of "05T09:15:30.500-07:00" whose first word is at a token.</summary>
    static int InstantEnd(in Scan scan, int token)
    {
        var end = scan.Tokens[token].End;
        while (end + 1 < scan.Text.Length && end - scan.Tokens[token].Start < 40 && scan.Text[end] is ':' or '.' or '+' or '-' && char.IsAsciiDigit(scan.Text[end + 1]))
        {
            end++;
            while (end < scan.Text.Length && char.IsAsciiDigit(scan.Text[end]))
            {
                end++;
            }
        }

        return end < scan.Text.Length && scan.Text[end] is 'Z' or 'z' ? end + 1 : end;
    }

    static bool InRange(int month, int day) => month is >= 1 and <= 12 && day is >= 1 and <= 31;

    static void Propose(in Scan scan, int first, int last, int end, float score)
    {
        var start = scan.Tokens[first].Start;
        scan.Add(PiiTypes.Date, start, end, scan.Context(PiiTypes.Date.Index, first, last) != 0 ? FullInContext : score);
        var distance = scan.Context(PiiTypes.DateOfBirth.Index, first, last);
        if (distance != 0)
        {
            scan.Add(PiiTypes.DateOfBirth, start, end, Birth);
        }
    }
}
