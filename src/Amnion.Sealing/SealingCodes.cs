namespace Amnion.Sealing;

/// <summary>Stable codes of this project's errors; catalogued in docs/diagnostics.md.</summary>
public static class SealingCodes
{
    /// <summary>A sealed message, chunk or stream did not open: altered, truncated, reordered, for another key, or of an unsupported suite.</summary>
    public const string OpenFailed = "AMN-SEAL-0001";

    /// <summary>The bytes of an HPKE key are not a valid key of the named KEM.</summary>
    public const string KeyMalformed = "AMN-SEAL-0002";

    /// <summary>An OHTTP key configuration or key configuration list is malformed.</summary>
    public const string KeyConfigMalformed = "AMN-SEAL-0003";

    /// <summary>A binary HTTP message is malformed or exceeds a limit.</summary>
    public const string BinaryHttpMalformed = "AMN-SEAL-0004";

    /// <summary>A sealed stream's header or length is impossible.</summary>
    public const string StreamMalformed = "AMN-SEAL-0005";

    /// <summary>The HPKE suite is not available on this platform.</summary>
    public const string SuiteUnsupported = "AMN-SEAL-0006";

    /// <summary>An enveloped key (CMS) is not of the one form that is accepted.</summary>
    public const string EnvelopeMalformed = "AMN-SEAL-0007";
}
