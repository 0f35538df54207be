using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of AMD SEV-SNP reports.</summary>
static class SnpCases
{
    static readonly string[] s_authorities = ["anchor", "intermediate"];

    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "trust_anchor" => CertificateCases.TrustAnchor(item),
        "crl" => SnpRevocationListCases.Run(item),
        _ => Verify(item),
    };

    static CaseAnswer Verify(ConformanceCase item)
    {
        byte[] evidence = [.. item.File("report"), .. item.TryFile("table") ?? []];
        var endorsements = Endorsements(item);
        if (!SnpExtendedReport.TryParse(evidence, out var parsed))
        {
            var refused = SnpAppraiser.Appraise(evidence, Policy(parsed: null, SnpRoots.All), Context(item, new())).Checks.Select(check => check.Code);
            return new CaseAnswer("invalid", [.. refused], [new("expected.fail_at", string.Join(',', Stages(refused)), "steps that failed")]) { IsMalformed = true };
        }

        ImmutableArray<TrustAnchor> anchors = item.Anchor is { } own ? [own] : SnpRoots.All;

        // Published reports come without AMD's list of that day. Where a case brings a list, or asks for one, nothing may be skipped.
        var needsList = item.Roles.Contains("crl") || (item.Policy is { } stated && stated.TryGetProperty("require_crl", out var require) && require.GetBoolean());
        var lenient = Policy(parsed.Report, anchors) with { MaySkip = needsList ? [] : [PathCodes.RevocationListMissing] };
        var context = Context(item, endorsements);
        var result = SnpAppraiser.Appraise(parsed, lenient, context);
        var codes = result.Failures.Where(check => check.Kind == CheckKind.Authenticity).ToList();
        if (item.EndsAtRefusal && codes.Count > 0)
        {
            return CaseAnswer.Of(codes, []);
        }

        var fields = result.Claims?.Fields ?? parsed.Report.Fields;
        var answer = CaseAnswer.Of(codes, [.. fields, .. ExpectationNames.Compared.Any(name => item.Json.TryGetProperty(name, out _)) ? SnpKeyExtensions.Of(endorsements.Certificates) : [], new("expected.fail_at", string.Join(',', Stages(codes.Select(check => check.Code))), "steps that failed")]);
        if (item.Anchor is not null && !anchors.Any(SnpRoots.All.Contains) && SnpAppraiser.Appraise(parsed, Policy(parsed.Report, SnpRoots.All), context).Claims is not null)
        {
            return answer with { Outcome = "valid under AMD's root too", Codes = [] };
        }

        // A case that only asks for parsing has no certificate, and what cannot be verified must not be accepted.
        return answer with
        {
            Parsed = endorsements.Certificates.IsEmpty ? result.Claims is null : answer.Parsed,
            Policy = item.Policy is { } policy ? Apply(policy, parsed, lenient, context) : null,
            DefaultPolicy = item.Asks("default_policy") ? [.. SnpAppraiser.Appraise(parsed, Strict(lenient, parsed.Report), context).Failures.Select(check => check.Code)] : null,
        };
    }

    static ImmutableArray<string> Apply(JsonElement policy, SnpExtendedReport parsed, AppraisalPolicy lenient, AppraisalContext context)
    {
        var asked = new SnpCasePolicy(lenient, context);
        asked.Apply(policy, parsed.Report.Fields);
        return [.. SnpAppraiser.Appraise(parsed, asked.Policy, asked.Context).Failures.Select(check => check.Code)];
    }

    /// <summary>What a policy refuses that allows no weakness and leaves the privilege level open.</summary>
    static AppraisalPolicy Strict(AppraisalPolicy lenient, SnpReport report) => lenient with
    {
        Values = lenient.Values.Remove("vmpl").SetItem("measurement", [report.Measurement.ToString()]),
        Allow = [],
        DangerousAllowDebug = false,
    };

    /// <summary>The manifest's words for what a report can fail at.</summary>
    static IEnumerable<string> Stages(IEnumerable<string> codes) => codes.Select(code => code switch
    {
        SnpCodes.UnknownVersion => "version",
        SnpCodes.Signature or SnpCodes.SignatureAlgorithm or SnpCodes.NoEndorsementKey => "signature",
        SnpCodes.HardwareId => "hwid",
        SnpCodes.CertificateTcb => "tcb",
        SnpCodes.Malformed or SnpCodes.CertificateTable => "format",
        _ when code.StartsWith("AMN-X509-", StringComparison.Ordinal) => "chain",
        _ => "report",
    }).Distinct();

    /// <summary>
    /// A policy that the report meets by itself: its own measurement and privilege level, every weakness allowed. What a case's policy states
    /// replaces these one by one, so that its outcome shows just that.
    /// </summary>
    public static AppraisalPolicy Policy(SnpReport? parsed, ImmutableArray<TrustAnchor> anchors)
    {
        var values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);
        return new AppraisalPolicy
        {
            Platform = AttestationPlatform.Snp,
            TrustAnchor = anchors[0].KeyDigest,
            FurtherTrustAnchors = [.. anchors.Skip(1).Select(anchor => anchor.KeyDigest)],
            Values = parsed is null ? values : values.AddRange(parsed.Fields.Where(field => field.Name is "measurement" or "vmpl").Select(field => KeyValuePair.Create(field.Name, ImmutableArray.Create(field.Value)))),
            Allow = [SnpAllowance.Smt, SnpAllowance.MigrationAgent, SnpAllowance.Cxl, SnpAllowance.ProvisionalFirmware, SnpAllowance.NoAliasCheck, SnpAllowance.TrustedDevices, SnpAllowance.FewerMitigations],
            DangerousAllowDebug = true,
            MaySkip = [PathCodes.RevocationListMissing],
        };
    }

    /// <summary>Reports bind a value only their guest knows: an audit leaves it out where the case states none.</summary>
    static AppraisalContext Context(ConformanceCase item, Endorsements endorsements) => new() { Now = CaseTime.Of(item, endorsements), AtDocumentTime = true, Endorsements = endorsements, Cache = item.Cache };

    static Endorsements Endorsements(ConformanceCase item)
    {
        var certificates = item.Entries.Where(entry => entry.Role is not ("report" or "table" or "crl")).Select(entry => item.FileAt(entry.Path)).ToList();
        certificates.AddRange(s_authorities.Select(item.Named).OfType<string>().Select(item.FileAt));
        if (item.Named("chain") is { } chain)
        {
            certificates.AddRange(item.FilesUnder(chain).Select(item.FileAt));
        }

        return new Endorsements
        {
            Certificates = [.. certificates.SelectMany(CertificateFiles.Ders).Select(der => (ReadOnlyMemory<byte>)der)],
            RevocationLists = [.. item.Files("crl").SelectMany(CertificateFiles.Ders).Select(list => (ReadOnlyMemory<byte>)list)],
        };
    }
}
