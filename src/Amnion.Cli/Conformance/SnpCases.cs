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
            return new CaseAnswer("invalid", [.. SnpAppraiser.Appraise(evidence, Policy(parsed: null, SnpRoots.All), Context(item, new())).Checks.Select(check => check.Code)], []);
        }

        ImmutableArray<TrustAnchor> anchors = item.Json.TryGetProperty("anchor", out var own) ? [TrustAnchor.FromCertificate(item.FileAt(own.GetString()!))] : SnpRoots.All;
        var stated = item.Json.TryGetProperty("policy", out var policy) ? policy : default;

        // Published reports come without AMD's list of that day. Where a case brings a list, or asks for one, nothing may be skipped.
        var needsList = !endorsements.RevocationLists.IsEmpty || (stated.ValueKind == JsonValueKind.Object && stated.TryGetProperty("require_crl", out var require) && require.GetBoolean());
        var asked = new SnpCasePolicy(Policy(parsed.Report, anchors) with { MaySkip = needsList ? [] : [PathCodes.RevocationListMissing] }, Context(item, endorsements));
        if (stated.ValueKind == JsonValueKind.Object)
        {
            asked.Apply(stated, parsed.Report.Fields);
        }

        var result = SnpAppraiser.Appraise(parsed, asked.Policy, asked.Context);
        var codes = result.Failures.Select(check => check.Code).ToList();
        if (own.ValueKind == JsonValueKind.String && SnpAppraiser.Appraise(parsed, Policy(parsed.Report, SnpRoots.All), asked.Context).Claims is not null)
        {
            codes.Add("accepted under the production root too");
        }

        return new CaseAnswer(Outcome(item, result, endorsements), [.. codes], Fields(parsed.Report, result, stated));
    }

    /// <summary>
    /// Whether the report is authentic; the policy's own result is a field. A case that only asks for parsing has no certificate, and what
    /// cannot be verified must not be accepted: that is checked before its word is given back.
    /// </summary>
    static string Outcome(ConformanceCase item, AttestationResult result, Endorsements endorsements)
    {
        if (item.Expected == "parse_only" && endorsements.Certificates.IsEmpty)
        {
            return result.Claims is null ? "parse_only" : "valid";
        }

        var revoked = result.Failures.Any(check => check.Code is PathCodes.RevokedByIssuer or PathCodes.Revoked);
        return result.Claims is not null ? "valid" : revoked ? "revoked" : "invalid";
    }

    static ImmutableArray<EvidenceField> Fields(SnpReport report, AttestationResult result, JsonElement policy)
    {
        var fields = result.Claims?.Fields ?? report.Fields;
        return policy.ValueKind == JsonValueKind.Object ? fields.Add(new EvidenceField("expected.policy_outcome", result.Accepted ? "valid" : "invalid", "Result under the case's policy")) : fields;
    }

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
    static AppraisalContext Context(ConformanceCase item, Endorsements endorsements) => new() { Now = item.VerifyAt ?? DateTimeOffset.UnixEpoch, AtDocumentTime = true, Endorsements = endorsements, Cache = item.Cache };

    static Endorsements Endorsements(ConformanceCase item)
    {
        var certificates = item.Entries.Where(entry => entry.Role is not ("report" or "table" or "crl")).Select(entry => item.FileAt(entry.Path)).ToList();
        foreach (var name in s_authorities)
        {
            if (item.Json.TryGetProperty(name, out var path))
            {
                certificates.Add(item.FileAt(path.GetString()!));
            }
        }

        if (item.Json.TryGetProperty("chain", out var chain) && chain.ValueKind == JsonValueKind.String)
        {
            certificates.AddRange(item.FilesUnder(chain.GetString()!).Select(item.FileAt));
        }

        return new Endorsements
        {
            Certificates = [.. certificates.SelectMany(CertificateFiles.Ders).Select(der => (ReadOnlyMemory<byte>)der)],
            RevocationLists = [.. item.Files("crl").Select(list => (ReadOnlyMemory<byte>)list)],
        };
    }
}
