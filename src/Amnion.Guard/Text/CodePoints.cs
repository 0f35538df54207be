namespace Amnion.Guard.Text;

/// <summary>Kinds of code points the normaliser tells apart. Blocks and categories after Unicode 15.0.</summary>
static class CodePoints
{
    /// <summary>Characters that are not seen, or only bend others: they never reach a folded or cased reading.</summary>
    public static bool IsDropped(int c) => c switch
    {
        < 0xA0 => true, // only asked for 0x80 and above: the C1 controls
        0xAD or 0x34F or 0x61C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x3164 or 0xFEFF or 0xFFA0 => true,
        >= 0x180B and <= 0x180F or >= 0x200B and <= 0x200F or >= 0x202A and <= 0x202E or >= 0x2060 and <= 0x206F => true,
        >= 0xFE00 and <= 0xFE0F or >= 0xFFF9 and <= 0xFFFC or >= 0xE0000 and <= 0xE0FFF => true,
        >= 0x1D173 and <= 0x1D17A or >= 0x1BCA0 and <= 0x1BCA3 => true,
        _ => IsStrippedMark(c),
    };

    /// <summary>Marks whose letter is read without them. The vowel signs of Indic and South-East Asian scripts are letters in all but name and stay.</summary>
    public static bool IsStrippedMark(int c) => c switch
    {
        < 0x300 => false,
        <= 0x36F or >= 0x483 and <= 0x489 or >= 0x591 and <= 0x5C7 or >= 0x610 and <= 0x61A or 0x640 or >= 0x64B and <= 0x65F or 0x670 or >= 0x6D6 and <= 0x6ED => true,
        >= 0x1AB0 and <= 0x1AFF or >= 0x1DC0 and <= 0x1DFF or >= 0x20D0 and <= 0x20FF or >= 0xFE20 and <= 0xFE2F => true,
        _ => false,
    };

    public static bool IsZeroWidth(int c) => c is 0x34F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x200B or 0x200C or 0x200D or 0x3164 or 0xFEFF or 0xFFA0 or (>= 0x2060 and <= 0x2064) or (>= 0x206A and <= 0x206F);

    /// <summary>Embeddings, overrides and isolates; the plain marks LRM, RLM and ALM are not among them.</summary>
    public static bool IsBidiControl(int c) => c is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    public static bool IsTag(int c) => c is >= 0xE0000 and <= 0xE007F;

    public static bool IsSelector(int c) => c is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>A letter or digit of Latin, Greek or Cyrillic: nothing invisible belongs beside it.</summary>
    public static bool IsWestern(int c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or (>= 0xC0 and <= 0x24F) or (>= 0x370 and <= 0x52F);

    public static bool IsRightToLeft(int c) => c is (>= 0x590 and <= 0x8FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    /// <summary>Scripts written without spaces between words: each of their characters is a token.</summary>
    public static bool IsUnspaced(int c) => c is (>= 0xE00 and <= 0xEFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x2E80 and <= 0x2FFF) or (>= 0x3005 and <= 0x3007) or (>= 0x3040 and <= 0x30FF)
        or (>= 0x31F0 and <= 0x31FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
