using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>What an EAR says of one attester: draft-ietf-rats-ear-04 §3.1.</summary>
public sealed record EarAppraisal
{
    /// <summary>The attester's overall tier; <see cref="TrustTier.None"/> for a nested token, which is not opened.</summary>
    public required TrustTier Status { get; init; }

    /// <summary>The eight claims; null where the verifier left them out.</summary>
    public TrustVector? Vector { get; init; }

    /// <summary>The policies applied, first one first.</summary>
    public ImmutableArray<string> PolicyIds { get; init; } = [];

    /// <summary>The nonces that the Evidence carried, as spelled in the token.</summary>
    public ImmutableArray<string> Nonces { get; init; } = [];

    /// <summary>True where the entry is a token or digest of its own, which is neither opened nor verified.</summary>
    public bool Nested { get; init; }
}
