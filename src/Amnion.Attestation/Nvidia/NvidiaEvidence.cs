using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>A report with the chain of the key that signed it, and what a container said beside them.</summary>
public sealed record NvidiaEvidence
{
    /// <summary>The report.</summary>
    public required NvidiaReport Report { get; init; }

    /// <summary>The device's certificates.</summary>
    public required NvidiaChain Chain { get; init; }

    /// <summary>Nonce that the container names, lower-case hexadecimal; null where it names none.</summary>
    public string? StatedNonce { get; init; }

    /// <summary>Architecture that the container names, for example "HOPPER"; null where it names none.</summary>
    public string? StatedArchitecture { get; init; }

    /// <summary>Driver version that the container names; null where it names none.</summary>
    public string? StatedDriverVersion { get; init; }

    /// <summary>VBIOS version that the container names; null where it names none.</summary>
    public string? StatedVbiosVersion { get; init; }

    /// <summary>Everything decoded: the report's values, then the chain's.</summary>
    public ImmutableArray<EvidenceField> Fields => [.. Report.Fields, .. NvidiaFields.Of(Chain)];

    /// <summary>
    /// Parses the JSON that NVIDIA's SDK writes: a list of objects, or one object, with base64 members "evidence" (the report) and "certificate"
    /// (PEM); or a request to NVIDIA's remote attestation service, with "evidence_list".
    /// </summary>
    /// <exception cref="NvidiaFormatException">Anything else.</exception>
    public static ImmutableArray<NvidiaEvidence> ParseJson(ReadOnlySpan<byte> json) => NvidiaEvidenceReader.Read(json, null);
}
