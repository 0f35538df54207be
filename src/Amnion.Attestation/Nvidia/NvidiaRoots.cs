using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>NVIDIA's public roots as shipped with its verifiers, for callers who write policies.</summary>
public static class NvidiaRoots
{
    /// <summary>"NVIDIA Device Identity CA": devices. Valid until 9999-12-31.</summary>
    public static TrustAnchor Device { get; } = new()
    {
        KeyDigest = Measurement.FromHex("a90c4eb5acfd3e3d03a25db6a26b84f720ad0503196c627c21ddd48dd85b06a4"),
        CertificateDigest = Measurement.FromHex("102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48"),
    };

    /// <summary>"NVIDIA CoRIM signing Root CA": Reference Integrity Manifests. Valid until 2053-03-08.</summary>
    public static TrustAnchor Rim { get; } = new()
    {
        KeyDigest = Measurement.FromHex("dec1dc316477aa851eebdf51327ae9f864bc8d89254657ed1e7eb9168af1e1a3"),
        CertificateDigest = Measurement.FromHex("12977b5115acb0381179279fffeb5a8c4d264971ebb32298023a465fa41df5d1"),
    };

    /// <summary>Both.</summary>
    public static ImmutableArray<TrustAnchor> All { get; } = [Device, Rim];
}
