namespace Amnion.Guard.Text;

/// <summary>Characters as rows of numbers: binary, hexadecimal, decimal or octal codes, or places in the alphabet.</summary>
static class NumberText
{
    const int LeastNumbers = 5;

    public static void Read(MappedText from, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        var numbers = new List<TextSpan>();
        for (var i = 0; i < text.Length;)
        {
            var skip = text.AsSpan(i).IndexOfAnyInRange('0', '9');
            if (skip < 0)
            {
                break;
            }

            // "ff" may stand before the first digit.
            i += skip;
            var start = i;
            while (start > 0 && char.IsAsciiHexDigit(text[start - 1]) && i - start < 2)
            {
                start--;
            }

            numbers.Clear();
            i = Math.Max(i + 1, Row(text, start, numbers));
            if (numbers.Count >= LeastNumbers)
            {
                Decode(from, numbers, emit);
            }
            else if (numbers is [var one] && one.Length >= 32)
            {
                Digits(from, one, emit);
            }
        }
    }

    /// <summary>Numbers with little between them; gives the end of the last.</summary>
    static int Row(string text, int start, List<TextSpan> numbers)
    {
        var at = start;
        while (at < text.Length)
        {
            var end = at;
            while (end < text.Length && char.IsAsciiHexDigit(text[end]))
            {
                end++;
            }

            if (end == at)
            {
                break;
            }

            // The x or b of "0x69" and "0b0110" is part of the prefix.
            if (end - at == 1 && text[at] == '0' && end < text.Length && text[end] is 'x' or 'X' or 'o')
            {
                at = end + 1;
                continue;
            }

            numbers.Add(new TextSpan(at, end - at));
            at = end;
            while (at < text.Length && at - end < 4 && text[at] is ' ' or ',' or ';' or ':' or '-' or '\n' or '\r' or '\t' or '/' or '|' or '\\' or '%' or 'x' or '_')
            {
                at++;
            }

            if (at == end)
            {
                break;
            }
        }

        return numbers.Count == 0 ? start : numbers[^1].End;
    }

    static void Decode(MappedText from, List<TextSpan> numbers, Action<TextViewKind, MappedText> emit)
    {
        int longest = 0, shortest = int.MaxValue, highest = 0;
        var decimals = true;
        foreach (var number in numbers)
        {
            longest = Math.Max(longest, number.Length);
            shortest = Math.Min(shortest, number.Length);
            foreach (var c in from.Text.AsSpan(number.Start, number.Length))
            {
                decimals &= c <= '9';
                highest = Math.Max(highest, HexText.Value(c));
            }
        }

        if (longest > 8)
        {
            return;
        }

        ReadOnlySpan<int> radixes = highest <= 1 && shortest >= 6 ? [2] : longest <= 2 && shortest == 2 && !decimals ? [16] : !decimals ? [] : shortest == 2 && longest == 2 ? [16, 10, 0] : longest == 3 ? [10, 8] : [10, 0];
        foreach (var radix in radixes)
        {
            if ((radix == 0 ? Alphabet(from, numbers) : Bytes(from, numbers, radix)) is { } read)
            {
                emit(radix == 16 ? TextViewKind.Hex : TextViewKind.Numbers, read);
            }
        }
    }

    static MappedText? Bytes(MappedText from, List<TextSpan> numbers, int radix)
    {
        var bytes = new ByteText();
        foreach (var number in numbers)
        {
            if (Value(from.Text.AsSpan(number.Start, number.Length), radix) is not (>= 0 and < 256 and var value) || !bytes.Add(value, from.ToSource(number)))
            {
                break;
            }
        }

        return bytes.Count * 2 < numbers.Count ? null : bytes.Text(4);
    }

    static int Value(ReadOnlySpan<char> digits, int radix)
    {
        var value = 0;
        foreach (var c in digits)
        {
            if (HexText.Value(c) >= radix)
            {
                return -1;
            }

            value = Math.Min((value * radix) + HexText.Value(c), 1 << 20);
        }

        return value;
    }

    /// <summary>1 for a to 26 for z; a wider gap, or another sign than the usual one, ends a word.</summary>
    static MappedText? Alphabet(MappedText from, List<TextSpan> numbers)
    {
        var to = new MappedBuilder(numbers.Count * 2);
        var gap = numbers.Count > 1 ? from.Text[numbers[0].End] : ' ';
        for (var i = 0; i < numbers.Count; i++)
        {
            if (Value(from.Text.AsSpan(numbers[i].Start, numbers[i].Length), 10) is not (> 0 and <= 26 and var value))
            {
                return null;
            }

            var source = from.ToSource(numbers[i]);
            to.Append((char)('a' + value - 1), source);
            if (i + 1 < numbers.Count && (numbers[i + 1].Start - numbers[i].End > 1 || from.Text[numbers[i].End] != gap))
            {
                to.Append(' ', source);
            }
        }

        return to.Build();
    }

    /// <summary>Binary digits without spaces.</summary>
    static void Digits(MappedText from, TextSpan number, Action<TextViewKind, MappedText> emit)
    {
        if (number.Length % 8 != 0 || from.Text.AsSpan(number.Start, number.Length).ContainsAnyExcept('0', '1'))
        {
            return;
        }

        var octets = new List<TextSpan>(number.Length / 8);
        for (var at = number.Start; at < number.End; at += 8)
        {
            octets.Add(new TextSpan(at, 8));
        }

        if (Bytes(from, octets, 2) is { } read)
        {
            emit(TextViewKind.Numbers, read);
        }
    }
}
