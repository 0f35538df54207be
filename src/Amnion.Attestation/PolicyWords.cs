using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation.Composite;

namespace Amnion.Attestation;

/// <summary>What every appraisal under one policy reads from it and says of it, put together once.</summary>
sealed class PolicyWords
{
    const string Or = " or ";
    const string And = ", ";

    public PolicyWords(AppraisalPolicy policy)
    {
        Policy = policy;
        ImmutableArray<Measurement> further = policy.FurtherTrustAnchors.IsDefault ? [] : policy.FurtherTrustAnchors;
        AnchorKeys = [policy.TrustAnchor, .. further];
        Anchors = [.. AnchorKeys.Select(key => new TrustAnchor { KeyDigest = key })];
        Values = [.. policy.Values.Select(pair => new Pin(pair.Key, pair.Value, pair.Value.IsDefault ? string.Empty : string.Join(Or, pair.Value)))];
        Floors = [.. policy.Floors.Select(pair => new Floor(pair.Key, pair.Value, "at least " + pair.Value.ToString(CultureInfo.InvariantCulture)))];
        Names = policy.Values.IsEmpty ? "no values" : string.Join(And, policy.Values.Keys);
        Machines = policy.Machines.IsDefaultOrEmpty ? string.Empty : string.Join(Or, policy.Machines);
        TcbStatuses = policy.TcbStatuses.IsDefaultOrEmpty ? string.Empty : string.Join(Or, policy.TcbStatuses);
        Advisories = policy.Advisories.IsDefaultOrEmpty ? "none" : string.Join(And, policy.Advisories);
    }

    /// <summary>Whose words these are: a copy of a policy with other members has words of its own.</summary>
    public AppraisalPolicy Policy { get; }

    /// <summary>The trust anchor and the further ones.</summary>
    public ImmutableArray<Measurement> AnchorKeys { get; }

    /// <summary>The same as roots.</summary>
    public ImmutableArray<TrustAnchor> Anchors { get; }

    /// <summary>Fields with Reference Values.</summary>
    public ImmutableArray<Pin> Values { get; }

    /// <summary>Fields with floors.</summary>
    public ImmutableArray<Floor> Floors { get; }

    /// <summary>Names of the fields with Reference Values.</summary>
    public string Names { get; }

    public string Machines { get; }

    public string TcbStatuses { get; }

    public string Advisories { get; }

    /// <summary>Registers with Reference Values, "pcr.N".</summary>
    public ImmutableSortedSet<int> PcrRegisters => field ??= TpmAppraiser.PinnedRegisters(Policy, "pcr.");

    /// <summary>A field with its Reference Values, and those in words.</summary>
    public readonly record struct Pin(string Name, ImmutableArray<string> Accepted, string Expected);

    /// <summary>A field with its lowest number, and that in words.</summary>
    public readonly record struct Floor(string Name, long Least, string Expected);
}
