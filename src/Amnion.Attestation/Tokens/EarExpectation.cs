using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>What a relying party asks of an EAR: its Appraisal Policy for Attestation Results (RFC 9334 §8.6).</summary>
public sealed record EarExpectation
{
    /// <summary>The relying party's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How far clocks may differ.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Oldest token accepted, whatever it says itself; null leaves it to exp, without which a token is then refused.</summary>
    public TimeSpan? MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The nonce this relying party asked with, 8 to 64 bytes; empty where it asked with none.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Accepted profiles.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [EarProfiles.Draft04];

    /// <summary>Accepted types, without "application/". Older verifiers write "jwt" or none at all ("").</summary>
    public ImmutableArray<string> Types { get; init; } = [EarToken.JwtType, EarToken.CwtType];

    /// <summary>The verifier's developer, exactly; null accepts whoever holds the key.</summary>
    public string? VerifierDeveloper { get; init; }

    /// <summary>The least trust accepted, of every attester in the token.</summary>
    public TrustTier Tier { get; init; } = TrustTier.Affirming;
}
