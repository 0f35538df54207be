using System.Collections.Immutable;

namespace Amnion.Guard.Classifier;

/// <summary>One linear model over one set of features: eight-bit weights in two hashed tables, the windows it looks through, and where its operating point lies.</summary>
/// <param name="Words">Weights of word features; a power of two of them.</param>
/// <param name="Pieces">Weights of character features; a power of two of them.</param>
/// <param name="WordScale">What one step of a word weight is worth.</param>
/// <param name="PieceScale">What one step of a character weight is worth.</param>
/// <param name="Windows">The windows.</param>
/// <param name="Threshold">The margin at which the score is one half.</param>
/// <param name="Slope">How steeply the score rises there.</param>
sealed record ClassifierHead(ImmutableArray<sbyte> Words, ImmutableArray<sbyte> Pieces, double WordScale, double PieceScale, WindowShape Windows, double Threshold, double Slope)
{
    /// <summary>The score of a margin: one half at the operating point, between 0 and 1 elsewhere.</summary>
    public double Score(double margin) => 1 / (1 + Math.Exp(-Slope * (margin - Threshold)));
}
