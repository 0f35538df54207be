namespace Amnion.GuardTraining;

/// <summary>A run of blocks.</summary>
readonly record struct Window(int Start, int End, bool IsLong)
{
    public (int Start, int End) Words(FeatureText text) => (Start == 0 ? 0 : text.WordEnds[Start - 1], text.WordEnds[End - 1]);

    public (int Start, int End) Pieces(FeatureText text) => (Start == 0 ? 0 : text.PieceEnds[Start - 1], text.PieceEnds[End - 1]);
}
