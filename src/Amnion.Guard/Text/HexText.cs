namespace Amnion.Guard.Text;

/// <summary>Hexadecimal bytes without separators.</summary>
static class HexText
{
    public static MappedText? Read(MappedText from, int start, int end)
    {
        var text = from.Text;
        start += end - start > 2 && text[start] == '0' && text[start + 1] is 'x' or 'X' ? 2 : 0;
        var bytes = new ByteText();
        for (var at = start; at + 1 < end; at += 2)
        {
            if (!char.IsAsciiHexDigit(text[at]) || !char.IsAsciiHexDigit(text[at + 1]) || !bytes.Add((Value(text[at]) << 4) | Value(text[at + 1]), from.ToSource(new TextSpan(at, 2))))
            {
                return null;
            }
        }

        return bytes.Text(4);
    }

    public static int Value(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
