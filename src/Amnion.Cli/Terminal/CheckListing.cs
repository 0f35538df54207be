using Amnion.Attestation;

namespace Amnion.Cli.Terminal;

/// <summary>How an Attestation Result is shown: a numbered list of checks, and the banner where the platform is no boundary.</summary>
static class CheckListing
{
    /// <summary>The banner of emulated platforms.</summary>
    public const string Emulated = "EMULATED – not a security boundary";

    public static void Write(Output output, AttestationResult result)
    {
        if (result.Emulated)
        {
            output.Line($"  {Emulated}");
        }

        WriteChecks(output, result.Checks);
        output.Line($"  {(result.Accepted ? "ACCEPTED" : "REFUSED")}{(result.AtDocumentTime ? " at the document's own time (audit; says nothing about freshness)" : "")}");
    }

    /// <summary>The numbered list alone.</summary>
    public static void WriteChecks(Output output, IEnumerable<AttestationCheck> checks)
    {
        var number = 1;
        foreach (var check in checks)
        {
            var outcome = check.Outcome switch { CheckOutcome.Pass => "PASS", CheckOutcome.Fail => "FAIL", _ => "SKIP" };
            output.Line($"  {number++,2}. {outcome}  {check.Name}  [{check.Code}]");
            if (check.Outcome != CheckOutcome.Pass)
            {
                output.Line($"          expected {Short(check.Expected)}, actual {Short(check.Actual)}{(check.Required ? "" : " (not required by the policy)")}");
            }
        }
    }

    public static int ExitCodeOf(AttestationResult result) => result.Verdict switch
    {
        AttestationVerdict.Accepted => ExitCode.Accepted,
        AttestationVerdict.Rejected => ExitCode.Rejected,
        AttestationVerdict.Unsupported => ExitCode.Unsupported,
        _ => ExitCode.Malformed,
    };

    static string Short(string? text) => text switch
    {
        null => "nothing",
        { Length: > 120 } => text[..117] + "…",
        _ => text,
    };
}
