using System.Globalization;

namespace Amnion.Guard.Text;

/// <summary>How likely letters follow one another in the languages the guard was made on (letters.txt, written by eng/unicode/words.py): tells language from noise and from ciphers.</summary>
static class LetterModel
{
    /// <summary>The letters and the blank, which stands before and after a word.</summary>
    public const int Size = 27;

    static readonly sbyte[] s_pairs = Load();

    /// <summary>Eighths of a bit that a pair has over chance; 0 is the blank, 1 to 26 are the letters.</summary>
    public static int Pair(int first, int second) => s_pairs[(first * Size) + second];

    /// <summary>The score of a word of lower-case ASCII letters with its blanks.</summary>
    public static int Word(ReadOnlySpan<char> word)
    {
        int before = 0, sum = 0;
        foreach (var c in word)
        {
            var now = c is >= 'a' and <= 'z' ? c - 'a' + 1 : 0;
            sum += Pair(before, now);
            before = now;
        }

        return sum + Pair(before, 0);
    }

    static sbyte[] Load()
    {
        var pairs = new List<sbyte>(Size * Size);
        foreach (var line in ResourceText.Lines("letters.txt", "amnion-letters 1"))
        {
            pairs.AddRange(line.Split(' ').Select(n => sbyte.Parse(n, CultureInfo.InvariantCulture)));
        }

        return pairs.Count == Size * Size ? [.. pairs] : throw new InvalidOperationException("letters.txt holds no 27 by 27 numbers.");
    }
}
