using System.Collections.Immutable;

namespace Amnion.Attestation.Tpm;

/// <summary>A quote with its signature and the register values that came with it.</summary>
public sealed record TpmSignedQuote
{
    /// <summary>What the TPM signed.</summary>
    public required TpmQuote Quote { get; init; }

    /// <summary>Its signature.</summary>
    public required TpmSignature Signature { get; init; }

    /// <summary>Register values by bank; a quote over one bank normally comes with that bank only.</summary>
    public required ImmutableArray<TpmPcrValues> Values { get; init; }
}
