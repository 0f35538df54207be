namespace Amnion.Attestation;

/// <summary>How one check ended.</summary>
public enum CheckOutcome
{
    /// <summary>It ran and held.</summary>
    Pass,

    /// <summary>It ran and did not hold.</summary>
    Fail,

    /// <summary>It did not run. Where the policy requires the check this rejects, exactly as a failure does.</summary>
    Skip,
}
