namespace Amnion.Attestation.Tpm;

/// <summary>Roots of virtual TPMs that clouds publish. None is trusted unless a policy names it.</summary>
public static class TpmRoots
{
    /// <summary>Google Cloud "EK/AK CA Root", valid to 2122-07-08: attestation keys of Shielded and Confidential VMs.</summary>
    public static TrustAnchor GoogleCloud { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("594759594b9b61524f6c8ef668f7177f7b9066bc0674f2f49fe9e052be78beb2"),
        KeyDigest = Measurement.FromHex("56a613f57126a385dd6949294e93b0b566f96ab0573be0c2368e6f5ca779831f"),
    };

    /// <summary>Google Cloud "tpm_ek_v1_cloud_host_root", valid to 2118-04-06: the older hierarchy.</summary>
    public static TrustAnchor GoogleCloudHost { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("9bd5285f8fb18502a7947e621ffd470266f49fcd3b73e19a190f690ad32a7caf"),
        KeyDigest = Measurement.FromHex("f23057f4f97d1d90e4cae0ce91d5a0fc99069f0a1bc147021dca33b1e9c4d0d9"),
    };
}
