namespace Amnion.Guard.Text;

/// <summary>Mends words: letters set apart by spaces or signs, digits for letters, doubled or shuffled letters, lost spaces. Gives the text with the mended words in their surroundings, or nothing where no word needed it.</summary>
sealed class WordRepair
{
    // How many words around a mended one are kept: more than any signature spans.
    const int Around = 24;

    // So many lone characters in a row are letters set apart; fewer may be initials or a sum.
    const int LeastSpaced = 4;

    readonly MappedText _from;
    readonly string _text;
    readonly WordMender _mender = new();
    readonly List<(int Start, int End)> _chunks = [];
    readonly List<(int First, int Last, MappedText Text)> _mended = [];

    WordRepair(MappedText from)
    {
        _from = from;
        _text = from.Text;
    }

    /// <summary>Reads a folded text.</summary>
    public static void Read(MappedText folded, Action<TextViewKind, MappedText> emit)
    {
        var repair = new WordRepair(folded);
        repair.Split();
        for (var i = 0; i < repair._chunks.Count;)
        {
            i = repair.Spaced(i) is > 0 and var taken ? i + taken : repair.Chunk(i);
        }

        if (repair._mended.Count > 0)
        {
            emit(TextViewKind.Repaired, repair.Build());
        }
    }

    void Split()
    {
        for (var i = 0; i < _text.Length;)
        {
            while (i < _text.Length && _text[i] <= ' ')
            {
                i++;
            }

            var start = i;
            while (i < _text.Length && _text[i] > ' ')
            {
                i++;
            }

            if (i > start)
            {
                _chunks.Add((start, i));
            }
        }
    }

    /// <summary>A row of lone characters; gives how many chunks it takes.</summary>
    int Spaced(int first)
    {
        int next = first, letters = 0, wide = 0;
        while (next < _chunks.Count && IsLone(_chunks[next]))
        {
            letters += char.IsLetterOrDigit(_text[_chunks[next].Start]) ? 1 : 0;
            wide += next > first && _chunks[next].Start - _chunks[next - 1].End > 1 ? 1 : 0;
            next++;
        }

        var count = next - first;
        if (count < LeastSpaced || letters * 10 < count * 6 || CodePoints.IsUnspaced(_text[_chunks[first].Start]))
        {
            return 0;
        }

        // Wider gaps are the spaces between words, unless all gaps are wide.
        var gaps = wide > 0 && wide < (count - 1) * 2 / 3;
        var to = new MappedBuilder(count * 2);
        for (var i = first; i < next; i++)
        {
            if (gaps && i > first && _chunks[i].Start - _chunks[i - 1].End > 1)
            {
                to.Append(' ', _from.At(_chunks[i].Start));
            }

            to.Append(_from, _chunks[i].Start, _chunks[i].End - _chunks[i].Start);
        }

        _mended.Add((first, next - 1, Words(to.Build())));
        return count;
    }

    bool IsLone((int Start, int End) chunk) => chunk.End - chunk.Start == 1 || (chunk.End - chunk.Start == 2 && char.IsHighSurrogate(_text[chunk.Start]));

    /// <summary>Mends every word of a text that was just put together: digits for letters, lost spaces.</summary>
    MappedText Words(MappedText text)
    {
        var to = new MappedBuilder(text.Text.Length + 16);
        for (var i = 0; i < text.Text.Length;)
        {
            var start = i;
            while (i < text.Text.Length && text.Text[i] > ' ')
            {
                i++;
            }

            if (i == start)
            {
                to.Append(text.Text[i], text.At(i));
                i++;
            }
            else if (!_mender.Mend(text, start, i, to))
            {
                to.Append(text, start, i - start);
            }
        }

        return to.Build();
    }

    int Chunk(int index)
    {
        var (start, end) = _chunks[index];
        var span = _text.AsSpan(start, end - start);
        if (!IsSound(span))
        {
            var to = new MappedBuilder(span.Length + 16);
            if (_mender.Mend(_from, start, end, to))
            {
                _mended.Add((index, index, to.Build()));
                return index + 1;
            }
        }

        return index + 1;
    }

    /// <summary>A known word, with or without a sign after it, or something that is no word at all.</summary>
    bool IsSound(ReadOnlySpan<char> chunk)
    {
        while (chunk.Length > 1 && chunk[^1] is '.' or ',' or ':' or ';' or '?' or '!' or ')' or '"' or '\'')
        {
            chunk = chunk[..^1];
        }

        return Lexicon.Contains(chunk) || (!_mender.SeenLeet && chunk.Length < 3);
    }

    MappedText Build()
    {
        var to = new MappedBuilder(_text.Length + 16);
        var next = 0;
        for (var m = 0; m < _mended.Count; m++)
        {
            var (first, last, text) = _mended[m];
            var from = Math.Max(next, first - Around);
            if (from > next && to.Length > 0)
            {
                to.Append('\n', _from.At(_chunks[from].Start));
            }

            Copy(from, first, to);
            to.Append(text, 0, text.Text.Length);
            var until = Math.Min(_chunks.Count, Math.Min(last + 1 + Around, m + 1 < _mended.Count ? _mended[m + 1].First : int.MaxValue));
            Space(last + 1, to);
            Copy(last + 1, until, to);
            next = until;
        }

        return to.Build();
    }

    void Copy(int first, int end, MappedBuilder to)
    {
        for (var i = first; i < end; i++)
        {
            to.Append(_from, _chunks[i].Start, _chunks[i].End - _chunks[i].Start);
            Space(i + 1, to);
        }
    }

    void Space(int next, MappedBuilder to)
    {
        if (next < _chunks.Count)
        {
            var gap = _chunks[next - 1].End;
            to.Append(_text[gap], _from.At(gap));
        }
    }
}
