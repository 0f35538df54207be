using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.ReferenceValues;
using Amnion.Attestation.Sigstore;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of signed provenance: "tinfoil_sigstore".</summary>
static class TinfoilSigstoreCases
{
    /// <summary>Ours in the upstream's words. Codes of a chain, shared by all formats, are its "FULCIO_CHAIN_INVALID".</summary>
    static readonly Dictionary<string, string> s_codes = new(StringComparer.Ordinal)
    {
        [SigstoreCodes.TrustedRootMalformed] = "TRUST_ROOT_INVALID",
        [SigstoreCodes.BundleMalformed] = "BUNDLE_MALFORMED",
        [SigstoreCodes.StatementMalformed] = "BUNDLE_MALFORMED",
        [SigstoreCodes.CertificateMalformed] = "BUNDLE_MALFORMED",
        [SigstoreCodes.SignatureCount] = "BUNDLE_MALFORMED",
        [SigstoreCodes.RootInBundle] = "BUNDLE_MALFORMED",
        [SigstoreCodes.SignerKind] = "BUNDLE_MALFORMED",
        [SigstoreCodes.MessageDigest] = "BUNDLE_MALFORMED",
        [SigstoreCodes.UnsupportedKey] = "REKOR_KEY_NOT_TRUSTED",
        [SigstoreCodes.Signature] = "DSSE_SIGNATURE_INVALID",
        [SigstoreCodes.NoAuthority] = "FULCIO_CHAIN_INVALID",
        [SigstoreCodes.CodeSigning] = "FULCIO_CHAIN_INVALID",
        [SigstoreCodes.SubjectName] = "FULCIO_CHAIN_INVALID",
        [SigstoreCodes.CertificateTime] = "CERT_EXPIRED",
        [SigstoreCodes.SctMalformed] = "SCT_INSUFFICIENT",
        [SigstoreCodes.SctDuplicateLog] = "SCT_DUPLICATE_LOG",
        [SigstoreCodes.SctSignature] = "SCT_INSUFFICIENT",
        [SigstoreCodes.SctCount] = "SCT_INSUFFICIENT",
        [SigstoreCodes.LogEntryCount] = "TLOG_COUNT_OUT_OF_RANGE",
        [SigstoreCodes.LogEntryTwice] = "TLOG_COUNT_OUT_OF_RANGE",
        [SigstoreCodes.LogUnknown] = "REKOR_KEY_NOT_TRUSTED",
        [SigstoreCodes.InclusionMissing] = "REKOR_INCLUSION_INVALID",
        [SigstoreCodes.InclusionProof] = "REKOR_INCLUSION_INVALID",
        [SigstoreCodes.CheckpointMalformed] = "REKOR_INCLUSION_INVALID",
        [SigstoreCodes.CheckpointRoot] = "CHECKPOINT_ROOT_MISMATCH",
        [SigstoreCodes.CheckpointSignature] = "REKOR_INCLUSION_INVALID",
        [SigstoreCodes.InclusionPromise] = "REKOR_INCLUSION_INVALID",
        [SigstoreCodes.EntryBody] = "REKOR_INCLUSION_INVALID",
        [SigstoreCodes.TimestampMalformed] = "OBSERVER_TIMESTAMP_INSUFFICIENT",
        [SigstoreCodes.TimestampImprint] = "OBSERVER_TIMESTAMP_INSUFFICIENT",
        [SigstoreCodes.TimestampAuthority] = "OBSERVER_TIMESTAMP_INSUFFICIENT",
        [SigstoreCodes.TimestampSignature] = "OBSERVER_TIMESTAMP_INSUFFICIENT",
        [SigstoreCodes.ObserverTimestamps] = "OBSERVER_TIMESTAMP_INSUFFICIENT",
        [SigstoreCodes.TimeInFuture] = "OBSERVER_TIMESTAMP_INSUFFICIENT",
        [SigstoreCodes.PolicyNamesNoSigner] = "OIDC_ISSUER_MISMATCH",
        [SigstoreCodes.Issuer] = "OIDC_ISSUER_MISMATCH",
        [SigstoreCodes.Signer] = "WORKFLOW_REPOSITORY_MISMATCH",
        [SigstoreCodes.WorkflowRepository] = "WORKFLOW_REPOSITORY_MISMATCH",
        [SigstoreCodes.WorkflowRef] = "WORKFLOW_REF_PREFIX_MISMATCH",
        [SigstoreCodes.PayloadType] = "PAYLOAD_TYPE_MISMATCH",
        [SigstoreCodes.StatementType] = "IN_TOTO_STATEMENT_TYPE_NOT_ALLOWED",
        [SigstoreCodes.PredicateType] = "PREDICATE_TYPE_NOT_ALLOWED",
        [SigstoreCodes.SubjectMissing] = "SUBJECT_MISSING",
        [SigstoreCodes.SubjectDigest] = "SUBJECT_DIGEST_MISMATCH",
        [ReferenceValueCodes.PredicateMalformed] = "PREDICATE_MEASUREMENT_INVALID",
    };

