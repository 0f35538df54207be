namespace Amnion.Attestation.Nitro;

/// <summary>The roots that AWS publishes.</summary>
public static class NitroRoots
{
    /// <summary>
    /// AWS Nitro Enclaves Root-G1, commercial partition, valid from 2019-10-28 to 2049-10-28. The certificate's SHA-256 is the
    /// one AWS states in "Verifying the root of trust"; it also signs NitroTPM documents.
    /// </summary>
    public static TrustAnchor AwsRootG1 { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b"),
        KeyDigest = Measurement.FromHex("f2caf5ecc6190b4a8399b78bc58a2bbcd0382375db8a1bfd78a82743874fd225"),
    };
}
