using System.Collections.Immutable;

namespace Amnion.Attestation;

/// <summary>The names of platforms, as policies and Evidence bundles spell them.</summary>
public static class AttestationPlatform
{
    /// <summary>A sandboxed process with a document from the development root. Emulated.</summary>
    public const string Local = "local";

    /// <summary>The real image under QEMU's nitro-enclave machine with a document from the development root. Emulated.</summary>
    public const string Qemu = "qemu";

    /// <summary>An AWS Nitro Enclave with a document from the AWS root.</summary>
    public const string Nitro = "nitro";

    /// <summary>A virtual machine under AMD SEV-SNP, with a report signed by the chip's VCEK or the cloud's VLEK.</summary>
    public const string Snp = "snp";

    /// <summary>A virtual machine under Intel TDX, with a DCAP quote.</summary>
    public const string Tdx = "tdx";

    /// <summary>An Intel SGX enclave, with a DCAP quote.</summary>
    public const string Sgx = "sgx";

    /// <summary>A machine with a TPM 2.0, with a quote over its PCRs.</summary>
    public const string Tpm = "tpm";

    /// <summary>An EC2 instance with a NitroTPM document from the AWS root.</summary>
    public const string NitroTpm = "nitrotpm";

    /// <summary>An NVIDIA GPU or switch in confidential computing mode, with an SPDM measurement report.</summary>
    public const string Nvidia = "nvidia";

    /// <summary>An Azure confidential VM on AMD SEV-SNP: its vTPM's quote, bound through the HCL report.</summary>
    public const string AzureSnp = "azure-snp";

    /// <summary>An Azure confidential VM on Intel TDX: its vTPM's quote, bound through the HCL report.</summary>
    public const string AzureTdx = "azure-tdx";

    /// <summary>Every name this version knows.</summary>
    public static ImmutableArray<string> All { get; } = [Local, Qemu, Nitro, Snp, Tdx, Sgx, Tpm, NitroTpm, Nvidia, AzureSnp, AzureTdx];

    /// <summary>True for a name this version knows.</summary>
    public static bool IsKnown(string platform) => All.Contains(platform);

    /// <summary>True for platforms that are not a security boundary.</summary>
    public static bool IsEmulated(string platform) => platform is Local or Qemu;
}
