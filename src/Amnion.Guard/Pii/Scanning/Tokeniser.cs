using System.Buffers;
using System.Globalization;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Cuts a text into words. A change between a Latin-like script with digits and another script ends a word, so that a number stands free in Chinese or Korean text.</summary>
static class Tokeniser
{
    const int MaxPairGap = 3;

    const byte Other = 0, Digit = 1, Upper = 2, Lower = 3, Foreign = 4;

    // Basis and prime of 64-bit FNV-1a.
    internal const ulong HashStart = 14695981039346656037, HashPrime = 1099511628211;

    static readonly byte[] s_classes = Classes();

    /// <summary>Writes the words to <paramref name="tokens"/>, a rented array that is exchanged for a longer one where it does not suffice.</summary>
    public static int Cut(ReadOnlySpan<char> text, ref Token[] tokens, WordTable words)
    {
        var count = 0;
        var previous = 0UL;
        var i = 0;
        while (i < text.Length)
        {
            var kind = ClassOf(text[i]);
            if (kind == Other)
            {
                i++;
                continue;
            }

            var start = i;
            var foreign = kind == Foreign;
            var digits = 0;
            var capital = kind == Upper;
            var hash = HashStart;
            while (i < text.Length && (kind = ClassOf(text[i])) != Other && (kind == Foreign) == foreign)
            {
                var c = text[i];
                digits += kind == Digit ? 1 : 0;
                hash = (hash ^ (kind == Upper ? Folded(c) : c)) * HashPrime;
                i++;
            }

            var length = i - start;
            var tokenKind = digits == length ? TokenKind.Digits : digits == 0 ? TokenKind.Letters : TokenKind.Mixed;
            var word = tokenKind == TokenKind.Digits ? 0 : words.Find(hash);
            var pair = tokenKind == TokenKind.Letters && count > 0 && start - tokens[count - 1].End <= MaxPairGap && words.IsPairStart(tokens[count - 1].Word) ? words.Find(WordTable.Pair(previous, hash)) : 0;
            previous = hash;
            tokens = count < tokens.Length ? tokens : Longer(tokens);
            tokens[count++] = new Token(start, length, (ushort)word, (ushort)pair, tokenKind, capital);
        }

        return count;
    }

    /// <summary>The hash of a word as <see cref="Cut"/> makes it.</summary>
    public static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = HashStart;
        foreach (var c in word)
        {
            hash = (hash ^ Folded(c)) * HashPrime;
        }

        return hash;
    }

    static Token[] Longer(Token[] tokens)
    {
        var longer = ArrayPool<Token>.Shared.Rent(tokens.Length * 2);
        tokens.CopyTo(longer.AsSpan());
        ArrayPool<Token>.Shared.Return(tokens);
        return longer;
    }

    static char Folded(char c) => c < 128 ? (char)(c | (char.IsAsciiLetterUpper(c) ? 0x20 : 0)) : char.ToLowerInvariant(c);

    static byte ClassOf(char c) => c < s_classes.Length ? s_classes[c] : Beyond(c);

    // From the Arabic block on, a letter belongs to another script than the digits of identifiers.
    static byte Beyond(char c) => c is >= '\u1e00' and <= '\u1fff'
        ? char.IsUpper(c) ? Upper : char.IsLetter(c) ? Lower : Other
        : char.IsLetter(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark ? Foreign : Other;

    static byte[] Classes()
    {
        var classes = new byte[0x590];
        for (var c = 0; c < classes.Length; c++)
        {
            classes[c] = char.IsAsciiDigit((char)c) ? Digit : char.IsUpper((char)c) ? Upper
                : char.IsLetter((char)c) || char.GetUnicodeCategory((char)c) == UnicodeCategory.NonSpacingMark ? Lower : Other;
        }

        return classes;
    }
}
