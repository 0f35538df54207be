namespace Amnion.Guard.Text;

/// <summary>Puts string literals together that a program, or a model told to, would put together: "ig" + "nore", 'a' . 'b', "x" "y", (one) + (two), a = "ig"; b = "nore".</summary>
static class JoinedText
{
    // How much text is kept on either side of a seam.
    const int Near = 200;

    public static void Read(MappedText cased, Action<TextViewKind, MappedText> emit)
    {
        if (!cased.Text.AsSpan().ContainsAny("\"'`()"))
        {
            return;
        }

        Concatenated(cased, emit);
        Literals(cased, emit);
    }

    /// <summary>Takes out what stands between two literals: the closing quotation mark, an operator, the opening one.</summary>
    static void Concatenated(MappedText from, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        MappedBuilder? to = null;
        var copied = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('"' or '\'' or '`' or ')') || Seam(text, i) is not (> 0 and var length))
            {
                continue;
            }

            to ??= new MappedBuilder(256);
            Around(from, copied, i, copied == 0, to);
            copied = i + length;
            i = copied - 1;
        }

        if (to is not null)
        {
            to.Append(from, copied, Math.Min(Near, text.Length - copied));
            emit(TextViewKind.Joined, to.Build());
        }
    }

    /// <summary>The text between two seams, or its two ends where it is long.</summary>
    static void Around(MappedText from, int start, int end, bool first, MappedBuilder to)
    {
        if (end - start > 2 * Near)
        {
            to.Append(from, start, first ? 0 : Near);
            to.Append('\n', from.At(end - Near));
            start = end - Near;
        }

        to.Append(from, start, end - start);
    }

    static int Seam(string text, int at)
    {
        // Operators of the usual languages; a seam is short, so a longer gap is none.
        const int Longest = 12;
        var end = Math.Min(text.Length, at + Longest);
        var operators = 0;
        for (var i = at + 1; i < end; i++)
        {
            switch (text[i])
            {
                case ' ' or '\n' or '\t' or '\r':
                    break;
                case '+' or '.' or '&' or '~' or '|' or '\\' or '<':
                    operators++;
                    break;
                case '"' or '\'' or '`' when text[at] != ')' && (operators is 1 or 2) && i > at + 1:
                case '(' when text[at] == ')' && operators == 1:
                    return i + 1 - at;
                default:
                    return 0;
            }
        }

        return 0;
    }

    /// <summary>The contents of all literals that are given to a name, one after the other.</summary>
    static void Literals(MappedText from, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        var to = new MappedBuilder(64);
        var count = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] is not ('"' or '\'' or '`') || !Assigned(text, i))
            {
                continue;
            }

            var end = text.IndexOf(text[i], i + 1);
            if (end < 0)
            {
                break;
            }

            to.Append(from, i + 1, end - i - 1);
            count++;
            i = end;
        }

        if (count > 1)
        {
            emit(TextViewKind.Joined, to.Build());
        }
    }

    static bool Assigned(string text, int quote)
    {
        var i = quote - 1;
        while (i > 0 && quote - i < 4 && text[i] == ' ')
        {
            i--;
        }

        return text[i] == '=' && i > 0 && text[i - 1] is not ('=' or '!' or '<' or '>');
    }
}
