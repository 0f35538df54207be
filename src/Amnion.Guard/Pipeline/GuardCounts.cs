using System.Collections.Immutable;

namespace Amnion.Guard.Pipeline;

/// <summary>Counts findings by code and action.</summary>
sealed class GuardCounts
{
    readonly SortedDictionary<(string Code, GuardAction Action), int> _counts = new(Comparer<(string Code, GuardAction Action)>.Create(static (left, right) =>
        string.CompareOrdinal(left.Code, right.Code) is not 0 and var order ? order : left.Action.CompareTo(right.Action)));

    public void Add(string code, GuardAction action, int count = 1)
    {
        if (action != GuardAction.Allow && count > 0)
        {
            _counts[(code, action)] = _counts.GetValueOrDefault((code, action)) + count;
        }
    }

    public ImmutableArray<GuardCount> ToImmutable() => [.. _counts.Select(entry => new GuardCount(entry.Key.Code, entry.Key.Action, entry.Value))];
}
