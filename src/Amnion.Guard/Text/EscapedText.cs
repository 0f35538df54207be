using System.Buffers;
using System.Globalization;

namespace Amnion.Guard.Text;

/// <summary>Reads percent-encoding, quoted-printable, character references and backslash escapes in place; gives what was read with its surroundings.</summary>
sealed class EscapedText
{
    static readonly Dictionary<string, int> s_names = new(StringComparer.Ordinal)
    {
        ["amp"] = '&',
        ["lt"] = '<',
        ["gt"] = '>',
        ["quot"] = '"',
        ["apos"] = '\'',
        ["nbsp"] = ' ',
        ["ensp"] = ' ',
        ["emsp"] = ' ',
        ["thinsp"] = ' ',
        ["Tab"] = '\t',
        ["NewLine"] = '\n',
        ["shy"] = 0xAD,
        ["zwnj"] = 0x200C,
        ["zwj"] = 0x200D,
        ["excl"] = '!',
        ["num"] = '#',
        ["percnt"] = '%',
        ["lpar"] = '(',
        ["rpar"] = ')',
        ["ast"] = '*',
        ["plus"] = '+',
        ["comma"] = ',',
        ["period"] = '.',
        ["sol"] = '/',
        ["colon"] = ':',
        ["semi"] = ';',
        ["equals"] = '=',
        ["quest"] = '?',
        ["commat"] = '@',
        ["lbrack"] = '[',
        ["rbrack"] = ']',
        ["bsol"] = '\\',
        ["lowbar"] = '_',
        ["lbrace"] = '{',
        ["rbrace"] = '}',
        ["vert"] = '|',
        ["ndash"] = '-',
        ["mdash"] = '-',
    };

    // How much unescaped text is kept on either side.
    const int Around = 200;

    static readonly SearchValues<char> s_signs = SearchValues.Create("%&\\=");

    readonly MappedText _from;
    readonly string _text;
    readonly MappedBuilder _to;
    readonly List<(byte Value, TextSpan Source)> _bytes = [];
    readonly int[] _found = new int[3];
    int _copied;

    EscapedText(MappedText from)
    {
        _from = from;
        _text = from.Text;
        _to = new MappedBuilder(256);
    }

    public static void Read(MappedText cased, Action<TextViewKind, MappedText> emit)
    {
        if (!cased.Text.AsSpan().ContainsAny(s_signs))
        {
            return;
        }

        var escaped = new EscapedText(cased);
        escaped.Run();
        var (bytes, references, backslashes) = (escaped._found[0], escaped._found[1], escaped._found[2]);
        if (bytes + references + backslashes > 0)
        {
            emit(backslashes >= Math.Max(bytes, references) ? TextViewKind.Escapes : bytes >= references ? TextViewKind.Percent : TextViewKind.Entities, escaped._to.Build());
        }
    }

    void Run()
    {
        for (var i = 0; i < _text.Length;)
        {
            var skip = _text.AsSpan(i).IndexOfAny(s_signs);
            if (skip < 0)
            {
                break;
            }

            i += skip;
            var taken = _text[i] switch
            {
                '%' or '=' => Percent(i),
                '&' => Reference(i),
                _ => Backslash(i),
            };
            i += Math.Max(1, taken);
        }

        Flush();
        if (_copied > 0)
        {
            _to.Append(_from, _copied, Math.Min(Around, _text.Length - _copied));
        }
    }

    /// <summary>Copies the text since the last escape, or its two ends where it is long.</summary>
    void Before(int at, int length)
    {
        if (at > _copied)
        {
            Flush();
            if (_copied > 0 && at - _copied > 2 * Around)
            {
                _to.Append(_from, _copied, Around);
                _to.Append('\n', _from.At(_copied + Around));
            }

            var start = at - _copied > 2 * Around || _copied == 0 ? Math.Max(_copied, at - Around) : _copied;
            _to.Append(_from, start, at - start);
        }

        _copied = at + length;
    }

    int Percent(int at)
    {
        if (at + 2 >= _text.Length || !char.IsAsciiHexDigit(_text[at + 1]) || !char.IsAsciiHexDigit(_text[at + 2]))
        {
            return 0;
        }

        // "=30" is a sum: quoted-printable shows itself by a blank, an equals sign, or one escape after the other.
        var value = (HexText.Value(_text[at + 1]) << 4) | HexText.Value(_text[at + 2]);
        var alone = at != _copied && (at + 3 >= _text.Length || _text[at + 3] != '=');
        return _text[at] == '=' && value is not (0x20 or 0x3D) && alone ? 0 : Byte(at, 3, value, 0);
    }

    int Byte(int at, int length, int value, int kind)
    {
        Before(at, length);
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
        Before(at, length);
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
