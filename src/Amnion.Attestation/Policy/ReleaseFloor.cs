namespace Amnion.Attestation;

/// <summary>The oldest release a policy accepts: anti-rollback. Compared with the release preimage of an Evidence bundle.</summary>
/// <param name="Channel">Release channel, exact match; 1 to 64 characters of a-z, 0-9, '.', '_' and '-'.</param>
/// <param name="Minimum">Lowest version accepted, 0 to 2^53 - 1.</param>
public sealed record ReleaseFloor(string Channel, long Minimum);
