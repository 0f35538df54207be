using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation;

/// <summary>
/// A policy written from good Evidence, for a person to review: it pins what the Evidence shows, so it is only as trustworthy as the way that
/// the Evidence came. Reference Values from the build are better (RFC 9334 §8.3).
/// </summary>
/// <param name="Policy">The policy; null where the Evidence is not authentic or can be debugged.</param>
/// <param name="Result">How the Evidence stands under it, or what was wrong with it.</param>
/// <param name="Remarks">What to look at before using the policy, one sentence each.</param>
public sealed record PolicyDraft(AppraisalPolicy? Policy, AttestationResult Result, ImmutableArray<string> Remarks)
{
    /// <summary>Drafts a policy.</summary>
    /// <param name="evidence">One piece of Evidence.</param>
    /// <param name="anchors">Roots to accept; empty takes the manufacturer's. NVIDIA: the devices' first, the manifests' behind it.</param>
    /// <param name="maySkip">Codes of checks that may go unmade, for want of a revocation list for example; the policy will say so.</param>
    /// <param name="context">Time and endorsements. Nonce and bound value are not compared: a draft says nothing about freshness.</param>
    /// <param name="platform">The platform to name in the policy; null takes the Evidence's. Nitro documents serve emulated enclaves too, and nothing in them says so.</param>
    /// <exception cref="EvidenceFormatException">No Evidence of a known format.</exception>
    /// <exception cref="ArgumentException">No anchor was given and the manufacturer publishes none, or the platform is not the Evidence's.</exception>
    public static PolicyDraft From(ReadOnlySpan<byte> evidence, ImmutableArray<Measurement> anchors, ImmutableArray<string> maySkip, AppraisalContext context, string? platform = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var parsed = EvidenceReader.Read(evidence);
        platform ??= parsed.Platform;
        if (platform != parsed.Platform && !(parsed.Platform == AttestationPlatform.Nitro && AttestationPlatform.IsEmulated(platform)))
        {
            throw new ArgumentException($"The Evidence is for {parsed.Platform}, not for {platform}.", nameof(platform));
        }

        var roots = anchors.IsDefaultOrEmpty ? ManufacturerRoots.Of(platform) : anchors;
        if (roots.IsEmpty)
        {
            throw new ArgumentException("The platform has no published root; name the trust anchor.", nameof(anchors));
        }

        var audit = context with { AtDocumentTime = true, ExpectedUserData = null, Nonce = default };
        var spec = FormatSpecs.Of(platform);
        var probe = new AppraisalPolicy { Platform = platform, TrustAnchor = roots[0], FurtherTrustAnchors = roots[1..], MaySkip = maySkip.IsDefault ? [] : maySkip };
        var first = EvidenceAppraiser.Appraise(platform, evidence, probe, audit);
        if (first.Claims is not { Debug: false } claims)
        {
            return new PolicyDraft(null, first, [first.Claims is null ? "the Evidence is not authentic, so nothing in it can be pinned" : "the attester can be debugged; a policy that accepts it would protect nothing"]);
        }

        var policy = Pin(probe with { TrustAnchor = roots.Contains(claims.TrustAnchor) ? claims.TrustAnchor : roots[0], FurtherTrustAnchors = spec.HasSecondRoot ? roots.Remove(claims.TrustAnchor) : [] }, spec, claims.Fields);
        policy = Weaken(AcceptStatus(policy, claims.Fields), spec, platform, evidence, audit);
        var result = EvidenceAppraiser.Appraise(platform, evidence, policy, audit);
        return new PolicyDraft(policy, result, Remark(policy, result, spec));
    }

    static AppraisalPolicy Pin(AppraisalPolicy policy, FormatSpec spec, ImmutableArray<EvidenceField> fields)
    {
        var known = fields.DistinctBy(field => field.Name).ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        var code = spec.CodeFields.FirstOrDefault(group => group.All(name => known.TryGetValue(name, out var value) && Measures(value))) ?? [];
        var pins = code.Concat(spec.PinFields.Where(name => known.TryGetValue(name, out var value) && Measures(value))).Distinct();
        return policy with
        {
            Values = pins.ToImmutableSortedDictionary(name => name, name => ImmutableArray.Create(known[name]), StringComparer.Ordinal),
            Floors = spec.FloorFields.Where(known.ContainsKey).ToImmutableSortedDictionary(name => name, name => long.Parse(known[name], CultureInfo.InvariantCulture), StringComparer.Ordinal),
        };
    }

    /// <summary>Intel platforms have a status and advisories of their own; what this one has is accepted, and a remark says so.</summary>
    static AppraisalPolicy AcceptStatus(AppraisalPolicy policy, ImmutableArray<EvidenceField> fields)
    {
        string[] Named(string name) => fields.FirstOrDefault(field => field.Name == name)?.Value.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var statuses = Named("tcb_status").Where(status => status != "Revoked").Except(policy.TcbStatuses);
        return policy with { TcbStatuses = policy.TcbStatuses.AddRange(statuses), Advisories = [.. Named("advisory_ids")] };
    }

    /// <summary>Allows what this Evidence needs and nothing more: each name only where it makes a check pass that failed.</summary>
    static AppraisalPolicy Weaken(AppraisalPolicy policy, FormatSpec spec, string platform, ReadOnlySpan<byte> evidence, AppraisalContext context)
    {
        foreach (var name in spec.AllowNames)
        {
            var weaker = policy with { Allow = policy.Allow.Add(name) };
            if (Count(weaker, platform, evidence, context) < Count(policy, platform, evidence, context))
            {
                policy = weaker;
            }
        }

        return policy;
    }

    static int Count(AppraisalPolicy policy, string platform, ReadOnlySpan<byte> evidence, AppraisalContext context) =>
        EvidenceAppraiser.Appraise(platform, evidence, policy, context).Failures.Count();

    static ImmutableArray<string> Remark(AppraisalPolicy policy, AttestationResult result, FormatSpec spec)
    {
        var remarks = ImmutableArray.CreateBuilder<string>();
        remarks.Add("the values are what this Evidence shows; compare them with those of your build before you rely on them");
        if (!policy.Allow.IsEmpty)
        {
            remarks.Add("it allows " + string.Join(", ", policy.Allow) + ", without which this machine is refused; remove what you do not accept");
        }

        if (!policy.MaySkip.IsEmpty)
        {
            remarks.Add("it lets " + string.Join(", ", policy.MaySkip) + " go unmade; give what they need and remove them");
        }

        if (!policy.TcbStatuses.SequenceEqual(AppraisalPolicy.DefaultTcbStatuses) || !policy.Advisories.IsEmpty)
        {
            remarks.Add($"it accepts the TCB statuses {string.Join(", ", policy.TcbStatuses)} and the advisories {(policy.Advisories.IsEmpty ? "none" : string.Join(", ", policy.Advisories))}, which this platform has; read what they fix");
        }

        if (!policy.Floors.IsEmpty)
        {
            remarks.Add("the floors are this machine's versions of today; raise them when fixes appear");
        }

        if (spec.MachineField is not null)
        {
            remarks.Add("any machine of the manufacturer's is accepted; name yours in \"machines\" where it matters");
        }

        remarks.AddRange(result.Failures.Select(check => $"still refused: {check.Name} [{check.Code}]"));
        return remarks.ToImmutable();
    }

    static bool Measures(string value) => value.AsSpan().ContainsAnyExcept('0');
}
