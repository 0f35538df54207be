using System.Globalization;

namespace Amnion.Guard.Text;

/// <summary>Reads percent-encoding, quoted-printable, character references and backslash escapes in place; gives the whole text when there was one.</summary>
sealed class EscapedText
{
    static readonly Dictionary<string, int> s_names = new(StringComparer.Ordinal)
    {
        ["amp"] = '&', ["lt"] = '<', ["gt"] = '>', ["quot"] = '"', ["apos"] = '\'', ["nbsp"] = ' ', ["ensp"] = ' ', ["emsp"] = ' ', ["thinsp"] = ' ', ["Tab"] = '\t', ["NewLine"] = '\n', ["shy"] = 0xAD, ["zwnj"] = 0x200C,
        ["zwj"] = 0x200D, ["excl"] = '!', ["num"] = '#', ["percnt"] = '%', ["lpar"] = '(', ["rpar"] = ')', ["ast"] = '*', ["plus"] = '+', ["comma"] = ',', ["period"] = '.', ["sol"] = '/', ["colon"] = ':', ["semi"] = ';',
        ["equals"] = '=', ["quest"] = '?', ["commat"] = '@', ["lbrack"] = '[', ["rbrack"] = ']', ["bsol"] = '\\', ["lowbar"] = '_', ["lbrace"] = '{', ["rbrace"] = '}', ["vert"] = '|', ["ndash"] = '-', ["mdash"] = '-',
    };

    readonly MappedText _from;
    readonly string _text;
    readonly MappedBuilder _to;
    readonly List<(byte Value, TextSpan Source)> _bytes = [];
    readonly int[] _found = new int[3];

    EscapedText(MappedText from)
    {
        _from = from;
        _text = from.Text;
        _to = new MappedBuilder(_text.Length);
    }

    public static void Read(MappedText cased, Action<TextViewKind, MappedText> emit)
    {
        // A lone sign is a percentage or an ampersand.
        if (!cased.Text.AsSpan().ContainsAny("%&\\=") || !HasEscape(cased.Text))
        {
            return;
        }

        var escaped = new EscapedText(cased);
        escaped.Run();
        var kind = escaped._found[2] >= Math.Max(escaped._found[0], escaped._found[1]) ? TextViewKind.Escapes : escaped._found[0] >= escaped._found[1] ? TextViewKind.Percent : TextViewKind.Entities;
        emit(kind, escaped._to.Build());
    }

    static bool HasEscape(string text)
    {
        for (var i = text.AsSpan().IndexOfAny("%&\\="); i >= 0 && i + 2 < text.Length;)
        {
            if (text[i] switch
            {
                '&' => text[i + 1] == '#' || char.IsAsciiLetter(text[i + 1]) && text.AsSpan(i, Math.Min(10, text.Length - i)).Contains(';'),
                '\\' => true,
                _ => char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]),
            })
            {
                return true;
            }

