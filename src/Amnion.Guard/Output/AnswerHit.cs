namespace Amnion.Guard.Output;

/// <summary>A hit that a check has reported. It may still grow: the check moves <see cref="End"/> while its <see cref="IAnswerCheck.Held"/> follows.</summary>
public sealed class AnswerHit
{
    internal AnswerHit(string code, string rule, int start, int end, double score, int order)
    {
        Code = code;
        Rule = rule;
        Start = start;
        End = end;
        Score = score;
        Order = order;
    }

    /// <summary>An AMN-GUARD code.</summary>
    public string Code { get; }

    /// <summary>The rule, as in <see cref="GuardFinding.Rule"/>.</summary>
    public string Rule { get; }

    /// <summary>The position of its first character in the answer.</summary>
    public int Start { get; }

    /// <summary>The position after its last character so far. It only grows.</summary>
    public int End { get; private set; }

    /// <summary>How sure the check is, from 0 to 1.</summary>
    public double Score { get; }

    /// <summary>Which check reported it: hits that begin together are ordered by it.</summary>
    internal int Order { get; }

    /// <summary>What the policy does about it, set when it is reported.</summary>
    internal GuardAction Action { get; set; }

    /// <summary>Its place among the filter's findings, or -1 where the list was full.</summary>
    internal int Finding { get; set; } = -1;

    /// <summary>Moves the end forward.</summary>
    public void GrowTo(int end) => End = Math.Max(End, end);
}
