namespace Amnion.Guard.Output.Leaks;

/// <summary>
/// Finds runs of protected text (<see cref="OutputCodes.KnownText"/>): every run of 50 characters of which 32 are letters or digits, whatever its case, spacing, punctuation, accents, look-alike letters or leetspeak; also in rot13, backwards, base64, hexadecimal and escaped.
/// </summary>
public sealed class KnownTextCheck : IAnswerCheck
{
    readonly LeakViews _views;

    /// <summary>A check of one answer against an index, which may be shared.</summary>
    /// <exception cref="ArgumentException">The index was built with parameters that guarantee less than the threshold needs.</exception>
    public KnownTextCheck(LeakIndex index, string name = "leak.text")
    {
        ArgumentNullException.ThrowIfNull(index);
        var threshold = RunThreshold.ForTexts;
        if (index.Options.Guarantee > threshold.LeastSymbols)
        {
            throw new ArgumentException($"The index finds runs of {index.Options.Guarantee} symbols; at most {threshold.LeastSymbols} are needed.", nameof(index));
        }

        Name = name;
        _views = new LeakViews(index, OutputCodes.KnownText, name, threshold);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Held => _views.Held;

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits) => _views.Feed(character, position, hits);

    /// <inheritdoc/>
    public void Complete(int length, AnswerHits hits)
    {
        // A run that was too short when the answer ended is no leak.
    }
}