    /// <summary>The upstream names one code; this is the order of its checks.</summary>
    static readonly string[] s_order =
    [
        "TRUST_ROOT_INVALID", "BUNDLE_MALFORMED", "FULCIO_CHAIN_INVALID", "CERT_EXPIRED", "SCT_DUPLICATE_LOG", "SCT_INSUFFICIENT", "TLOG_COUNT_OUT_OF_RANGE",
        "DSSE_SIGNATURE_INVALID", "REKOR_KEY_NOT_TRUSTED", "CHECKPOINT_ROOT_MISMATCH", "REKOR_INCLUSION_INVALID", "OBSERVER_TIMESTAMP_INSUFFICIENT",
        "OIDC_ISSUER_MISMATCH", "WORKFLOW_REPOSITORY_MISMATCH", "WORKFLOW_REF_PREFIX_MISMATCH", "PAYLOAD_TYPE_MISMATCH", "IN_TOTO_STATEMENT_TYPE_NOT_ALLOWED",
        "PREDICATE_TYPE_NOT_ALLOWED", "SUBJECT_MISSING", "SUBJECT_DIGEST_MISMATCH", "PREDICATE_MEASUREMENT_INVALID",
    ];

    /// <summary>Members of the upstream's policy.</summary>
    static readonly string[] s_policy =
        ["oidc_issuer", "workflow_ref_prefix", "payload_type", "predicate_types_allowed", "in_toto_statement_types_allowed", "tlog_entries_min", "tlog_entries_max", "sct_min", "observer_timestamps_min"];

    public static CaseAnswer Run(ConformanceCase item)
    {
        using var input = JsonDocument.Parse(item.File("input"));
        return TinfoilExpectation.Answer(item, Verify(input.RootElement, Time(input.RootElement), out _));
    }

    /// <summary>The case's time; without one everything lies in the future, which rejects.</summary>
    public static DateTimeOffset Time(JsonElement input) =>
        input.TryGetProperty("verification_time_unix", out var time) ? DateTimeOffset.FromUnixTimeSeconds(time.GetInt64()) : DateTimeOffset.UnixEpoch;

    /// <summary>Verifies the block of a case; also part of the whole flow.</summary>
    /// <param name="measurement">What the statement measures; null unless accepted.</param>
    public static TinfoilVerdict Verify(JsonElement input, DateTimeOffset now, out MeasurementSet? measurement)
    {
        // What is no base64 encodes nothing, which is for the verifier to refuse.
        var bundle = input.GetProperty("bundle_b64").TryGetBytesFromBase64(out var given) ? given : [];
        var root = input.GetProperty("trust_root_b64").TryGetBytesFromBase64(out var trusted) ? trusted : [];
        var result = SigstoreVerifier.Verify(bundle, root, ReadPolicy(input), new SigstoreContext { Now = now });
        var failures = result.Failures.ToList();
        measurement = null;
        if (result.Statement is { } statement)
        {
            measurement = MeasurementPredicate.Read(statement.PredicateType, statement.Predicate.Span, out var checks);
            failures.AddRange(checks.Where(check => check.Rejects));
        }

        measurement = failures.Count == 0 ? measurement : null;
        return new TinfoilVerdict([.. failures.Select(check => check.Code)], TinfoilVerdict.First(Translate(failures), s_order), [.. result.Fields, .. TinfoilMeasurements.Describe("measurement", measurement)]);
    }

    static IEnumerable<string> Translate(List<AttestationCheck> failures)
    {
        // A check that could not be made follows from one that failed; the upstream names the cause. An expired leaf fails in the chain too, where the upstream means expired authorities by a bad chain.
        var expired = failures.Exists(check => check.Code == SigstoreCodes.CertificateTime);
        return failures
            .Where(check => check.Outcome == CheckOutcome.Fail || !failures.Exists(other => other.Outcome == CheckOutcome.Fail))
            .Where(check => !expired || check.Code is not (PathCodes.Expired or PathCodes.NotYetValid))
            .Select(check => s_codes.GetValueOrDefault(check.Code) ?? "FULCIO_CHAIN_INVALID");
    }

    static SigstorePolicy ReadPolicy(JsonElement input)
    {
        var policy = input.GetProperty("policy");
        foreach (var member in policy.EnumerateObject().Where(member => !s_policy.Contains(member.Name)))
        {
            throw new FormatException($"nobody reads the policy member \"{member.Name}\"");
        }

        return new SigstorePolicy
        {
            Issuer = Text(policy, "oidc_issuer"),
            WorkflowRepository = input.GetProperty("repo").GetString(),
            WorkflowRefPrefix = Text(policy, "workflow_ref_prefix"),
            PayloadType = Text(policy, "payload_type") ?? SigstorePolicy.InTotoPayload,
            PredicateTypes = List(policy, "predicate_types_allowed"),
            StatementTypes = List(policy, "in_toto_statement_types_allowed"),
            LogEntriesMin = Number(policy, "tlog_entries_min") ?? 1,
            LogEntriesMax = Number(policy, "tlog_entries_max"),
            SctMin = Number(policy, "sct_min") ?? 1,
            ObserverTimestampsMin = Number(policy, "observer_timestamps_min") ?? 1,
            SubjectDigest = Measurement.FromHex(input.GetProperty("expected_digest_sha256_hex").GetString()),
        };
    }

    /// <summary>null, and a member that is not there, mean "any"; an empty list means none.</summary>
    static ImmutableArray<string>? List(JsonElement policy, string name) =>
        policy.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(entry => entry.GetString()!)] : null;

    static string? Text(JsonElement policy, string name) => policy.TryGetProperty(name, out var text) ? text.GetString() : null;

    static int? Number(JsonElement policy, string name) => policy.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetInt32() : null;
}
