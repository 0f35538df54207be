namespace Amnion.Guard.Pii.Scanning;

/// <summary>Reads a pattern's parts: a class, then how often. Classes: a literal, \d \l \u \w \s, an escaped character, or [A-Z0-9_]; how often: nothing, ?, {n} or {m,n}.</summary>
ref struct CustomPatternReader(string pattern, string field)
{
    /// <summary>Where reading stands.</summary>
    public int Offset { get; private set; }

    /// <summary>Reads the next part, false at the end.</summary>
    public bool TryRead(out UInt128 allowed, out int least, out int most)
    {
        (allowed, least, most) = (0, 1, 1);
        if (Offset >= pattern.Length)
        {
            return false;
        }

        var c = Next();
        allowed = c switch
        {
            '\\' => Escaped(Next()),
            '[' => Class(),
            '?' or '{' or '}' or ']' or '(' or ')' or '*' or '+' or '|' or '^' or '$' => throw Refuse("holds an operator that the language lacks; write \\ before it to mean the character"),
            _ => One(c),
        };
        if (Offset < pattern.Length && pattern[Offset] == '?')
        {
            Offset++;
            least = 0;
        }
        else if (Offset < pattern.Length && pattern[Offset] == '{')
        {
            Offset++;
            least = most = Count();
            if (Offset < pattern.Length && pattern[Offset] == ',')
            {
                Offset++;
                most = Count();
            }

            if (Offset >= pattern.Length || pattern[Offset++] != '}' || most < 1 || most < least)
            {
                throw Refuse("must close a repetition with '}', its most no less than its least and at least 1");
            }
        }

        return true;
    }

    readonly PiiPatternFormatException Refuse(string problem) => new(field, Math.Max(0, Offset - 1), problem);

    char Next() => Offset < pattern.Length ? pattern[Offset++] : throw Refuse("ends too early");

    readonly UInt128 One(char c) => c is >= ' ' and < (char)127 ? UInt128.One << c : throw Refuse("may hold printable ASCII characters only");

    readonly UInt128 Range(char first, char last)
    {
        UInt128 set = 0;
        for (var c = first; c <= last; c++)
        {
            set |= One(c);
        }

        return set;
    }

    readonly UInt128 Escaped(char c) => c switch
    {
        'd' => Range('0', '9'),
        'u' => Range('A', 'Z'),
        'l' => Range('a', 'z'),
        'w' => Range('0', '9') | Range('A', 'Z') | Range('a', 'z'),
        's' => (UInt128.One << ' ') | (UInt128.One << '\t'),
        _ when !char.IsAsciiLetterOrDigit(c) => One(c),
        _ => throw Refuse("holds an unknown class after '\\'"),
    };

    UInt128 Class()
    {
        UInt128 set = 0;
        for (var c = Next(); c != ']'; c = Next())
        {
            if (c == '\\')
            {
                set |= Escaped(Next());
                continue;
            }

            if (Offset + 1 < pattern.Length && pattern[Offset] == '-' && pattern[Offset + 1] != ']')
            {
                Offset++;
                var last = Next();
                set |= last >= c ? Range(c, last) : throw Refuse("holds a range that runs backwards");
                continue;
            }

            set |= One(c);
        }

        return set != 0 ? set : throw Refuse("holds an empty class");
    }

    int Count()
    {
        var count = 0;
        var start = Offset;
        while (Offset < pattern.Length && char.IsAsciiDigit(pattern[Offset]) && Offset - start < 3)
        {
            count = (count * 10) + (pattern[Offset++] - '0');
        }

        return Offset > start ? count : throw Refuse("must give a count of digits");
    }
}
