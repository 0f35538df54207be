using Amnion.Attestation.Composite;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Nitro;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation;

/// <summary>The specification of each platform's fields.</summary>
static class FormatSpecs
{
    public static FormatSpec Of(string platform) => platform switch
    {
        AttestationPlatform.Local or AttestationPlatform.Qemu or AttestationPlatform.Nitro => NitroFields.Spec,
        AttestationPlatform.Snp => SnpAppraiser.Spec,
        AttestationPlatform.Tdx => DcapFields.Tdx,
        AttestationPlatform.Sgx => DcapFields.Sgx,
        AttestationPlatform.Nvidia => NvidiaAppraiser.Gpu,
        AttestationPlatform.Tpm => TpmAppraiser.Spec,
        AttestationPlatform.NitroTpm => NitroTpmAppraiser.Spec,
        AttestationPlatform.AzureSnp => AzureVtpmAppraiser.Snp,
        AttestationPlatform.AzureTdx => AzureVtpmAppraiser.Tdx,
        _ => throw new ArgumentOutOfRangeException(nameof(platform), platform, "No such platform."),
    };
}
