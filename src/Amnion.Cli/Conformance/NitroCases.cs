using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;

namespace Amnion.Cli.Conformance;

/// <summary>Cases of AWS Nitro documents.</summary>
static class NitroCases
{
    /// <summary>The start of every document: array of four, protected header {1: -35}. Servers put documents into certificates as hexadecimal DNS names.</summary>
    const string EmbeddedPrefix = "8444a1013822";

    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "trust_anchor" => CertificateCases.TrustAnchor(item),
        "trust_anchor_negative" => RejectsAnchors(item),
        "attestation_document_in_tls_certificate" => ReadsEmbedded(item),
        _ => Verify(item),
    };

    static CaseAnswer Verify(ConformanceCase item)
    {
        var evidence = item.File("evidence");
        if (!NitroDocument.TryParse(evidence, out var document))
        {
            return new CaseAnswer("invalid", [NitroCodes.Malformed], []);
        }

        var anchor = item.Json.TryGetProperty("anchor", out var own) ? TrustAnchor.FromCertificate(item.FileAt(own.GetString()!)) : NitroRoots.AwsRootG1;
        var at = item.VerifyAt ?? document.Timestamp;
        var checks = NitroVerifier.Verify(document, new NitroVerification { Anchor = anchor, At = at, Cache = item.Cache });
        var codes = checks.Where(check => check.Rejects).Select(check => check.Code).ToList();
        if (anchor != NitroRoots.AwsRootG1 && !NitroVerifier.Verify(document, new NitroVerification { Anchor = NitroRoots.AwsRootG1, At = at, Cache = item.Cache }).Any(check => check.Rejects))
        {
            codes.Add("accepted under the production root too");
        }

        if (codes.Count == 0 && item.Json.TryGetProperty("policy", out var policy))
        {
            codes.AddRange(Appraise(evidence, document, policy, anchor, at).Failures.Select(check => check.Code));
        }

        return new CaseAnswer(codes.Count == 0 ? "valid" : "invalid", [.. codes], document.Fields);
    }

    /// <summary>The case's policy on top of one that names the document's own registers.</summary>
    static AttestationResult Appraise(byte[] evidence, NitroDocument document, JsonElement policy, TrustAnchor anchor, DateTimeOffset at)
    {
        var registers = document.Pcrs.ToImmutableSortedDictionary(pcr => pcr.Key, pcr => ImmutableArray.Create(pcr.Value));
        var values = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        var nonce = document.Nonce ?? default;
        foreach (var member in policy.EnumerateObject())
        {
            switch (member.Name)
            {
                case "nonce":
                    nonce = Convert.FromHexString(member.Value.GetString()!);
                    break;
                case "pcrs":
                    registers = registers.SetItems(member.Value.EnumerateObject().Select(pcr => KeyValuePair.Create(int.Parse(pcr.Name, CultureInfo.InvariantCulture), ImmutableArray.Create(Measurement.FromHex(pcr.Value.GetString())))));
                    break;
                case "region" or "instance":
                    values[member.Name] = [member.Value.GetString()!];
                    break;
                default:
                    throw new FormatException($"nobody reads the policy member \"{member.Name}\"");
            }
        }

        return NitroAppraiser.Appraise(
            evidence,
            new AppraisalPolicy { Platform = anchor == NitroRoots.AwsRootG1 ? AttestationPlatform.Nitro : AttestationPlatform.Qemu, TrustAnchor = anchor.KeyDigest, Registers = registers, Values = values.ToImmutable() },
            new AppraisalContext { Now = at, Nonce = nonce });
    }

    /// <summary>Certificates that must not serve as anchors: of any real document of the folder's, here of AWS's own root.</summary>
    static CaseAnswer RejectsAnchors(ConformanceCase item)
    {
        var accepted = item.Entries.Select(entry => CertificateFiles.Ders(item.FileAt(entry.Path))).Any(ders => ders.Count == 0 || ders.Any(IsAnchor));
        return new CaseAnswer(accepted ? "valid" : "invalid", [NitroCodes.TrustAnchor], []);
    }

    static bool IsAnchor(byte[] der)
    {
        try
        {
            return TrustAnchor.FromCertificate(der) == NitroRoots.AwsRootG1;
        }
        catch (CertificateFormatException)
        {
            return false;
        }
    }

    static CaseAnswer ReadsEmbedded(ConformanceCase item)
    {
        var documents = new Dictionary<string, NitroDocument>(StringComparer.Ordinal);
        foreach (var (_, path) in item.Entries.Where(entry => !entry.Path.EndsWith(".json", StringComparison.Ordinal)))
        {
            foreach (var der in CertificateFiles.Ders(item.FileAt(path)))
            {
                using var certificate = X509CertificateLoader.LoadCertificate(der);
                var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames());
                if (names.FirstOrDefault(name => name.StartsWith(EmbeddedPrefix, StringComparison.Ordinal)) is { } name)
                {
                    documents[Path.GetFileName(path)] = NitroDocument.Parse(Convert.FromHexString(name.Split('.')[0]));
                }
            }
        }

        var verified = documents.Count > 0 && documents.Values.All(document => !NitroVerifier.Verify(document, new NitroVerification { Anchor = NitroRoots.AwsRootG1, At = document.Timestamp }).Any(check => check.Rejects));
        var told = item.Entries.Where(entry => entry.Path.EndsWith(".json", StringComparison.Ordinal)).All(entry => TellsTheSame(item.FileAt(entry.Path), documents));
        return new CaseAnswer(verified && told ? "parse_only" : "invalid");
    }

    /// <summary>The upstream's own expectation: whether the document in the named certificate has these registers.</summary>
    static bool TellsTheSame(byte[] bytes, Dictionary<string, NitroDocument> documents)
    {
        using var json = JsonDocument.Parse(bytes);
        var root = json.RootElement;
        if (!root.TryGetProperty("file", out var file) || !documents.TryGetValue(Path.GetFileName(file.GetString()!), out var document))
        {
            // Its document is not in this folder; what it says must still be readable.
            return root.GetProperty("isAttestationDocValid").GetBoolean() && root.GetProperty("pcrs").EnumerateObject().Any();
        }

        var matches = root.GetProperty("pcrs").EnumerateObject().All(pcr => document.Pcrs[int.Parse(pcr.Name.AsSpan(3), CultureInfo.InvariantCulture)].ToString() == pcr.Value.GetString());
        return root.GetProperty("isAttestationDocValid").GetBoolean() && root.GetProperty("shouldPcrsMatch").GetBoolean() == matches;
    }
}
