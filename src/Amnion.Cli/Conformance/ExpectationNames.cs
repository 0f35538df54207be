namespace Amnion.Cli.Conformance;

/// <summary>Members of a case's expectation that are results, and so must be answered; the others (basis, note, why …) are remarks.</summary>
static class ExpectationNames
{
    public static readonly string[] Results = ["tcb_status", "qe_status", "advisory_ids", "tcb_date", "tcbEvaluationDataNumber", "policy_outcome", "rejection_code"];

    /// <summary>Decoded values that describe the file and not the attester; a mutant that is accepted may differ in them.</summary>
    public static readonly string[] NoIdentity = ["total_len", "trailing", "trailing_zero", "sig_data_len", "cert_data_len"];
}
