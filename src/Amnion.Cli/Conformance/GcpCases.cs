using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of Google Cloud: claims of Confidential Space, and Evidence as text.</summary>
static class GcpCases
{
    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "raw_text_evidence" => ReadText(item),
        _ => AppraiseClaims(item),
    };

    static CaseAnswer AppraiseClaims(ConformanceCase item)
    {
        if (!GcpConfidentialSpaceClaims.TryParse(item.File("claims"), out var claims))
        {
            return new CaseAnswer("invalid", [GcpCodes.Malformed], []);
        }

        // Claims without a time to verify at are judged at the moment they were issued. The manifest names no audience, nonce or image, and calls claims of plain SEV
        // valid: the policy is the one that these claims were made for.
        var policy = new GcpConfidentialSpacePolicy { Audience = claims.Audience, Nonce = claims.Nonces.FirstOrDefault(string.Empty), Images = [claims.Find("submods.container.image_digest") ?? string.Empty], Allow = [GcpConfidentialSpacePolicy.AllowSev] };
        var failures = GcpConfidentialSpaceAppraiser.Appraise(claims, policy, item.VerifyAt ?? claims.IssuedAt).Where(check => check.Rejects).ToList();
        var outcome = failures.Count == 0 ? "valid" : failures.TrueForAll(check => check.Kind == CheckKind.Policy) ? "policy" : "invalid";
        return new CaseAnswer(outcome, [.. failures.Select(check => check.Code)], claims.Fields);
    }

    /// <summary>Every PEM block of every file, read by what its label says.</summary>
    static CaseAnswer ReadText(ConformanceCase item)
    {
        var fields = new List<EvidenceField>();
        var codes = ImmutableArray.CreateBuilder<string>();
        foreach (var (role, path) in item.Entries)
        {
            var rest = Encoding.Latin1.GetString(item.FileAt(path)).AsSpan();
            var blocks = 0;
            for (; PemEncoding.TryFind(rest, out var block); blocks++)
            {
                Read(rest[block.Label].ToString(), Convert.FromBase64String(rest[block.Base64Data].ToString()), fields, codes);
                rest = rest[block.Location.End..];
            }

            if (blocks == 0)
            {
                codes.Add($"{role} holds nothing");
            }
        }

        return new CaseAnswer(codes.Count == 0 ? "parse_only" : "invalid", codes.ToImmutable(), [.. fields]);
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
                    using (var key = RSA.Create())
                    {
                        key.ImportSubjectPublicKeyInfo(bytes, out _);
                    }

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
