namespace Amnion.Attestation;

/// <summary>What a file of Evidence turned out to be.</summary>
enum EvidenceForm
{
    /// <summary>Nothing this build knows.</summary>
    Unknown,

    /// <summary>Enclave document.</summary>
    Nitro,

    /// <summary>Instance document.</summary>
    NitroTpm,

    /// <summary>Report, alone or with certificates.</summary>
    Snp,

    /// <summary>DCAP quote of TDX or SGX.</summary>
    Quote,

    /// <summary>DER certificate with a quote in it.</summary>
    RaTls,

    /// <summary>Raw SPDM request and response.</summary>
    NvidiaReport,

    /// <summary>JSON of NVIDIA's tools.</summary>
    NvidiaJson,

    /// <summary>JSON of an Azure virtual TPM with its HCL report.</summary>
    Azure,

    /// <summary>JSON of dstack: quote and events.</summary>
    Dstack,

    /// <summary>A container of TPM quotes.</summary>
    Tpm,
}