            var next = text.AsSpan(i + 1).IndexOfAny("%&\\=");
            i = next < 0 ? -1 : i + 1 + next;
        }

        return false;
    }

    void Run()
    {
        for (var i = 0; i < _text.Length;)
        {
            var taken = _text[i] switch
            {
                '%' or '=' => Percent(i),
                '&' => Reference(i),
                '\\' => Backslash(i),
                _ => 0,
            };
            if (taken > 0)
            {
                i += taken;
                continue;
            }

            Flush();

            // A plus is a blank where blanks are percent-encoded (application/x-www-form-urlencoded).
            if (_text[i] == '+' && i > 0 && i + 1 < _text.Length && char.IsAsciiLetterOrDigit(_text[i - 1]) && char.IsAsciiLetterOrDigit(_text[i + 1]))
            {
                _to.Append(' ', _from.At(i++));
                continue;
            }

            _to.Append(_from, i++, 1);
        }

        Flush();
    }

    int Percent(int at)
    {
        if (_text[at] == '=' && at + 1 < _text.Length && _text[at + 1] == '\n')
        {
            return 2;
        }

        if (at + 2 >= _text.Length || !char.IsAsciiHexDigit(_text[at + 1]) || !char.IsAsciiHexDigit(_text[at + 2]))
        {
            return 0;
        }

        return Byte(at, 3, (HexText.Value(_text[at + 1]) << 4) | HexText.Value(_text[at + 2]), 0);
    }

    int Byte(int at, int length, int value, int kind)
    {
        _bytes.Add(((byte)value, _from.ToSource(new TextSpan(at, length))));
        _found[kind]++;
        return length;
    }

    int Reference(int at)
    {
        var end = _text.AsSpan(at, Math.Min(12, _text.Length - at)).IndexOfAny(';', ' ');
        if (end < 0 && at + 2 < _text.Length && _text[at + 1] == '#')
        {
            end = 2;
        }

        if (end < 2)
        {
            return 0;
        }

        var name = _text.AsSpan(at + 1, end - 1);
        if (name[0] != '#')
        {
            return _text[at + end] == ';' && s_names.TryGetValue(name.ToString(), out var named) ? CodePoint(at, end + 1, named, 1) : 0;
        }

        var hex = name.Length > 1 && name[1] is 'x' or 'X';
        var start = at + (hex ? 3 : 2);
        var stop = start;
        while (stop < _text.Length && stop < start + 8 && (hex ? char.IsAsciiHexDigit(_text[stop]) : char.IsAsciiDigit(_text[stop])))
        {
            stop++;
        }

        if (stop == start || !int.TryParse(_text.AsSpan(start, stop - start), hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return 0;
        }

        return CodePoint(at, stop - at + (stop < _text.Length && _text[stop] == ';' ? 1 : 0), value, 1);
    }

    int Backslash(int at)
    {
        if (at + 1 >= _text.Length)
        {
            return 0;
        }

        switch (_text[at + 1])
        {
            case 'n' or 'r' or 't':
                return CodePoint(at, 2, ' ', 2);
            case '"' or '\'' or '/' or '\\':
                return CodePoint(at, 2, _text[at + 1], 2);
            case 'x' when Digits(at + 2, 2, 16) is >= 0 and var value:
                return Byte(at, 4, value, 2);
            case 'u' when Digits(at + 2, 4, 16) is >= 0 and var value:
                return CodePoint(at, 6, value, 2);
            case 'U' when Digits(at + 2, 8, 16) is >= 0 and var value:
                return CodePoint(at, 10, value, 2);
            case 'u' when at + 3 < _text.Length && _text[at + 2] == '{' && _text.AsSpan(at + 3, Math.Min(8, _text.Length - at - 3)).IndexOf('}') is > 0 and <= 6 and var length && Digits(at + 3, length, 16) is >= 0 and var value:
                return CodePoint(at, length + 4, value, 2);
            case >= '0' and <= '3' when Digits(at + 1, 3, 8) is >= 0 and var value:
                return Byte(at, 4, value, 2);
            default:
                return 0;
        }
    }

    int Digits(int start, int count, int radix)
    {
        long value = 0;
        for (var i = start; i < start + count; i++)
        {
            if (i >= _text.Length || !char.IsAsciiHexDigit(_text[i]) || HexText.Value(_text[i]) >= radix)
            {
                return -1;
            }

            value = (value * radix) + HexText.Value(_text[i]);
        }

        return value > 0x10FFFF ? -1 : (int)value;
    }

    int CodePoint(int at, int length, int value, int kind)
    {
        Flush();
        if (value is > 0 and <= 0x10FFFF)
        {
            _to.AppendCodePoint(value, _from.ToSource(new TextSpan(at, length)));
            _found[kind]++;
        }

        return length;
    }

    /// <summary>Bytes in a row are one UTF-8 text; what is none reads as Latin-1.</summary>
    void Flush()
    {
        if (_bytes.Count == 0)
        {
            return;
        }

        if (Utf8Pieces.Read(_bytes) is { } text)
        {
            _to.Append(text, 0, text.Text.Length);
        }
        else
        {
            foreach (var (value, source) in _bytes)
            {
                _to.Append((char)value, source);
            }
        }

        _bytes.Clear();
    }
}
