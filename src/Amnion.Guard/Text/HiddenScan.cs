using System.Text;

namespace Amnion.Guard.Text;

/// <summary>Finds characters that nobody sees, and reads what was written in them: the tag block, variation selectors as bytes, zero-width characters as bits.</summary>
sealed class HiddenScan
{
    const int BlackFlag = 0x1F3F4;
    const int CancelTag = 0xE007F;

    // The longest subdivision flag in use has six tags; ISO 3166-2 codes have at most six characters and the country.
    const int LongestFlag = 8;

    // Fewer carry no message: three characters of a hidden text.
    const int LeastBits = 24;
    const int LeastBytes = 3;

    readonly string _text;
    readonly MappedBuilder _tags = new(16);
    readonly List<(byte Value, TextSpan Source)> _selectors = [];
    readonly List<(int CodePoint, TextSpan Source)> _zeroWidth = [];
    readonly bool _rightToLeft;
    int _tagCount, _selectorCount, _zeroWidthCount, _bidiCount, _markCount;
    int _start = int.MaxValue, _end;

    HiddenScan(string text)
    {
        _text = text;
        foreach (var rune in text.EnumerateRunes())
        {
            if (CodePoints.IsRightToLeft(rune.Value))
            {
                _rightToLeft = true;
                break;
            }
        }
    }

    /// <summary>What is hidden: counts, and messages read from it.</summary>
    public static (HiddenCharacters Characters, List<(TextViewKind Kind, MappedText Text)> Messages) Read(string text)
    {
        var scan = new HiddenScan(text);
        scan.Run();
        var messages = new List<(TextViewKind, MappedText)>();
        if (scan._tags.Length > 0)
        {
            messages.Add((TextViewKind.Tags, scan._tags.Build()));
        }

        if (scan._selectors.Count >= LeastBytes && Utf8Pieces.Read(scan._selectors) is { } hidden)
        {
            messages.Add((TextViewKind.Selectors, hidden));
        }

        messages.AddRange(scan.Bits());
        return (scan.Characters(), messages);
    }

    HiddenCharacters Characters() => new()
    {
        Tags = _tagCount,
        Selectors = _selectorCount,
        ZeroWidth = _zeroWidthCount,
        Bidi = _bidiCount,
        Marks = _markCount,
        Span = _end == 0 ? default : new TextSpan(_start, _end - _start),
    };

    void Run()
    {
        int before = 0, seen = 0, marks = 0;
        for (var i = 0; i < _text.Length;)
        {
            Rune.DecodeFromUtf16(_text.AsSpan(i), out var rune, out var units);
            int c = rune.Value;
            var source = new TextSpan(i, units);
            if (c == BlackFlag && Flag(i + units) is > 0 and var flag)
            {
                i += units + flag;
                (before, seen, marks) = (c, c, 0);
                continue;
            }

            i += units;
            marks = CodePoints.IsStrippedMark(c) && c is not 0x640 ? marks + 1 : 0;
            Invisible(c, before, seen, source, i);
            if (marks > 3)
            {
                Count(ref _markCount, source);
            }

            before = c;
            if (!CodePoints.IsDropped(c) || c < 0x80)
            {
                seen = c;
            }
        }
    }

    void Invisible(int c, int before, int seen, TextSpan source, int next)
    {
        if (CodePoints.IsTag(c))
        {
            Count(ref _tagCount, source);
            if (c is >= 0xE0020 and <= 0xE007E)
            {
                _tags.Append((char)(c - 0xE0000), source);
            }
        }
        else if (CodePoints.IsSelector(c))
        {
            if (CodePoints.IsSelector(before) || CodePoints.IsWestern(seen) && seen is not (>= '0' and <= '9') || (c > 0xFFFF && seen < 0x2E80))
            {
                Count(ref _selectorCount, source);
            }

            _selectors.Add(((byte)(c < 0x10000 ? c - 0xFE00 : c - 0xE0100 + 16), source));
        }
        else if (CodePoints.IsZeroWidth(c))
        {
            if (source.Start > 0 && (CodePoints.IsWestern(seen) || CodePoints.IsZeroWidth(before) || Next(next)))
            {
                Count(ref _zeroWidthCount, source);
            }

            _zeroWidth.Add((c, source));
        }
        else if (CodePoints.IsBidiControl(c) && !_rightToLeft)
        {
            Count(ref _bidiCount, source);
        }
    }

    bool Next(int index) => index < _text.Length && CodePoints.IsWestern(_text[index]);

    void Count(ref int counter, TextSpan source)
    {
        counter++;
        _start = Math.Min(_start, source.Start);
        _end = Math.Max(_end, source.End);
    }

    /// <summary>How many code units of a subdivision flag's tags follow, or 0 (UTS #51 section 1.4.9: emoji tag sequence).</summary>
    int Flag(int start)
    {
        var at = start;
        for (var count = 0; count < LongestFlag && at + 1 < _text.Length && char.IsSurrogatePair(_text[at], _text[at + 1]); count++, at += 2)
        {
            var c = char.ConvertToUtf32(_text[at], _text[at + 1]);
            if (c == CancelTag)
            {
                return count is >= 3 and <= 6 ? at + 2 - start : 0;
            }

            if (c is not ((>= 0xE0030 and <= 0xE0039) or (>= 0xE0061 and <= 0xE007A)))
            {
                return 0;
            }
        }

        return 0;
    }

    /// <summary>The zero-width characters as bits, where two kinds alternate: either may be the one.</summary>
    IEnumerable<(TextViewKind Kind, MappedText Text)> Bits()
    {
        if (_zeroWidth.Count < LeastBits)
        {
            yield break;
        }

        var kinds = _zeroWidth.GroupBy(z => z.CodePoint).OrderByDescending(g => g.Count()).Select(g => g.Key).Take(2).Order().ToArray();
        if (kinds.Length < 2)
        {
            yield break;
        }

        foreach (var one in kinds)
        {
            var bytes = new List<(byte, TextSpan)>();
            int value = 0, filled = 0, start = 0;
            foreach (var (c, source) in _zeroWidth)
            {
                if (c != kinds[0] && c != kinds[1])
                {
                    continue;
                }

                start = filled == 0 ? source.Start : start;
                value = (value << 1) | (c == one ? 1 : 0);
                if (++filled == 8)
                {
                    bytes.Add(((byte)value, new TextSpan(start, source.End - start)));
                    (value, filled) = (0, 0);
                }
            }

            if (Utf8Pieces.Read(bytes) is { } text)
            {
                yield return (TextViewKind.ZeroWidth, text);
            }
        }
    }
}
