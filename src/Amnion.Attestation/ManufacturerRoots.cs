using System.Collections.Immutable;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Nitro;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation;

/// <summary>The roots that manufacturers publish, for those who write policies. No appraisal uses one that its policy does not name.</summary>
public static class ManufacturerRoots
{
    /// <summary>Digests of the platform's root keys; empty where every site has its own (emulated platforms, TPMs).</summary>
    /// <param name="platform">See <see cref="AttestationPlatform"/>.</param>
    public static ImmutableArray<Measurement> Of(string platform) => platform switch
    {
        AttestationPlatform.Nitro or AttestationPlatform.NitroTpm => [NitroRoots.AwsRootG1.KeyDigest],
        AttestationPlatform.Snp or AttestationPlatform.AzureSnp => [.. SnpRoots.All.Select(root => root.KeyDigest)],
        AttestationPlatform.Tdx or AttestationPlatform.Sgx or AttestationPlatform.AzureTdx => [DcapRoots.IntelSgxRootCa.KeyDigest],
        AttestationPlatform.Nvidia => [.. NvidiaRoots.All.Select(root => root.KeyDigest)],
        _ => [],
    };
}
