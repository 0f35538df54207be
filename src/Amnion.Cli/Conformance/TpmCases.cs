using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Tpm;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of TPM 2.0 quotes.</summary>
static class TpmCases
{
    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "trust_anchor" => CertificateCases.TrustAnchor(item),
        "tpms_attest_only" => Parse(item),
        _ => Verify(item),
    };

    /// <summary>Lists of numbers one by one, as the manifest has them.</summary>
    public static ImmutableArray<EvidenceField> Expand(IEnumerable<EvidenceField> fields) =>
    [
        .. fields.SelectMany(field => field.Name.EndsWith(".pcrs", StringComparison.Ordinal)
            ? field.Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select((value, index) => field with { Name = string.Create(CultureInfo.InvariantCulture, $"{field.Name}.{index}"), Value = value }).Prepend(field)
            : [field]),
    ];

    /// <summary>What a case's policy asks of a quote besides values: nonce and selection, which the verifier compares.</summary>
    public static readonly string[] Handled = ["nonce", "required_pcrs"];

    /// <summary>The nonce of a case's policy; null where it has none.</summary>
    public static ReadOnlyMemory<byte>? Nonce(JsonElement policy) => policy.TryGetProperty("nonce", out var nonce) ? Convert.FromHexString(nonce.GetString()!) : (ReadOnlyMemory<byte>?)null;

    /// <summary>The registers of a case's policy, exactly; null where it has none.</summary>
    public static ImmutableSortedSet<int>? Registers(JsonElement policy) => policy.TryGetProperty("required_pcrs", out var required) ? [.. required.EnumerateArray().Select(index => index.GetInt32())] : null;

    static CaseAnswer Parse(ConformanceCase item)
    {
        if (!TpmQuote.TryParse(item.File("message"), out var quote))
        {
            return CaseAnswer.Malformed(TpmCodes.Malformed);
        }

        var fields = Expand(quote.Fields);
        return new CaseAnswer("parse_only", [], fields) { Parsed = true, Policy = item.Policy is { } policy ? Apply(policy, [], fields) : null };
    }

    static CaseAnswer Verify(ConformanceCase item)
    {
        var evidence = item.TryFile("evidence") is { } container ? TpmEvidence.Parse(container) : FromFiles(item);
        var certificates = item.Files("ak_certificate", "ak_cert", "chain", "intermediate").Concat(item.Named("intermediate") is { } path ? [item.FileAt(path)] : []).SelectMany(CertificateFiles.Ders).Select(der => (ReadOnlyMemory<byte>)der).ToImmutableArray();
        var lists = item.Files("crl").SelectMany(CertificateFiles.Ders).Select(list => (ReadOnlyMemory<byte>)list).ToImmutableArray();

        // The platform attestation of go-attestation is old Evidence: the manifest calls it valid and says that a policy should refuse its SHA-1, which
        // this library does unless it is told otherwise. Nowhere else is it told.
        var sha1 = item.Kind == "platform_attestation_json";
        var anchors = Anchors(item);
        var verification = new TpmVerification
        {
            Anchors = anchors,
            At = CaseTime.Of(item, new Endorsements { Certificates = evidence.Certificates.AddRange(certificates), RevocationLists = lists }),
            DangerousAllowSha1 = sha1,
            Certificates = certificates,
            RevocationLists = lists,
            Cache = item.Cache,

            // Containers bring their own key and no root beside them; what the manifest calls valid is the signature by that key. With a key or a root in the
            // case nothing is skipped.
            MaySkip = anchors.IsEmpty ? [TpmCodes.Provenance] : [],
        };
        var checks = TpmVerifier.Verify(evidence, verification).AddRange(ReplayLog(evidence, sha1));
        var fields = Expand(TpmAppraiser.Fields(evidence));
        var answer = CaseAnswer.Of(checks, fields);
        if (!SameEndorsementKey(item))
        {
            answer = answer with { Outcome = "invalid", Codes = answer.Codes.Add("the files of the endorsement key differ") };
        }

        return answer with
        {
            WaivesProvenance = anchors.IsEmpty,
            Policy = item.Policy is { } policy ? Apply(policy, TpmVerifier.Verify(evidence, verification with { Nonce = Nonce(policy), Registers = Registers(policy) }), fields, answer.Codes) : null,
        };
    }

    /// <summary>What the policy refuses beyond what the verifier refuses without it.</summary>
    static ImmutableArray<string> Apply(JsonElement policy, ImmutableArray<AttestationCheck> checks, ImmutableArray<EvidenceField> fields, params IReadOnlyCollection<string> before) =>
        [.. checks.Where(check => check.Rejects).Select(check => check.Code).Except(before).Concat(new CasePolicy(fields).Failures(policy, Handled))];

    static TpmEvidence FromFiles(ConformanceCase item)
    {
        var key = item.TryFile("ak") ?? CertificateFiles.Ders(First(item, "akpub", "ak_public"))[0];
        return TpmEvidence.FromFiles(First(item, "message", "quote"), First(item, "signature", "quotesig"), First(item, "pcrs", "quotepcr"), key);
    }

    static byte[] First(ConformanceCase item, string one, string other) => item.TryFile(one) ?? item.File(other);

    /// <summary>The case's own root, or the key that it names beside the Evidence; none for a container.</summary>
    static ImmutableArray<Measurement> Anchors(ConformanceCase item)
    {
        if (item.Anchor is { } own)
        {
            return [own.KeyDigest];
        }

        var key = item.TryFile("akpub") ?? item.TryFile("ak_public");
        return key is null ? [] : [new Measurement(SHA256.HashData(CertificateFiles.Ders(key)[0]))];
    }

    static ImmutableArray<AttestationCheck> ReplayLog(TpmEvidence evidence, bool sha1)
    {
        if (evidence.EventLog is not { } log || TpmVerifier.Select(evidence, sha1) is not { } selected)
        {
            return [];
        }

        return EventLogVerifier.Verify(EventLog.Parse(log.Span), selected.Values.Algorithm, selected.Values.Values);
    }

    /// <summary>The endorsement key in both forms that the case may have.</summary>
    static bool SameEndorsementKey(ConformanceCase item) =>
        item.TryFile("ek") is not { } area || item.TryFile("ekpub") is not { } pem || TpmPublic.Parse(area).SubjectPublicKeyInfo.Span.SequenceEqual(CertificateFiles.Ders(pem)[0]);
}
