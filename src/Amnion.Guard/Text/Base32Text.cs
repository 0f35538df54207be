namespace Amnion.Guard.Text;

/// <summary>Base32 in text (RFC 4648 section 6), in either case.</summary>
static class Base32Text
{
    public static MappedText? Read(MappedText from, int start, int end)
    {
        var bytes = new ByteText();
        int bits = 0, filled = 0, first = start;
        for (var at = start; at < end; at++)
        {
            var c = (char)(from.Text[at] | 0x20);
            var value = c is >= 'a' and <= 'z' ? c - 'a' : from.Text[at] is >= '2' and <= '7' and var digit ? digit - '2' + 26 : -1;
            if (value < 0)
            {
                return null;
            }

            first = filled == 0 ? at : first;
            bits = (bits << 5) | value;
            filled += 5;
            if (filled >= 8)
            {
                filled -= 8;
                if (!bytes.Add((bits >> filled) & 0xFF, from.ToSource(new TextSpan(first, at + 1 - first))))
                {
                    return null;
                }

                bits &= (1 << filled) - 1;
                first = at;
            }
        }

        return bytes.Text(8);
    }
}
