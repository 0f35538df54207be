namespace Amnion.Guard.Text;

/// <summary>Digits and signs written for letters.</summary>
static class LeetText
{
    // The one may be an i or an l; four places are tried both ways, further ones as i.
    const int BothWays = 4;

    /// <summary>The word meant, or null where there is none. Mixed writing is believed on its sound alone, digits alone only where the lexicon knows the word.</summary>
    public static string? Read(ReadOnlySpan<char> word)
    {
        if (word.Length is < 2 or > 40)
        {
            return null;
        }

        if (word.Contains('\''))
        {
            // "y0u'v3": the lexicon has words without their apostrophe.
            return Read(word.ToString().Replace("'", "", StringComparison.Ordinal));
        }

        Span<char> letters = stackalloc char[word.Length];
        Span<int> ones = stackalloc int[BothWays];
        int count = 0, plain = 0, changed = 0;
        for (var i = 0; i < word.Length; i++)
        {
            if (char.IsAsciiLetterLower(word[i]))
            {
                letters[i] = word[i];
                plain++;
                continue;
            }

            letters[i] = Letter(word[i]);
            changed++;
            if (letters[i] == '\0')
            {
                return null;
            }

            if (word[i] is '1' or '|' or '!' && count < BothWays)
            {
                ones[count++] = i;
            }
        }

        if (changed == 0)
        {
            return null;
        }

        var (best, bestScore) = ((string?)null, int.MinValue);
        for (var mask = 0; mask < 1 << count; mask++)
        {
            for (var k = 0; k < count; k++)
            {
                letters[ones[k]] = (mask >> k & 1) == 0 ? 'i' : 'l';
            }

            if (Lexicon.Contains(letters))
            {
                return letters.ToString();
            }

            if (LetterModel.Word(letters) is var score && score > bestScore)
            {
                (best, bestScore) = (letters.ToString(), score);
            }
        }

        return plain > 0 && word.Length >= 4 && plain + changed >= 4 && bestScore > word.Length * 2 ? best : null;
    }

    static char Letter(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' or '|' => 'i',
        '2' => 'z',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '6' or '9' => 'g',
        '7' or '+' => 't',
        '8' => 'b',
        '(' => 'c',
        _ => '\0',
    };
}
