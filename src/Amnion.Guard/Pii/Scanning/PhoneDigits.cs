namespace Amnion.Guard.Pii.Scanning;

/// <summary>The groups of digits that may make a telephone number.</summary>
ref struct PhoneDigits
{
    const int MaxDigits = 15, MaxGroups = 8;

    DigitBuffer _digits;
    GroupBuffer _groups;
    int _groupCount;

    /// <summary>How many digits.</summary>
    public int Count { get; private set; }

    /// <summary>The last token of it.</summary>
    public int Last { get; private set; }

    /// <summary>The code unit after it.</summary>
    public int End { get; private set; }

    /// <summary>The last separator that is no space; a space where there is none.</summary>
    public char Separator { get; private set; }

    /// <summary>The digits.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<char> Digits => ((ReadOnlySpan<char>)_digits)[..Count];

    /// <summary>The groups' lengths.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<int> Groups => ((ReadOnlySpan<int>)_groups)[.._groupCount];

    /// <summary>Whether the groups are those of a date.</summary>
    public readonly bool LooksLikeDate => _groupCount == 3 && (((_groups[0], _groups[1], _groups[2]) is (4, <= 2, <= 2)) || (_groups[0] <= 2 && _groups[1] <= 2 && _groups[2] is 2 or 4));

    /// <summary>Whether the groups are those of an IPv4 address or a version.</summary>
    public readonly bool LooksLikeAddress => _groupCount == 4 && Separator == '.' && _groups[0] <= 3 && _groups[1] <= 3 && _groups[2] <= 3 && _groups[3] <= 3;

    /// <summary>Whether the groups are those of a payment card.</summary>
    public readonly bool IsCardLike => _groupCount >= 3 && _groups[0] == 4 && _groups[1] is 4 or 6;

    /// <summary>Whether the groups are those of a US Social Security number.</summary>
    public readonly bool IsSocialSecurityLike => _groupCount == 3 && (_groups[0], _groups[1], _groups[2]) is (3, 2, 4);

    /// <summary>Reads groups from a token on while they belong together.</summary>
    public void Read(in Scan scan, int token, bool international)
    {
        Separator = ' ';
        var most = international ? MaxDigits : 14;
        for (var i = token; i < scan.Tokens.Length && _groupCount < MaxGroups; i++)
        {
            var word = scan.Tokens[i];
            if (word.Kind != TokenKind.Digits || Count + word.Length > most || (i > token && !Joins(scan.Text[scan.Tokens[i - 1].End..word.Start])))
            {
                break;
            }

            // A space before a long group, or after a full North American number, begins another number.
            if (i > token && scan.Text[word.Start - 1] == ' ' && ((word.Length >= 9 && (!international || Count > 3)) || IsWhole(international)))
            {
                break;
            }

            scan.Word(i).CopyTo(((Span<char>)_digits)[Count..]);
            Count += word.Length;
            _groups[_groupCount++] = word.Length;
            Last = i;
            End = word.End;
            if (international && CountryCodes.TryRead(Digits, out var code, out var national) && Count - code >= national)
            {
                break;
            }
        }
    }

    readonly bool IsWhole(bool international) => Count == 10 && _groupCount == 3 && _groups[2] == 4 && !international;

    bool Joins(ReadOnlySpan<char> between)
    {
        if (between.Length is 0 or > 3)
        {
            return false;
        }

        var separator = Separator;
        foreach (var c in between)
        {
            if (c is not (' ' or '-' or '.' or '/' or '(' or ')' or '\u00a0' or '\u202f' or '\u2011' or '\u2013'))
            {
                return false;
            }

            separator = c == ' ' ? separator : c is '(' or ')' ? '(' : c;
        }

        if (between.Length > 1 && !between.ContainsAny('(', ')') && !between.SequenceEqual(" - "))
        {
            return false;
        }

        Separator = separator;
        return true;
    }
}
