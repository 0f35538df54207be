namespace Amnion.Guard.Text;

/// <summary>Morse code (Recommendation ITU-R M.1677-1, section 1): dots and dashes, letters apart by a blank, words by a slash, a bar or a wider blank.</summary>
static class MorseText
{
    // A row of three dots is an ellipsis; so many letters are a message.
    const int LeastLetters = 6;

    // By dots (0) and dashes (1) behind a leading one, so that the code is also the index.
    const string Letters = "..etianmsurwdkgohvf.l.pjbxcyzq..54.3...2.......16.......7...8.90";

    public static void Read(MappedText folded, Action<TextViewKind, MappedText> emit)
    {
        var text = folded.Text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('.' or '-'))
            {
                continue;
            }

            i = Row(folded, i, emit);
        }
    }

    static int Row(MappedText from, int start, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        var to = new MappedBuilder(16);
        int code = 1, first = start, letters = 0, blanks = 0, at = start;
        for (; at <= text.Length; at++)
        {
            var c = at < text.Length ? text[at] : '\0';
            if (c is '.' or '-' or '_')
            {
                if (code == 1)
                {
                    first = at;
                    if (blanks > 1 && to.Length > 0)
                    {
                        to.Append(' ', from.At(at));
                    }
                }

                blanks = 0;
                code = Math.Min((code << 1) | (c == '.' ? 0 : 1), 1 << 12);
                continue;
            }

            if (code > 1)
            {
                to.Append(code < Letters.Length && Letters[code] != '.' ? Letters[code] : '.', from.ToSource(new TextSpan(first, at - first)));
                letters += code < Letters.Length && Letters[code] is >= 'a' and <= 'z' ? 1 : 0;
                code = 1;
            }

            if (c is not (' ' or '\n' or '\t' or '/' or '|'))
            {
                break;
            }

            blanks += c == ' ' ? 1 : 2;
        }

        if (letters >= LeastLetters && letters * 4 >= to.Length * 2)
        {
            emit(TextViewKind.Morse, to.Build());
        }

        return at;
    }
}
