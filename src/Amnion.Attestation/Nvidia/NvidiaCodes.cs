namespace Amnion.Attestation.Nvidia;

/// <summary>Stable codes of checks on NVIDIA evidence. Codes are never reused or renumbered.</summary>
public static class NvidiaCodes
{
    /// <summary>A report, its container or its certificate chain does not parse.</summary>
    public const string Malformed = "AMN-NVIDIA-0001";

    /// <summary>The report is not signed by the key of its leaf certificate.</summary>
    public const string Signature = "AMN-NVIDIA-0002";

    /// <summary>The request did not ask for all measurements with a signature.</summary>
    public const string Request = "AMN-NVIDIA-0003";

    /// <summary>The response is from another certificate slot than the one asked for.</summary>
    public const string Slot = "AMN-NVIDIA-0004";

    /// <summary>Zero bytes stand after the signature; nothing signs them, and they say nothing.</summary>
    public const string Padding = "AMN-NVIDIA-0005";

    /// <summary>The opaque data has a version that this build does not know.</summary>
    public const string OpaqueVersion = "AMN-NVIDIA-0006";

    /// <summary>The certificate chain does not have five certificates.</summary>
    public const string ChainLength = "AMN-NVIDIA-0010";

    /// <summary>The certificate is for another device or chip than the report is from.</summary>
    public const string Architecture = "AMN-NVIDIA-0011";

    /// <summary>The firmware identifier in the report is not the certificate's, or one of them is missing.</summary>
    public const string FirmwareId = "AMN-NVIDIA-0012";

    /// <summary>A container names another nonce, version or architecture than the report in it.</summary>
    public const string Container = "AMN-NVIDIA-0013";

    /// <summary>The report does not carry the relying party's nonce.</summary>
    public const string Nonce = "AMN-NVIDIA-0014";

    /// <summary>A Reference Integrity Manifest does not parse, or is not of the profile accepted.</summary>
    public const string RimMalformed = "AMN-NVIDIA-0020";

    /// <summary>No manifest for the driver was given.</summary>
    public const string DriverRimMissing = "AMN-NVIDIA-0021";

    /// <summary>No manifest for the VBIOS or switch firmware was given.</summary>
    public const string VbiosRimMissing = "AMN-NVIDIA-0022";

    /// <summary>A manifest is not the document its signature states.</summary>
    public const string RimDigest = "AMN-NVIDIA-0023";

    /// <summary>A manifest is not signed by its first certificate.</summary>
    public const string RimSignature = "AMN-NVIDIA-0024";

    /// <summary>A manifest is for another version than the report names.</summary>
    public const string RimVersion = "AMN-NVIDIA-0025";

    /// <summary>A manifest is for another chip or kind of device.</summary>
    public const string RimProduct = "AMN-NVIDIA-0026";

    /// <summary>Driver and VBIOS manifest both have values for one slot.</summary>
    public const string RimConflict = "AMN-NVIDIA-0027";

    /// <summary>A measurement has none of the manifest's values.</summary>
    public const string Measurement = "AMN-NVIDIA-0030";

    /// <summary>The report lacks a measurement that a manifest has values for.</summary>
    public const string MeasurementMissing = "AMN-NVIDIA-0031";

    /// <summary>Slot 9 differs: known after a guest restarts without a reset of the GPU (nvtrust #90, #132).</summary>
    public const string MeasurementAfterRestart = "AMN-NVIDIA-0032";

    /// <summary>Slot 52 differs: known after the confidential computing mode was switched without a reset (attestation-sdk #31).</summary>
    public const string MeasurementAfterModeChange = "AMN-NVIDIA-0033";

    /// <summary>The report does not say whether video decoder 0 is on, which decides whether slot 35 is compared.</summary>
    public const string VideoDecoder = "AMN-NVIDIA-0034";

    /// <summary>Measurements that no manifest has values for are not zero; nothing says what they should be.</summary>
    public const string Unreferenced = "AMN-NVIDIA-0035";

    /// <summary>Debugging is not shown to be off.</summary>
    public const string Debug = "AMN-NVIDIA-0040";

    /// <summary>Secure boot is not shown.</summary>
    public const string SecureBoot = "AMN-NVIDIA-0041";

    // 0050 to 0055 were of results of NVIDIA's verifiers, which AMN-NRAS codes are of now.

    /// <summary>What was given is the result of somebody else's verification, not Evidence.</summary>
    public const string ResultIsNoEvidence = "AMN-NVIDIA-0056";
}
