using System.Text;

namespace Amnion.Guard.Output.Leaks;

/// <summary>
/// Folds a code point to one of 64 symbols, so that a text keeps its symbols under changes of case, spacing, punctuation, accents, look-alike letters and leetspeak. White space, punctuation and invisible characters fold to nothing.
/// Latin letters fold to 0–25 (l to i), digits to the letters they stand for in leetspeak, letters of other scripts to 26–63 by a hash. Needs no tables of the operating system.
/// </summary>
static class FoldedSymbol
{
    /// <summary>How many symbols there are: one takes six bits.</summary>
    public const int Count = 64;

    /// <summary>What folds to nothing.</summary>
    public const byte None = 255;

    const string Digits = "oizeasgtbg";
    const string Latin1 = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";
    const string ExtendedA = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    const string LookAlikes = "аaвbеeкkмmнhоoрpсcтtуyхxѕsіiјjԁdԛqԝwѵvһhӏiαaβbγyεeιiκkνvοoρpτtυuχxωwηnμuζzσoςcᴀaʙbᴄcᴅdᴇeɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrᴛtᴜuᴠvᴡwʏyᴢzɡgɑaıiƒfℓl℮eⅰiⅼlⅽcⅾdⅿm";

    static readonly byte[] s_table = BuildTable();

    /// <summary>The symbol of a code point, or <see cref="None"/>.</summary>
    public static byte Of(int codePoint) => codePoint < s_table.Length ? s_table[codePoint] : OfSupplementary(codePoint);

    /// <summary>A letter or digit of ASCII turned 13 places, anything else as it is: what rot13 wrote is folded after it.</summary>
    public static int Rot13(int codePoint) => codePoint switch
    {
        >= 'a' and <= 'z' => 'a' + ((codePoint - 'a' + 13) % 26),
        >= 'A' and <= 'Z' => 'A' + ((codePoint - 'A' + 13) % 26),
        _ => codePoint,
    };

    /// <summary>Folds a whole text.</summary>
    public static byte[] Fold(ReadOnlySpan<char> text)
    {
        var symbols = new byte[text.Length];
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var symbol = Of(rune.Value);
            if (symbol != None)
            {
                symbols[count++] = symbol;
            }
        }

        Array.Resize(ref symbols, count);
        return symbols;
    }

    static byte OfSupplementary(int codePoint) => codePoint switch
    {
        // Mathematical alphanumeric symbols (Unicode 1D400–1D7FF): alphabets of 52 letters, from 1D7CE digits by ten.
        >= 0x1D7CE and <= 0x1D7FF => Letter(Digits[(codePoint - 0x1D7CE) % 10]),
        >= 0x1D400 and < 0x1D6A4 => Letter((char)('a' + ((codePoint - 0x1D400) % 26))),
        >= 0x1F110 and <= 0x1F129 => Letter((char)('a' + codePoint - 0x1F110)),
        >= 0x1F130 and <= 0x1F149 => Letter((char)('a' + codePoint - 0x1F130)),
        >= 0x1F150 and <= 0x1F169 => Letter((char)('a' + codePoint - 0x1F150)),
        >= 0x1F170 and <= 0x1F189 => Letter((char)('a' + codePoint - 0x1F170)),
        >= 0x1F1E6 and <= 0x1F1FF => Letter((char)('a' + codePoint - 0x1F1E6)),
        // Tag characters stand for ASCII and show nothing.
        >= 0xE0020 and <= 0xE007E => s_table[codePoint - 0xE0000],
        _ => Rune.IsValid(codePoint) && Rune.IsLetter(new Rune(codePoint)) ? Hashed(codePoint) : None,
    };

    static byte Letter(char letter) => letter == 'l' ? (byte)('i' - 'a') : (byte)(letter - 'a');

    static byte Hashed(int codePoint) => (byte)(26 + (((uint)codePoint * 2654435761u) >> 16) % (Count - 26));

    static byte[] BuildTable()
    {
        var table = new byte[0x10000];
        for (var c = 0; c < table.Length; c++)
        {
            table[c] = OfBasic((char)c);
        }

        for (var i = 0; i < LookAlikes.Length; i += 2)
        {
            var symbol = Letter(LookAlikes[i + 1]);
            table[LookAlikes[i]] = symbol;
            table[char.ToUpperInvariant(LookAlikes[i])] = symbol;
        }

        return table;
    }

    static byte OfBasic(char c) => c switch
    {
        >= 'a' and <= 'z' => Letter(c),
        >= 'A' and <= 'Z' => Letter((char)(c | 0x20)),
        >= '0' and <= '9' => Letter(Digits[c - '0']),
        '@' => Letter('a'),
        '$' or '§' => Letter('s'),
        '€' => Letter('e'),
        >= '\u00C0' and <= '\u00FF' => Latin1[c - 0xC0] == ' ' ? None : Letter(Latin1[c - 0xC0]),
        >= '\u0100' and <= '\u017F' => Letter(ExtendedA[c - 0x100]),
        // Circled and parenthesised letters, then full-width ASCII.
        >= '\u249C' and <= '\u24B5' => Letter((char)('a' + c - 0x249C)),
        >= '\u24B6' and <= '\u24CF' => Letter((char)('a' + c - 0x24B6)),
        >= '\u24D0' and <= '\u24E9' => Letter((char)('a' + c - 0x24D0)),
        >= '\uFF01' and <= '\uFF5E' => OfBasic((char)(c - 0xFEE0)),
        < '\u0080' => None,
        _ => char.IsLetter(c) ? Hashed(char.ToLowerInvariant(c)) : None,
    };
}
