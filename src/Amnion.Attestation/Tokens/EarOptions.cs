namespace Amnion.Attestation.Tokens;

/// <summary>What a verifier puts into an EAR besides the result. The library has no clock: times are passed in.</summary>
public sealed record EarOptions
{
    /// <summary>How long a token is valid unless told otherwise; Trustee's default too.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Longest lifetime: a result says what was so when it was made.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    /// <summary>eat_profile; <see cref="EarProfiles.Veraison"/> and <see cref="EarProfiles.Trustee"/> select the older spelling.</summary>
    public string Profile { get; init; } = EarProfiles.Draft04;

    /// <summary>Who runs or made the verifier, 1 to 256 characters, best a URI.</summary>
    public required string VerifierDeveloper { get; init; }

    /// <summary>The verifier's build, 1 to 256 characters.</summary>
    public required string VerifierBuild { get; init; }

    /// <summary>When the token is issued; written to the second.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Time until it expires, at least a second and at most <see cref="MaxLifetime"/>.</summary>
    public TimeSpan Lifetime { get; init; } = DefaultLifetime;

    /// <summary>The nonce of whoever asked for the token, 8 to 64 bytes; empty for none.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Names the policy that was applied, at most 256 characters; null for none.</summary>
    public string? PolicyId { get; init; }

    /// <summary>Label of the attester; null takes the platform's name.</summary>
    public string? Attester { get; init; }

    /// <summary>kid of the signing key; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>Whether the decoded Evidence goes along. It can identify a machine: draft-ietf-rats-ear-04 §8.</summary>
    public bool IncludeFields { get; init; } = true;
}
