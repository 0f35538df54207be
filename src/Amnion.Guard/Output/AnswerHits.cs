namespace Amnion.Guard.Output;

/// <summary>Where checks report their hits. Hits wait here, ordered by where they begin, until the filter passes them.</summary>
public sealed class AnswerHits
{
    readonly List<AnswerHit> _waiting = [];
    readonly AnswerPolicy _policy;

    internal AnswerHits(AnswerPolicy policy)
    {
        _policy = policy;
    }

    /// <summary>Everything before has been emitted; a hit cannot begin earlier.</summary>
    internal int Floor { get; set; }

    /// <summary>The check that is being fed.</summary>
    internal int Order { get; set; }

    /// <summary>Hits that the filter has not passed, in the order in which they begin.</summary>
    internal List<AnswerHit> Waiting => _waiting;

    /// <summary>Reports a hit. <paramref name="start"/> is at or after the check's <see cref="IAnswerCheck.Held"/>; what has been emitted already is cut off.</summary>
    public AnswerHit Add(string code, string rule, int start, int end, double score = 1)
    {
        var hit = new AnswerHit(code, rule, Math.Max(start, Floor), end, score, Order) { Action = _policy.ActionFor(code) };
        var at = _waiting.Count;
        while (at > 0 && Compare(_waiting[at - 1], hit) > 0)
        {
            at--;
        }

        _waiting.Insert(at, hit);
        return hit;
    }

    static int Compare(AnswerHit left, AnswerHit right) => left.Start != right.Start ? left.Start.CompareTo(right.Start) : left.Order.CompareTo(right.Order);
}
