namespace Amnion.Attestation;

/// <summary>The answer of an appraisal. The order is that of the command line's exit codes 0, 10, 20 and 30.</summary>
public enum AttestationVerdict
{
    /// <summary>Every check that the policy requires passed.</summary>
    Accepted,

    /// <summary>The Evidence was understood and at least one required check did not pass.</summary>
    Rejected,

    /// <summary>This build cannot appraise Evidence of that platform.</summary>
    Unsupported,

    /// <summary>The Evidence is not a well-formed document of its format.</summary>
    Malformed,
}
