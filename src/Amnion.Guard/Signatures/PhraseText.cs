namespace Amnion.Guard.Signatures;

/// <summary>What a word is, for packs and texts alike.</summary>
static class PhraseText
{
    /// <summary>Letters, digits and the vowel signs that belong to them.</summary>
    public static bool IsWordCharacter(char c) => c < 0x80
        ? (uint)((c | 0x20) - 'a') < 26 || (uint)(c - '0') < 10
        : char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    /// <summary>The column of a lower-case letter or a digit in the dense table, or -1.</summary>
    public static int Column(char c) => c is >= 'a' and <= 'z' ? c - 'a' : c is >= '0' and <= '9' ? c - '0' + 26 : -1;
}
