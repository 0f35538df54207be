using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Attestation;

/// <summary>
/// Appraises a whole Evidence bundle: the platform's Evidence bound to keyset, nonce, purpose and register log, and the log's
/// preimages against the policy. Callers and the key broker both use it, so that what one accepts the other does.
/// </summary>
public static class BundleAppraiser
{
    const string Source = "Amnion evidence bundle specification";

    static readonly CheckRule s_purpose = new(BundleCodes.Purpose, "keyset has the purpose asked for", Source + " §3", CheckKind.Policy);
    static readonly CheckRule s_logHead = new(BundleCodes.LogHead, "keyset cites this register log", Source + " §3");
    static readonly CheckRule s_logPlan = new(BundleCodes.LogPlan, "register log follows the plan", Source + " §4");
    static readonly CheckRule s_registers = new(BundleCodes.Registers, "registers 16 to 23 are locked and equal the log", Source + " §4");
    static readonly CheckRule s_preimages = new(BundleCodes.Preimages, "preimages hash to the log", Source + " §4");
    static readonly CheckRule s_model = new(BundleCodes.Model, "model is one the policy names", Source + " §5", CheckKind.Policy);
    static readonly CheckRule s_guard = new(BundleCodes.Guard, "guard policy is one the policy names", Source + " §5", CheckKind.Policy);
    static readonly CheckRule s_engine = new(BundleCodes.Engine, "engine configuration is one the policy names", Source + " §5", CheckKind.Policy);
    static readonly CheckRule s_release = new(BundleCodes.Release, "release is recent enough", Source + " §5", CheckKind.Policy);
    static readonly CheckRule s_suites = new(BundleCodes.Suites, "keyset offers measured suites and one of the policy's", Source + " §5", CheckKind.Policy);
    static readonly CheckRule s_time = new(BundleCodes.KeysetTime, "keyset is valid at the Evidence's time", Source + " §3");
    static readonly CheckRule s_egress = new(BundleCodes.Egress, "egress schema is the known one", Source + " §5");

    /// <summary>Appraises; a negative answer is data, never an exception.</summary>
    /// <param name="bundle">As parsed from the enclave's answer.</param>
    /// <param name="policy">The relying party's policy.</param>
    /// <param name="nonce">The relying party's own single-use nonce; in an audit, the nonce that was used then.</param>
    /// <param name="purpose">What the relying party asked for.</param>
    /// <param name="now">The relying party's time.</param>
    /// <param name="atDocumentTime">Audit: freshness is not checked, and the result says so.</param>
    /// <param name="cache">Certificate signatures verified before, kept by a relying party that appraises often; null verifies all of them.</param>
    /// <param name="revocationLists">DER revocation lists, each used for the certificates whose issuer it names.</param>
    public static AttestationResult Appraise(
        EvidenceBundle bundle,
        AppraisalPolicy policy,
        ReadOnlySpan<byte> nonce,
        Purpose purpose,
        DateTimeOffset now,
        bool atDocumentTime = false,
        AppraisalCache? cache = null,
        ImmutableArray<ReadOnlyMemory<byte>> revocationLists = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(policy);
        var head = bundle.RegisterLog.ComputeHead();
        var binding = EvidenceBinding.Compute(purpose, bundle.Keyset.ComputeDigest(), nonce, head);
        var evidence = EvidenceAppraiser.Appraise(bundle.Platform, bundle.Evidence.AsSpan(), policy, new AppraisalContext
        {
            Nonce = nonce.ToArray(),
            ExpectedUserData = binding,
            Now = now,
            AtDocumentTime = atDocumentTime,
            Cache = cache,
            Endorsements = new Endorsements { RevocationLists = revocationLists.IsDefault ? [] : revocationLists },
        });
        if (evidence.Verdict is AttestationVerdict.Malformed or AttestationVerdict.Unsupported)
        {
            return evidence;
        }

        var checks = new CheckList();
        checks.AddRange(evidence.Checks);
        checks.Add(s_purpose, bundle.Keyset.Purpose == purpose, purpose.ToString(), bundle.Keyset.Purpose.ToString());
        checks.Add(s_logHead, bundle.Keyset.LogHead == head, head.ToString(), bundle.Keyset.LogHead.ToString());
        CheckLog(bundle, evidence.Claims, checks);
        CheckContent(bundle, policy, checks);
        CheckTime(bundle.Keyset, evidence.Claims, checks);
        return AttestationResult.FromChecks(policy.Platform, atDocumentTime, checks.ToImmutable(), evidence.Claims);
    }

