using System.Collections.Immutable;

namespace Amnion.Attestation;

/// <summary>Collects checks in the order they are made.</summary>
sealed class CheckList
{
    readonly List<AttestationCheck> _checks = [];

    public void Add(CheckRule rule, CheckOutcome outcome, string? expected = null, string? actual = null, bool required = true, string? name = null) =>
        _checks.Add(new AttestationCheck
        {
            Code = rule.Code,
            Name = name ?? rule.Name,
            Outcome = outcome,
            Required = required,
            Expected = expected,
            Actual = actual,
            Source = rule.Source,
        });

    /// <summary>Passes where <paramref name="holds"/>.</summary>
    public void Add(CheckRule rule, bool holds, string? expected = null, string? actual = null, string? name = null) =>
        Add(rule, holds ? CheckOutcome.Pass : CheckOutcome.Fail, expected, actual, name: name);

    /// <summary>Passes where nothing was found against the rule; otherwise names every offender.</summary>
    public void Add(CheckRule rule, List<string> problems, string expected) =>
        Add(rule, problems.Count == 0, expected, problems.Count == 0 ? null : string.Join("; ", problems));

    public void AddRange(IEnumerable<AttestationCheck> checks) => _checks.AddRange(checks);

    public ImmutableArray<AttestationCheck> ToImmutable() => [.. _checks];
}
