using System.Collections.Immutable;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Pii.Profiles;

/// <summary>A rule's identifiers mapped to recognisers and operators. A profile is no certificate: what it does not claim stands in <see cref="Items"/>.</summary>
public sealed record PiiProfile
{
    /// <summary>Its name, "hipaa-safe-harbor" or "gdpr".</summary>
    public required string Name { get; init; }

    /// <summary>The rule's items, each with what stands for it.</summary>
    public required ImmutableArray<ProfileItem> Items { get; init; }

    /// <summary>The scanner's options.</summary>
    public required PiiScannerOptions Scanner { get; init; }

    /// <summary>The operators.</summary>
    public required RedactionPolicy Redaction { get; init; }

    /// <summary>The built-in profiles.</summary>
    public static ImmutableArray<PiiProfile> All { get; } = [HipaaSafeHarbor.Profile, Gdpr.Profile];

    /// <summary>The profile of that name, or null.</summary>
    public static PiiProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);
}
