using Amnion.Attestation;

namespace Amnion.Cli.Terminal;

/// <summary>Evidence in plain words: what each field says, and what each failure means and asks for.</summary>
static class Explanation
{
    public static void Write(Output output, AttestationResult result, ParsedEvidence? parsed)
    {
        output.Line(parsed is null ? $"Evidence of {result.Platform}" : parsed.Format);
        var fields = result.Claims?.Fields is { IsDefaultOrEmpty: false } verified ? verified : parsed?.Fields ?? [];
        output.Line(result.Claims is not null
            ? "What it says (authentic: signatures and chains were verified):"
            : "What it claims (NOT authentic: something below failed, so nobody vouches for these values):");
        foreach (var field in fields)
        {
            output.Line($"  {field.Name} = {Short(field.Value)}");
            output.Line($"      {field.Meaning}");
        }

        var failures = result.Failures.ToList();
        output.Line(failures.Count == 0 ? "Nothing speaks against it." : "Why it is refused:");
        foreach (var check in failures)
        {
            output.Line($"  {check.Name}  [{check.Code}]");
            output.Line(check.Outcome == CheckOutcome.Skip ? $"      not checked: {check.Actual ?? "no reason given"}" : $"      expected {check.Expected ?? "otherwise"}; found {check.Actual ?? "nothing"}");
            output.Line($"      rule: {check.Source}; what to do: docs/diagnostics.md, {check.Code}");
        }

        if (failures.Exists(check => check.Code == AttestationCodes.PolicyPinsNoCode))
        {
            output.Line("  No policy says which code may run here. amnion policy from FILE writes one to review; pass it with --policy.");
        }

        output.Line();
    }

    static string Short(string value) => value.Length > 160 ? value[..157] + "…" : value;
}
