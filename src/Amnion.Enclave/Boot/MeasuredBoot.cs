using System.Collections.Immutable;
using Amnion.Guard.Packs;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Enclave.Boot;

/// <summary>What the enclave has become: everything measured, in the order it was extended. Exists only after the last lock.</summary>
sealed record MeasuredBoot
{
    /// <summary>The model.</summary>
    public required ModelManifest Manifest { get; init; }

    /// <summary>Engine, limits and whose signatures are obeyed.</summary>
    public required EngineConfiguration Engine { get; init; }

    /// <summary>What is scrubbed from requests and kept out of answers.</summary>
    public required GuardPolicy Guard { get; init; }

    /// <summary>Suites offered.</summary>
    public required SuitePolicy Suites { get; init; }

    /// <summary>The register log.</summary>
    public required RegisterLog Log { get; init; }

    /// <summary>Its head.</summary>
    public required Digest LogHead { get; init; }

    /// <summary>What was measured, by event name.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<byte>> Preimages { get; init; }
}
