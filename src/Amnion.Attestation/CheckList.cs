using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Amnion.Attestation;

/// <summary>Collects checks in the order they are made.</summary>
/// <param name="maySkip">Codes of checks that the policy lets go unmade; a check that fails is never excused.</param>
sealed class CheckList(ImmutableArray<string> maySkip = default)
{
    readonly ImmutableArray<string> _maySkip = maySkip;

    // A quote with its chains and collateral has some hundred.
    readonly List<AttestationCheck> _checks = new(maySkip.IsDefault ? 16 : 128);

    /// <summary>True while no check of authenticity rejects.</summary>
    public bool Authentic
    {
        get
        {
            foreach (var check in CollectionsMarshal.AsSpan(_checks))
            {
                if (check.Kind == CheckKind.Authenticity && check.Rejects)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Add(CheckRule rule, CheckOutcome outcome, string? expected = null, string? actual = null, bool required = true, string? name = null) =>
        _checks.Add(new AttestationCheck
        {
            Code = rule.Code,
            Name = name ?? rule.Name,
            Kind = rule.Kind,
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
    public void Add(CheckRule rule, List<string>? problems, string expected, string? name = null) =>
        Add(rule, problems is not { Count: > 0 }, expected, problems is { Count: > 0 } ? string.Join("; ", problems) : null, name);

    /// <summary>The check could not be made: rejects unless the policy names its code among those that may be skipped.</summary>
    public void Skip(CheckRule rule, string reason, string? expected = null, string? name = null) =>
        Add(rule, CheckOutcome.Skip, expected, reason, required: _maySkip.IsDefaultOrEmpty || !_maySkip.Contains(rule.Code), name);

    /// <summary>A weakness that a policy may accept by name: where it was found and is accepted, the check counts as skipped and does not reject.</summary>
    /// <param name="rule">The check.</param>
    /// <param name="holds">False where the weakness was found.</param>
    /// <param name="weakness">The name under which <see cref="AppraisalPolicy.Allow"/> accepts it.</param>
    /// <param name="policy">The relying party's policy.</param>
    /// <param name="expected">What there is without it.</param>
    /// <param name="actual">What was found.</param>
    public void AddUnlessAllowed(CheckRule rule, bool holds, string weakness, AppraisalPolicy policy, string expected, string? actual)
    {
        var isAllowed = !holds && policy.Allow.Contains(weakness);
        Add(rule, holds ? CheckOutcome.Pass : isAllowed ? CheckOutcome.Skip : CheckOutcome.Fail, expected, isAllowed ? $"{actual}; the policy allows \"{weakness}\"" : actual, required: !isAllowed);
    }

    public void AddRange(IEnumerable<AttestationCheck> checks) => _checks.AddRange(checks);

    public void AddRange(ImmutableArray<AttestationCheck> checks) => _checks.AddRange(checks.AsSpan());

    public ImmutableArray<AttestationCheck> ToImmutable() => ImmutableArray.Create(CollectionsMarshal.AsSpan(_checks));
}
