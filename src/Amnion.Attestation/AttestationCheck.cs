namespace Amnion.Attestation;

/// <summary>One comparison that an appraisal made, with its result in words a person can act on.</summary>
public sealed record AttestationCheck
{
    /// <summary>Stable code of this check, for example "AMN-NITRO-0010"; see <see cref="AttestationCodes"/> and the format's own list.</summary>
    public required string Code { get; init; }

    /// <summary>What is checked, in plain words.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the check asks if the Evidence is authentic, or if the relying party wants it.</summary>
    public CheckKind Kind { get; init; }

    /// <summary>How it ended.</summary>
    public required CheckOutcome Outcome { get; init; }

    /// <summary>Whether acceptance needs this check to pass. A required check that was skipped rejects.</summary>
    public bool Required { get; init; } = true;

    /// <summary>What was expected, where that can be said.</summary>
    public string? Expected { get; init; }

    /// <summary>What was found.</summary>
    public string? Actual { get; init; }

    /// <summary>The rule's origin, for example "RFC 5280 §6.1.4 (m)".</summary>
    public required string Source { get; init; }

    /// <summary>True where this check alone forbids acceptance.</summary>
    public bool Rejects => Outcome == CheckOutcome.Fail || (Required && Outcome == CheckOutcome.Skip);
}
