using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of Google Cloud: claims of Confidential Space, and Evidence as text.</summary>
static class GcpCases
{
    /// <summary>Members of a policy that the appraiser is told of.</summary>
    static readonly string[] s_debug = ["permit_debug", "allow_debug"];

    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "raw_text_evidence" => ReadText(item),
        _ => AppraiseClaims(item),
    };

    static CaseAnswer AppraiseClaims(ConformanceCase item)
    {
        if (!GcpConfidentialSpaceClaims.TryParse(item.File("claims"), out var claims))
        {
            return CaseAnswer.Malformed(GcpCodes.Malformed);
        }

        // Claims without a time to verify at are judged at the moment they were issued. The manifest names no audience, nonce or image, and calls claims of plain SEV
        // valid: the policy is the one that these claims were made for. What a case's own policy names is compared besides.
        var policy = new GcpConfidentialSpacePolicy
        {
            Audience = claims.Audience,
            Nonce = claims.Nonces.FirstOrDefault(string.Empty),
            Images = [claims.Find("submods.container.image_digest") ?? string.Empty],
            Allow = [GcpConfidentialSpacePolicy.AllowSev],
            DangerousAllowDebug = s_debug.Any(name => item.Policy is { } own && own.TryGetProperty(name, out var allowed) && allowed.GetBoolean()),
        };
        var failures = GcpConfidentialSpaceAppraiser.Appraise(claims, policy, item.VerifyAt ?? claims.IssuedAt).Where(check => check.Rejects).ToList();
        var refused = item.Policy is { } stated ? new CasePolicy(claims.Fields, "submods.container.", "submods.confidential_space.", "submods.gce.", "eat_").Failures(stated, s_debug) : [];
        var outcome = !failures.TrueForAll(check => check.Kind == CheckKind.Policy) ? "invalid" : failures.Count > 0 || (refused.Count > 0 && !item.Asks("policy_outcome")) ? "policy" : "valid";
        return new CaseAnswer(outcome, [.. failures.Select(check => check.Code).Concat(refused)], claims.Fields) { Parsed = true, IsUnsigned = true, Policy = item.Policy is null ? null : [.. refused] };
    }

    /// <summary>Every PEM block of every file, read by what its label says.</summary>
    static CaseAnswer ReadText(ConformanceCase item)
    {
        var fields = new List<EvidenceField>();
        var codes = ImmutableArray.CreateBuilder<string>();
        foreach (var (role, path) in item.Entries)
        {
            var blocks = CertificateFiles.Blocks(item.FileAt(path));
            foreach (var (label, content) in blocks)
            {
                Read(label, content, fields, codes);
            }

            if (blocks.Count == 0)
            {
                codes.Add($"{role} holds nothing");
            }
        }

        return new CaseAnswer(codes.Count == 0 ? "parse_only" : "invalid", codes.ToImmutable(), [.. fields]) { Policy = item.Policy is { } policy ? [.. new CasePolicy(fields).Failures(policy)] : null };
    }

    static void Read(string label, byte[] bytes, List<EvidenceField> fields, ImmutableArray<string>.Builder codes)
    {
        try
        {
            switch (label)
            {
                case "CERTIFICATE":
                    _ = TrustAnchor.FromCertificate(bytes);
                    break;
                case "X509 CRL":
                    _ = CertificateRevocationListBuilder.Load(bytes, out _);
                    break;
                case "PUBLIC KEY":
                    _ = PublicKey.CreateFromSubjectPublicKeyInfo(bytes, out _);
                    break;
                case "REPORT":
                    fields.AddRange(SnpReport.Parse(bytes).Fields);
                    break;
                case "LOG":
                    fields.AddRange(EventLog.Parse(bytes).Fields);
                    break;
                default:
                    codes.Add("nobody reads " + label);
                    break;
            }
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            codes.Add(exception.Message);
        }
    }
}
