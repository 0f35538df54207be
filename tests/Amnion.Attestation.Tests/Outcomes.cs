namespace Amnion.Attestation.Tests;

/// <summary>Shorthand for what a list of checks says.</summary>
static class Outcomes
{
    /// <summary>Codes of failed checks, in order.</summary>
    public static string[] Failed(this IEnumerable<AttestationCheck> checks) => [.. checks.Where(check => check.Outcome == CheckOutcome.Fail).Select(check => check.Code)];

    /// <summary>Codes of required checks that were skipped, in order.</summary>
    public static string[] Missed(this IEnumerable<AttestationCheck> checks) => [.. checks.Where(check => check.Required && check.Outcome == CheckOutcome.Skip).Select(check => check.Code)];

    /// <summary>True where nothing rejects.</summary>
    public static bool AllPass(this IEnumerable<AttestationCheck> checks) => !checks.Any(check => check.Rejects);

    public static AttestationCheck Only(this IEnumerable<AttestationCheck> checks, string code) => checks.Single(check => check.Code == code);
}
