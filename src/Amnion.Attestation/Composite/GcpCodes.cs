namespace Amnion.Attestation.Composite;

/// <summary>Stable codes of Google Cloud's Confidential Space. Codes are never reused or renumbered.</summary>
public static class GcpCodes
{
    /// <summary>The claims are not well formed.</summary>
    public const string Malformed = "AMN-GCP-0001";

    /// <summary>The claims were issued by another service, or for another profile.</summary>
    public const string Issuer = "AMN-GCP-0002";

    /// <summary>The claims are not yet, or no longer, valid.</summary>
    public const string Time = "AMN-GCP-0003";

    /// <summary>The workload runs on something else than Confidential Space.</summary>
    public const string Software = "AMN-GCP-0004";

    /// <summary>The machine is not a confidential VM of an accepted kind; weaker kinds need the policy's permission.</summary>
    public const string Hardware = "AMN-GCP-0005";

    /// <summary>Secure Boot is off.</summary>
    public const string SecureBoot = "AMN-GCP-0006";

    /// <summary>The image can be debugged.</summary>
    public const string Debug = "AMN-GCP-0007";

    /// <summary>The image of Confidential Space is no longer supported.</summary>
    public const string Support = "AMN-GCP-0008";

    /// <summary>The host can read some of the workload's state through monitoring.</summary>
    public const string Monitoring = "AMN-GCP-0009";

    /// <summary>The container's image is not named by a digest.</summary>
    public const string Image = "AMN-GCP-0010";

    /// <summary>The claims are for another audience, or the policy names none.</summary>
    public const string Audience = "AMN-GCP-0011";

    /// <summary>The claims do not carry the relying party's nonce, or the policy has none.</summary>
    public const string Nonce = "AMN-GCP-0012";
}
