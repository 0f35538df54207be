namespace Amnion.Guard.Output.Leaks;

/// <summary>The parameters of winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003): grams of k symbols, of which the least in each window of w is kept. Every shared run of at least w + k − 1 symbols then holds a kept gram.</summary>
/// <param name="GramLength">k, 6 to 32 symbols.</param>
/// <param name="Window">w, 1 to 64 grams.</param>
public readonly record struct LeakIndexOptions(int GramLength, int Window)
{
    /// <summary>For training rows and restricted documents: finds every run of 32 symbols, from about 1.2 bytes per symbol.</summary>
    public static LeakIndexOptions ForTexts { get; } = new(16, 17);

    /// <summary>For one system prompt: finds every run of 10 symbols.</summary>
    public static LeakIndexOptions ForPrompt { get; } = new(8, 3);

    /// <summary>The shortest run that is always found, in symbols.</summary>
    public int Guarantee => GramLength + Window - 1;

    internal bool IsValid => GramLength is >= 6 and <= 32 && Window is >= 1 and <= 64;
}