    static void CheckLog(EvidenceBundle bundle, AttestationClaims? claims, CheckList checks)
    {
        var problems = new List<string>();
        var events = bundle.RegisterLog.Events;
        foreach (var entry in events)
        {
            if (!RegisterLog.Plan.TryGetValue(entry.Name, out var register) || register != entry.Register)
            {
                problems.Add($"an event in register {entry.Register} is not in the plan");
            }
        }

        problems.AddRange(RegisterLog.Plan.Keys.Order(StringComparer.Ordinal).Where(name => events.Count(entry => entry.Name == name) != 1).Select(name => $"{name} does not stand exactly once"));
        checks.Add(s_logPlan, problems, "every planned event once, in its register");

        if (claims is null)
        {
            checks.Add(s_registers, CheckOutcome.Skip, "locked and equal to the log", "the Evidence is not authentic");
        }
        else
        {
            var wrong = bundle.RegisterLog.Replay().OrderBy(pair => pair.Key)
                .Where(pair => !claims.Registers.TryGetValue(pair.Key, out var actual) || !actual.Bytes.Span.SequenceEqual(pair.Value.AsSpan()))
                .Select(pair => claims.Registers.ContainsKey(pair.Key) ? $"register {pair.Key} differs" : $"register {pair.Key} is not locked").ToList();
            checks.Add(s_registers, wrong, "locked and equal to the log");
        }

        var missing = events.Where(entry => !bundle.Preimages.TryGetValue(entry.Name, out var preimage) || Digest.Sha384(preimage.AsSpan()) != entry.Digest)
            .Select(entry => $"register {entry.Register}'s preimage is missing or differs").ToList();
        if (bundle.Preimages.Count != events.Length)
        {
            missing.Add("there are other preimages than events");
        }

        checks.Add(s_preimages, missing, "each register's preimage");
    }

    static void CheckContent(EvidenceBundle bundle, AppraisalPolicy policy, CheckList checks)
    {
        var model = DigestOf(bundle, RegisterLog.ModelManifest);
        checks.Add(s_model, model == bundle.Keyset.Model && policy.Model.Any(allowed => Same(allowed, model)), List(policy.Model), model.ToString());

        var engine = DigestOf(bundle, RegisterLog.EngineConfiguration);
        if (policy.Engine.IsEmpty)
        {
            checks.Add(s_engine, CheckOutcome.Skip, "the policy names none", engine.ToString(), required: false);
        }
        else
        {
            checks.Add(s_engine, policy.Engine.Any(allowed => Same(allowed, engine)), List(policy.Engine), engine.ToString());
        }

        var guard = DigestOf(bundle, RegisterLog.GuardPolicy);
        if (policy.Guard.IsEmpty)
        {
            checks.Add(s_guard, CheckOutcome.Skip, "the policy names none", guard.ToString(), required: false);
        }
        else
        {
            checks.Add(s_guard, policy.Guard.Any(allowed => Same(allowed, guard)), List(policy.Guard), guard.ToString());
        }

        var release = Read(bundle, RegisterLog.ReleaseVersion, static json => ReleaseVersion.Parse(json));
        if (policy.Release is { } floor)
        {
            checks.Add(s_release, release is not null && release.Channel == floor.Channel && release.Version >= floor.Minimum, $"{floor.Channel} {floor.Minimum} or later", release is null ? "unreadable" : $"{release.Channel} {release.Version}");
        }
        else
        {
            checks.Add(s_release, CheckOutcome.Skip, "the policy sets no floor", release is null ? "unreadable" : $"{release.Channel} {release.Version}", required: false);
        }

        var measured = Read(bundle, RegisterLog.SuitePolicy, static json => SuitePolicy.Parse(json));
        var offered = bundle.Keyset.Sealing.SelectMany(key => key.Suites).ToArray();
        checks.Add(
            s_suites,
            measured is not null && offered.All(measured.Offered.Contains) && offered.Any(policy.Suites.Contains),
            $"one of {string.Join(", ", policy.Suites)}",
            string.Join(", ", offered));

        checks.Add(s_egress, DigestOf(bundle, RegisterLog.EgressSchema) == Digest.Sha384(EgressSchema.ToJson()), Digest.Sha384(EgressSchema.ToJson()).ToString(), DigestOf(bundle, RegisterLog.EgressSchema).ToString());
    }

    static void CheckTime(Keyset keyset, AttestationClaims? claims, CheckList checks)
    {
        if (claims?.IssuedAt is not { } time)
        {
            checks.Add(s_time, CheckOutcome.Skip, "Evidence time within the keyset's validity", claims is null ? "the Evidence is not authentic" : "the Evidence states no time");
            return;
        }

        var issued = time.ToUnixTimeMilliseconds();
        checks.Add(s_time, issued >= keyset.NotBefore && issued < keyset.NotAfter, $"{keyset.NotBefore} to {keyset.NotAfter}", $"{issued}");
    }

    static Digest DigestOf(EvidenceBundle bundle, string name) => bundle.RegisterLog.Events.FirstOrDefault(entry => entry.Name == name)?.Digest ?? default;

    static bool Same(Measurement allowed, Digest actual) => !actual.IsEmpty && allowed.Bytes.Span.SequenceEqual(actual.Bytes);

    static string List(IEnumerable<Measurement> allowed) => string.Join(" or ", allowed.Select(value => "sha384:" + value));

    static T? Read<T>(EvidenceBundle bundle, string name, Func<byte[], T> parse)
        where T : class
    {
        try
        {
            return bundle.Preimages.TryGetValue(name, out var preimage) ? parse([.. preimage]) : null;
        }
        catch (RecordFormatException)
        {
            return null;
        }
    }
}
