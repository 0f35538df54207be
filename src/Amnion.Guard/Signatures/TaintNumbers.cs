using System.Globalization;

namespace Amnion.Guard.Signatures;

/// <summary>The numbers of a text by their digits alone, however they are grouped: "5,000", "5 000", "USD5000" and "5e3" are one.</summary>
static class TaintNumbers
{
    /// <summary>Groups that are read as one number: a card has four, an IBAN in print up to eight.</summary>
    const int MostGroups = 8;

    /// <summary>Shorter ones stand in any text by chance; words are compared as words.</summary>
    const int Shortest = 3;

    /// <summary>Longer groups are compared by their beginnings.</summary>
    const int MostDigits = 64;

    /// <summary>Every number, and every row of neighbouring groups of one, without leading zeros.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var groups = new List<(int Start, int Length)>();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                var start = i;
                while (i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
                {
                    i++;
                }

                groups.Add((start, i + 1 - start));
                var end = i + 1;
                if (end + 1 < text.Length && text[end] is ' ' or ',' or '.' or '-' or '/' or '\'' or '_' or '\u00a0' or '\u202f' && char.IsAsciiDigit(text[end + 1]))
                {
                    i = end;
                    continue;
                }
            }

            if (groups.Count > 0)
            {
                foreach (var number in Joined(text, groups))
                {
                    yield return number;
                }

                groups.Clear();
            }
        }

        if (text.AsSpan().ContainsAny('e', 'E') && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && decimal.Truncate(decimal.Abs(value)).ToString(CultureInfo.InvariantCulture) is { Length: >= Shortest } whole)
        {
            yield return whole;
        }
    }

    static IEnumerable<string> Joined(string text, List<(int Start, int Length)> groups)
    {
        for (var first = 0; first < groups.Count; first++)
        {
            var digits = string.Empty;
            for (var next = first; next < Math.Min(groups.Count, first + MostGroups); next++)
            {
                digits = string.Concat(digits, text.AsSpan(groups[next].Start, Math.Min(groups[next].Length, MostDigits))).TrimStart('0');
                if (digits.Length >= Shortest)
                {
                    yield return digits;
                }
            }
        }
    }
}
