using System.Text;

namespace Amnion.Guard.Output.Secrets;

/// <summary>A key that has begun and is not decided yet, or has been found and goes on.</summary>
abstract class SecretCandidate(int start)
{
    /// <summary>The most characters one candidate collects.</summary>
    protected const int LongestBody = 400;

    /// <summary>Where it begins; it is held from there until it is decided.</summary>
    public int Start { get; protected set; } = start;

    /// <summary>Whether it has been reported.</summary>
    public bool IsFound => Hit is not null;

    /// <summary>Whether the text from <see cref="Start"/> must wait.</summary>
    public virtual bool IsHeld => Hit is null;

    /// <summary>What it is made of where that alone says how far it goes once it is found; null where it does not.</summary>
    public virtual CharacterSet? Alphabet => null;

    protected AnswerHit? Hit { get; set; }

    protected StringBuilder Body => field ??= new StringBuilder();

    /// <summary>Takes a character; false where the candidate is over.</summary>
    public abstract bool Feed(char c, int position, AnswerHits hits);

    /// <summary>The answer is over.</summary>
    public abstract void Complete(int length, AnswerHits hits);

    /// <summary>Whether what begins at <paramref name="start"/> and is made of <paramref name="alphabet"/> lies in this hit, however far it goes: the hit goes at least as far.</summary>
    public bool Covers(int start, CharacterSet? alphabet) => Hit is not null && Start < start && alphabet is { } other && Alphabet is { } own && own.Includes(other);

    protected void Report(string rule, int end, AnswerHits hits, double score = 1) => Hit = hits.Add(OutputCodes.Secret, rule, Start, end, score);
}
