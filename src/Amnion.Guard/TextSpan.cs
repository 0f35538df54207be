namespace Amnion.Guard;

/// <summary>A piece of a text, in UTF-16 code units.</summary>
/// <param name="Start">Where it begins, from 0.</param>
/// <param name="Length">How long it is.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The first code unit after it.</summary>
    public int End => Start + Length;

    /// <summary>Whether both share a code unit.</summary>
    public bool Overlaps(TextSpan other) => Start < other.End && other.Start < End;
}
