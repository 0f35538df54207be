using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>The claims of an EAR: draft-ietf-rats-ear-04 §3. Being read says nothing about being authentic; see <see cref="EarToken"/>.</summary>
public sealed record EarClaims
{
    /// <summary>Most attesters in one token.</summary>
    public const int MaxSubmodules = 32;

    /// <summary>eat_profile.</summary>
    public required string Profile { get; init; }

    /// <summary>iat, to the second.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>exp, to the second; null where absent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>nbf, to the second; null where absent, as the drafts have it.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Who made the verifier, at most 256 characters.</summary>
    public required string VerifierDeveloper { get; init; }

    /// <summary>Which build of the verifier, at most 256 characters.</summary>
    public required string VerifierBuild { get; init; }

    /// <summary>The overall tier; null where the token states none.</summary>
    public TrustTier? Status { get; init; }

    /// <summary>The relying party's nonces, as spelled in the token: 8 to 88 characters each, at most four.</summary>
    public ImmutableArray<string> Nonces { get; init; } = [];

    /// <summary>The attesters by label; those of a nested EAR are joined to its label with a dot, beside the entry itself where it has a status of its own.</summary>
    public required ImmutableSortedDictionary<string, EarAppraisal> Submodules { get; init; }

    /// <summary>Every leaf of the claims by its path, in document order, extensions included.</summary>
    public ImmutableArray<EvidenceField> Fields { get; init; } = [];

    /// <summary>Reads an unsigned claim set, JSON, in the drafts' spelling or the older one with dots.</summary>
    /// <exception cref="TokenFormatException">Not such a claim set.</exception>
    public static EarClaims Parse(ReadOnlySpan<byte> json)
    {
        using var document = TokenJson.Parse(json, JsonWebSignature.MaxLength, "claims", TokenCodes.Malformed);
        return EarReader.Read(document.RootElement);
    }
}
