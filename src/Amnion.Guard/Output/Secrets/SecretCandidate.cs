using System.Text;

namespace Amnion.Guard.Output.Secrets;

/// <summary>A key that has begun and is not decided yet, or has been found and goes on.</summary>
abstract class SecretCandidate(int start)
{
    /// <summary>The most characters one candidate collects.</summary>
    protected const int LongestBody = 400;

    /// <summary>Where it begins; it is held from there until it is decided.</summary>
    public int Start { get; protected set; } = start;

    /// <summary>Whether the text from <see cref="Start"/> must wait.</summary>
    public virtual bool IsHeld => Hit is null;

    protected AnswerHit? Hit { get; set; }

    protected StringBuilder Body { get; } = new();

    /// <summary>Takes a character; false where the candidate is over.</summary>
    public abstract bool Feed(char c, int position, AnswerHits hits);

    /// <summary>The answer is over.</summary>
    public abstract void Complete(int length, AnswerHits hits);

    protected void Report(string rule, int end, AnswerHits hits, double score = 1) => Hit = hits.Add(OutputCodes.Secret, rule, Start, end, score);
}
