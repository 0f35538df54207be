namespace Amnion.Guard.Text;

/// <summary>Base64 in text (RFC 4648 sections 4 and 5), from whichever of its four phases gives text.</summary>
static class Base64Text
{
    // A run glued to a word before it starts in an unknown phase; only long ones are worth four tries.
    const int LeastForPhases = 24;

    public static int Value(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };

    public static MappedText? Read(MappedText from, int start, int end)
    {
        var phases = end - start >= LeastForPhases ? 4 : 1;
        for (var phase = 0; phase < phases; phase++)
        {
            // A text found in a wrong phase would be cut short by the first impossible byte.
            if (Decode(from, start + phase, end, phases == 1 ? end - start : (end - start) / 2) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    static MappedText? Decode(MappedText from, int start, int end, int atLeast)
    {
        var bytes = new ByteText();
        int bits = 0, filled = 0, at = start;
        var piece = new TextSpan(start, 0);
        for (; at < end; at++)
        {
            bits = (bits << 6) | Value(from.Text[at]);
            filled += 6;
            if (filled < 8)
            {
                piece = new TextSpan(at, 0);
                continue;
            }

            filled -= 8;
            var source = from.ToSource(new TextSpan(piece.Start, at + 1 - piece.Start));
            if (!bytes.Add((bits >> filled) & 0xFF, source))
            {
                break;
            }

            bits &= (1 << filled) - 1;
            piece = new TextSpan(filled == 0 ? at + 1 : at, 0);
        }

        return at - start < atLeast - 3 ? null : bytes.Text();
    }
}
