namespace Amnion.Guard.Text;

/// <summary>Base85 in text: Ascii85 ('!' to 'u', 'z' for four zero bytes, "&lt;~" and "~&gt;" around it) and the alphabet of RFC 1924 section 4.2.</summary>
static class Base85Text
{
    const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

    static readonly sbyte[] s_values = Values();

    public static void Read(MappedText from, int start, int end, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        var (bareStart, bareEnd) = (start, end);
        if (text.AsSpan(start, end - start).StartsWith("<~", StringComparison.Ordinal))
        {
            bareStart += 2;
            bareEnd -= text.AsSpan(bareStart, end - bareStart).EndsWith("~>", StringComparison.Ordinal) ? 2 : 0;
        }

        // As it stands, and without a quotation mark or a bracket around it.
        Span<int> starts = [bareStart, start + 1];
        Span<int> ends = [bareEnd, end - 1];
        for (var i = 0; i < 2; i++)
        {
            if ((Decode(from, starts[i], ends[i], true) ?? Decode(from, starts[i], ends[i], false)) is { } found)
            {
                emit(TextViewKind.Base85, found);
                return;
            }
        }
    }

    static MappedText? Decode(MappedText from, int start, int end, bool ascii85)
    {
        var bytes = new ByteText();
        ulong value = 0;
        int digits = 0, first = start;
        for (var at = start; at < end; at++)
        {
            var c = from.Text[at];
            var digit = c >= 0x80 ? -1 : ascii85 ? c is >= '!' and <= 'u' ? c - '!' : -1 : s_values[c];
            if (digit < 0)
            {
                return null;
            }

            first = digits == 0 ? at : first;
            value = (value * 85) + (uint)digit;
            if (++digits == 5)
            {
                if (value > uint.MaxValue || !Add(bytes, value, 4, from.ToSource(new TextSpan(first, 5))))
                {
                    return null;
                }

                (value, digits) = (0, 0);
            }
        }

        if (digits == 1)
        {
            return null;
        }

        if (digits > 1)
        {
            // A short last group is filled up with the highest digit and gives one byte less than it has digits.
            for (var i = digits; i < 5; i++)
            {
                value = (value * 85) + 84;
            }

            if (value > uint.MaxValue || !Add(bytes, value, digits - 1, from.ToSource(new TextSpan(first, digits))))
            {
                return null;
            }
        }

        return bytes.Text(8);
    }

    static bool Add(ByteText bytes, ulong value, int count, TextSpan source)
    {
        for (var i = 0; i < count; i++)
        {
            if (!bytes.Add((int)((value >> (24 - (8 * i))) & 0xFF), source))
            {
                return false;
            }
        }

        return true;
    }

    static sbyte[] Values()
    {
        var values = new sbyte[128];
        Array.Fill(values, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
        }

        return values;
    }
}
