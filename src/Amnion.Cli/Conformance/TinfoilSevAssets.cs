using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>Files that Tinfoil's cases were made from: a bundle as its service hands it out, and certificates of a private authority. All must be readable, and the bundle authentic.</summary>
static class TinfoilSevAssets
{
    const string Outcome = "see expected.json";

    public static CaseAnswer Run(ConformanceCase item)
    {
        foreach (var (_, path) in item.Entries)
        {
            if (!path.EndsWith(".json", StringComparison.Ordinal))
            {
                _ = CertificateFiles.Ders(item.FileAt(path)).Select(der => TrustAnchor.FromCertificate(der)).ToList();
            }
            else if (Rejects(item.FileAt(path)) is { Count: > 0 } codes)
            {
                return new CaseAnswer("invalid", [.. codes], []);
            }
        }

        return new CaseAnswer(item.Entries.Count > 0 ? Outcome : "invalid");
    }

    static List<string> Rejects(byte[] bundle)
    {
        using var json = JsonDocument.Parse(bundle);
        var packed = json.RootElement.GetProperty("enclaveAttestationReport").GetProperty("body").GetBytesFromBase64();
        var vcek = json.RootElement.GetProperty("vcek").GetBytesFromBase64();
        if (TinfoilSevCases.TryUnpack(packed) is not { } evidence || !SnpReport.TryParse(evidence, out var report))
        {
            return [SnpCodes.Malformed];
        }

        // The bundle states no time; that its certificates belong together does not depend on one, so any within the chip's certificate will do.
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(vcek);
        var checks = SnpVerifier.Verify(report, new SnpVerification
        {
            Anchors = SnpRoots.All,
            At = certificate.NotBefore,
            Endorsements = new Endorsements { Certificates = [vcek] },
            MaySkip = [PathCodes.RevocationListMissing],
        });
        return [.. checks.Where(check => check.Rejects).Select(check => check.Code)];
    }
}
