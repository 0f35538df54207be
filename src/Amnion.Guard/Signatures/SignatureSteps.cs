namespace Amnion.Guard.Signatures;

/// <summary>For each set of phrases, the rule steps it can be: what a found phrase advances.</summary>
sealed class SignatureSteps
{
    readonly (int Rule, int Step, int State)[][] _bySet;

    public SignatureSteps(IReadOnlyList<SignatureRule> rules, int sets)
    {
        var lists = new List<(int Rule, int Step, int State)>[sets];
        for (var s = 0; s < sets; s++)
        {
            lists[s] = [];
        }

        var state = 0;
        for (var r = 0; r < rules.Count; r++)
        {
            for (var k = 0; k < rules[r].Sets.Length; k++)
            {
                lists[rules[r].Sets[k]].Add((r, k, state++));
            }
        }

        States = state;

        // Later steps first: a phrase that is two steps of a rule must not be both with itself.
        _bySet = [.. lists.Select(l => l.OrderByDescending(s => s.Step).ToArray())];
    }

    /// <summary>How many steps all rules have together.</summary>
    public int States { get; }

    public ReadOnlySpan<(int Rule, int Step, int State)> Of(int set) => _bySet[set];
}
