using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>What a verification found.</summary>
/// <param name="Checks">Every check, in a fixed order.</param>
/// <param name="Claims">
/// The claims that NVIDIA's remote attestation service makes about such a device, worked out from these checks, under its names ("measres",
/// "secboot", "x-nvidia-gpu-driver-rim-signature-verified"). A claim that a check did not support is "false", or absent where NVIDIA's is null.
/// </param>
public sealed record NvidiaVerified(ImmutableArray<AttestationCheck> Checks, ImmutableArray<EvidenceField> Claims)
{
    /// <summary>True where no check rejects.</summary>
    public bool Holds => Checks.Length > 0 && !Checks.Any(check => check.Rejects);
}
