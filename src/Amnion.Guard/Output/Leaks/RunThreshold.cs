namespace Amnion.Guard.Output.Leaks;

/// <summary>How long a run must be to count as a leak.</summary>
/// <param name="Symbols">A run of this many symbols counts.</param>
/// <param name="Characters">A run of this many characters counts as well, where white space and punctuation between two symbols is one character…</param>
/// <param name="LeastSymbols">… and at least this many are symbols.</param>
public readonly record struct RunThreshold(int Symbols, int Characters, int LeastSymbols)
{
    /// <summary>For texts: 50 characters with 32 letters or digits, or 40 letters and digits in a row.</summary>
    public static RunThreshold ForTexts { get; } = new(40, 50, 32);

    /// <summary>Whether a run is long enough.</summary>
    public bool IsMet(int symbols, int characters) => symbols >= Symbols || (symbols >= LeastSymbols && characters >= Characters);
}
