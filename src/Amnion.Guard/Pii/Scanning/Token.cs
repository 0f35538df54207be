namespace Amnion.Guard.Pii.Scanning;

/// <summary>A word: a longest run of letters and digits of one script family.</summary>
/// <param name="Start">Its first code unit.</param>
/// <param name="Length">Its length.</param>
/// <param name="Word">Its entry among the context words, 0 for none.</param>
/// <param name="Pair">The entry of it and the word before it, 0 for none.</param>
/// <param name="Kind">What it is made of.</param>
/// <param name="Capital">Whether its first letter is a capital.</param>
readonly record struct Token(int Start, int Length, ushort Word, ushort Pair, TokenKind Kind, bool Capital)
{
    public int End => Start + Length;
}
