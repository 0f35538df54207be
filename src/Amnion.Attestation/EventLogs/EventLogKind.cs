namespace Amnion.Attestation.EventLogs;

/// <summary>
/// Which registers a log's indexes mean. Both kinds have the same records and nothing in them tells the kinds apart, so whoever asks says it: the attester
/// writes the log.
/// </summary>
public enum EventLogKind
{
    /// <summary>Platform configuration registers of a TPM: TCG PC Client Platform Firmware Profile §3.3.4.</summary>
    Tpm,

    /// <summary>A confidential computing log (ACPI table CCEL): indexes 1 to 4 are RTMR 0 to 3, Intel TDX Virtual Firmware Design Guide §8.</summary>
    ConfidentialComputing,
}
