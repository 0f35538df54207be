namespace Amnion.Guard.Classifier;

/// <summary>The two windows a text is seen through: short ones, so that one sentence in a long document is not diluted, and long ones, for what only adds up. The text's score is the highest of any window.</summary>
/// <param name="UnitsPerBlock">Units (words, about) in a block; windows move by one block.</param>
/// <param name="ShortBlocks">Blocks in the short window, 1 to <see cref="MaxBlocks"/>.</param>
/// <param name="LongBlocks">Blocks in the long window, at least as many.</param>
/// <param name="ShortBias">Added to the margin of a short window.</param>
/// <param name="LongBias">Added to the margin of a long window.</param>
readonly record struct WindowShape(int UnitsPerBlock, int ShortBlocks, int LongBlocks, double ShortBias, double LongBias)
{
    public const int MaxBlocks = 32;
    public const int MaxUnitsPerBlock = 64;
}
