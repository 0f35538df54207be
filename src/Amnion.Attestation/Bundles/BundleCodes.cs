namespace Amnion.Attestation;

/// <summary>Stable codes of the checks on an Evidence bundle. Catalogued in docs/diagnostics.md.</summary>
public static class BundleCodes
{
    /// <summary>The keyset's purpose is the one asked for.</summary>
    public const string Purpose = "AMN-BUNDLE-0001";

    /// <summary>Keyset and log agree on the register log's head.</summary>
    public const string LogHead = "AMN-BUNDLE-0002";

    /// <summary>Each log event stands in its planned register, once.</summary>
    public const string LogPlan = "AMN-BUNDLE-0003";

    /// <summary>Registers 16 to 23 are locked and equal the replayed log.</summary>
    public const string Registers = "AMN-BUNDLE-0004";

    /// <summary>Every preimage hashes to its log event.</summary>
    public const string Preimages = "AMN-BUNDLE-0005";

    /// <summary>The measured model is one the policy names.</summary>
    public const string Model = "AMN-BUNDLE-0006";

    /// <summary>The measured engine configuration is one the policy names.</summary>
    public const string Engine = "AMN-BUNDLE-0007";

    /// <summary>The measured release is of the policy's channel and not older than its minimum.</summary>
    public const string Release = "AMN-BUNDLE-0008";

    /// <summary>The keyset offers only measured suites and at least one of the policy's.</summary>
    public const string Suites = "AMN-BUNDLE-0009";

    /// <summary>The keyset is valid at the Evidence's time.</summary>
    public const string KeysetTime = "AMN-BUNDLE-0010";

    /// <summary>The measured egress schema is the one this verifier knows.</summary>
    public const string Egress = "AMN-BUNDLE-0011";

    /// <summary>The measured guard policy is one the policy names.</summary>
    public const string Guard = "AMN-BUNDLE-0012";
}
