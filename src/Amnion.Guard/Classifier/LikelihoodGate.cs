namespace Amnion.Guard.Classifier;

/// <summary>
/// Finds stretches that the enclave's own model holds for very unlikely: the mean of -ln p over a run of tokens, the highest run counting, as Alon and Kamfonas (Detecting language model attacks with perplexity, 2023) do over the whole prompt.
/// A run, so that a long ordinary request before a suffix does not dilute it. Linear in the number of tokens.
/// </summary>
/// <param name="likelihoods">The engine.</param>
/// <param name="threshold">Mean surprise of a run, in nats a token, from which on it counts as found; above 0. It belongs to a model and is calibrated on benign prompts for it.</param>
/// <param name="run">Tokens in a run, 4 to 256.</param>
public sealed class LikelihoodGate(ITokenLikelihoods likelihoods, double threshold, int run = LikelihoodGate.DefaultRun)
{
    /// <summary>Tokens in a run: a suffix found by search usually has 20, so that a run of this many lies within it wherever it begins.</summary>
    public const int DefaultRun = 16;

    const int MinRun = 4;
    const int MaxRun = 256;

    readonly double _threshold = threshold > 0 ? threshold : throw new ArgumentOutOfRangeException(nameof(threshold));
    readonly int _run = run is >= MinRun and <= MaxRun ? run : throw new ArgumentOutOfRangeException(nameof(run));

    /// <summary>The highest mean surprise of any run, in nats a token; of all tokens where there are fewer than a run, and 0 where there are fewer than four: too few to judge.</summary>
    public async ValueTask<double> SurpriseAsync(string text, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Highest((await likelihoods.ScoreAsync(text, cancellation).ConfigureAwait(false)).Span);
    }

    /// <summary>The finding, over the whole text because tokens have no place in it; null where no run is unlikely enough.</summary>
    public async ValueTask<GuardFinding?> CheckAsync(string text, CancellationToken cancellation)
    {
        var surprise = await SurpriseAsync(text, cancellation).ConfigureAwait(false);
        return surprise >= _threshold ? new GuardFinding(ClassifierCodes.UnlikelyTokens, "suffix.unlikely-tokens", new TextSpan(0, text.Length), surprise / (surprise + _threshold)) : null;
    }

    double Highest(ReadOnlySpan<float> logarithms)
    {
        if (logarithms.Length < MinRun)
        {
            return 0;
        }

        var length = Math.Min(_run, logarithms.Length);
        var (sum, highest) = (0.0, 0.0);
        for (var i = 0; i < logarithms.Length; i++)
        {
            sum += Surprise(logarithms[i]);
            if (i >= length)
            {
                sum -= Surprise(logarithms[i - length]);
            }

            if (i >= length - 1)
            {
                highest = Math.Max(highest, sum / length);
            }
        }

        return highest;
    }

    // A probability of zero, or an engine that returns no number, counts as very unlikely and not as infinitely so: one token must not decide alone.
    static double Surprise(float logarithm) => float.IsNaN(logarithm) ? MaxSurprise : Math.Clamp(-(double)logarithm, 0, MaxSurprise);

    const double MaxSurprise = 20;
}
