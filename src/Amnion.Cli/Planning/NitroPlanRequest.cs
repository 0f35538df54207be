using System.Collections.Immutable;
using Amnion.Attestation;

namespace Amnion.Cli.Planning;

/// <summary>What a plan was asked for. Every name may be missing; a mark stands for it then.</summary>
sealed record NitroPlanRequest
{
    /// <summary>The enclave's name.</summary>
    public required string Name { get; init; }

    /// <summary>The KMS key; null for one that is yet to be made.</summary>
    public string? KeyArn { get; init; }

    /// <summary>The parent instance's role.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Who administers the key.</summary>
    public ImmutableArray<string> Administrators { get; init; } = [];

    /// <summary>Who seals models: may encrypt, and nothing else.</summary>
    public string? OwnerArn { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>Registers 16 to 31 that the key's policy should ask for too.</summary>
    public ImmutableSortedDictionary<int, Measurement> Registers { get; init; } = ImmutableSortedDictionary<int, Measurement>.Empty;

    /// <summary>True where a model was counted into the memory.</summary>
    public bool CountsModel { get; init; }
}
