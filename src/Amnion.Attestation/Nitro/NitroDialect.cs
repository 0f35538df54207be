namespace Amnion.Attestation.Nitro;

/// <summary>What tells the documents of enclaves and of NitroTPM apart. All else is one format under one root, which is why each must refuse the other's.</summary>
sealed record NitroDialect
{
    /// <summary>Refuses at an offset of the document: field, problem, and whether it is the other kind of document.</summary>
    public delegate EvidenceFormatException Refusal(int offset, string field, string problem, bool isOther = false);

    /// <summary>Member with the registers.</summary>
    public required string Registers { get; init; }

    /// <summary>Registers have indexes below this one.</summary>
    public required int RegisterCount { get; init; }

    /// <summary>Member with the registers in the other kind of document.</summary>
    public required string OtherRegisters { get; init; }

    /// <summary>What is said of the other kind of document.</summary>
    public required string OtherProblem { get; init; }

    /// <summary>Whether COSE's tag 18 may stand in front, a bit that no signature covers. AWS sends enclaves' documents without.</summary>
    public required bool TakesTag { get; init; }

    public required Refusal Refuse { get; init; }
}
