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
            return CaseAnswer.Malformed(NitroCodes.Malformed);
        }

        var anchor = item.Anchor ?? NitroRoots.AwsRootG1;
        var verification = new NitroVerification
        {
            Anchor = anchor,
            At = item.VerifyAt ?? document.Timestamp,
            RevocationLists = [.. item.Files("crl").SelectMany(CertificateFiles.Ders).Select(list => (ReadOnlyMemory<byte>)list)],
            Cache = item.Cache,
        };
        var checks = NitroVerifier.Verify(document, verification);
        if (item.EndsAtRefusal && checks.Any(check => check.Rejects))
        {
            return CaseAnswer.Of(checks, []);
        }

        var answer = CaseAnswer.Of(checks, [.. document.Fields, .. Expected(item, document, verification, checks)]);
        if (anchor != NitroRoots.AwsRootG1 && Accepts(document, verification with { Anchor = NitroRoots.AwsRootG1 }))
        {
            return answer with { Outcome = "valid under AWS's root too", Codes = [] };
        }

        return answer with
        {
            Policy = item.Policy is { } policy ? [.. Appraise(document, policy, verification).Failures.Select(check => check.Code)] : null,
            DefaultPolicy = item.Asks("default_policy") ? [.. Appraise(document, default, verification).Failures.Select(check => check.Code)] : null,
        };
    }

    static bool Accepts(NitroDocument document, NitroVerification verification) => !NitroVerifier.Verify(document, verification).Any(check => check.Rejects);

    /// <summary>The manifest's words for the steps of a verification, and the root under which a document of another root would be accepted.</summary>
    static IEnumerable<EvidenceField> Expected(ConformanceCase item, NitroDocument document, NitroVerification verification, ImmutableArray<AttestationCheck> checks)
    {
        if (item.Asks("alt_anchor_sha256") && OwnRoot(document) is { CertificateDigest: { } digest } root && root != verification.Anchor && Accepts(document, verification with { Anchor = root }))
        {
            yield return new("expected.alt_anchor_sha256", digest.ToString(), "the root under which the document verifies");
        }

        if (!item.Asks("fail_at"))
        {
            yield break;
        }

        bool Failed(string code) => checks.Any(check => check.Code == code && check.Rejects);
        var stages = new List<string>();
        if (Failed(NitroCodes.TrustAnchor))
        {
            stages.Add("root_is_aws_nitro_g1");
        }

        if (Failed(NitroCodes.CertificateSignature) || Failed(NitroCodes.RootNotSelfSigned) || Failed(NitroCodes.NameChaining))
        {
            stages.Add("chain_sigs");
        }

        var atOwnTime = NitroVerifier.Verify(document, verification with { At = document.Timestamp });
        if (atOwnTime.Any(check => check.Rejects && check.Code is NitroCodes.Expired or NitroCodes.NotYetValid))
        {
            stages.Add("chain_valid_at_doc_timestamp");
        }

        if (Failed(NitroCodes.Signature))
        {
            stages.Add("cose_signature");
        }

        yield return new("expected.fail_at", string.Join(',', stages), "steps that failed");
    }

    static TrustAnchor? OwnRoot(NitroDocument document)
    {
        try
        {
            return TrustAnchor.FromCertificate(document.CaBundle[0].Span);
        }
        catch (CertificateFormatException)
        {
            return null;
        }
    }

    /// <summary>The case's policy on top of one that names the document's own registers; without a case's policy that one alone.</summary>
    static AttestationResult Appraise(NitroDocument document, JsonElement policy, NitroVerification verification)
    {
        var fields = document.Fields;
        var registers = document.Pcrs.ToImmutableSortedDictionary(pcr => pcr.Key, pcr => ImmutableArray.Create(pcr.Value));
        var values = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        byte[]? nonce = null;
        bool? permitsDebug = null;
        var forbidsDebug = false;
        foreach (var member in policy.ValueKind == JsonValueKind.Object ? policy.EnumerateObject() : default)
        {
            switch (member.Name)
            {
                case "nonce" when member.Value.GetString() is { Length: >= 2 * Nonce.MinLength and <= 2 * Nonce.MaxLength } text:
                    nonce = Convert.FromHexString(text);
                    break;
                case "pcrs" or "registers":
                    registers = registers.SetItems(member.Value.EnumerateObject().Select(pcr => KeyValuePair.Create(int.Parse(pcr.Name.AsSpan().TrimStart("PCRpcr"), CultureInfo.InvariantCulture), Texts(pcr.Value).Select(text => Measurement.FromHex(text)).ToImmutableArray())));
                    break;
                case "permit_debug" or "allow_debug":
                    permitsDebug = member.Value.GetBoolean();
                    break;
                case "forbid_debug":
                    forbidsDebug = member.Value.GetBoolean();
                    break;
                case var name when Field(name, fields) is { } field:
                    values[field] = [.. Texts(member.Value)];
                    break;
                default:
                    throw new FormatException($"nobody reads the policy member \"{member.Name}\"");
            }
        }

        return NitroAppraiser.Appraise(
            document,
            new AppraisalPolicy
            {
                Platform = verification.Anchor == NitroRoots.AwsRootG1 ? AttestationPlatform.Nitro : AttestationPlatform.Qemu,
                TrustAnchor = verification.Anchor.KeyDigest,
                Registers = registers,
                Values = values.ToImmutable(),

                // The manifest states by "default_policy" alone that an enclave which can be debugged is to be refused.
                DangerousAllowDebug = policy.ValueKind == JsonValueKind.Object && (permitsDebug ?? true) && !forbidsDebug,
            },
            new AppraisalContext
            {
                Now = verification.At,
                AuditTime = verification.At,

                // An audit compares a nonce where one is given and asks for none; no case is recent.
                AtDocumentTime = true,
                Nonce = nonce,
                Endorsements = new Endorsements { RevocationLists = verification.RevocationLists },
                Cache = verification.Cache,
            });
    }

    /// <summary>A decoded value by its name, or one that the document leaves out and the policy wants.</summary>
    static string? Field(string name, ImmutableArray<EvidenceField> fields)
    {
        var bare = name.StartsWith("expected_", StringComparison.Ordinal) ? name["expected_".Length..] : name;
        return fields.Any(field => field.Name == bare) || bare is "nonce" or "user_data" or "public_key" or "region" or "instance" or "module_id" ? bare : null;
    }

    static IEnumerable<string> Texts(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Texts) : [value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()];

    /// <summary>Certificates that must not serve as anchors: none is one at all, or a genuine document of AWS's fails under it.</summary>
    static CaseAnswer RejectsAnchors(ConformanceCase item)
    {
        var genuine = Genuine(item);
        var codes = new List<string>();
        var accepted = false;
        var read = false;
        foreach (var path in item.Entries.Select(entry => entry.Path))
        {
            var ders = CertificateFiles.Ders(item.FileAt(path));
            read |= ders.Any(IsCertificate);
            accepted |= ders.Count == 0 || ders.Any(der => IsAnchor(der, genuine, codes));
        }

        return new CaseAnswer(accepted ? "valid" : "invalid", [.. codes.Distinct()], []) { Parsed = read };
    }

    static bool IsCertificate(byte[] der)
    {
        try
        {
            return TrustAnchor.FromCertificate(der) is not null;
        }
        catch (CertificateFormatException)
        {
            return false;
        }
    }

    /// <summary>Whether the certificate can take the place of AWS's root; adds why not.</summary>
    static bool IsAnchor(byte[] der, NitroDocument? genuine, List<string> codes)
    {
        try
        {
            var anchor = TrustAnchor.FromCertificate(der);
            List<string> rejecting = genuine is null
                ? anchor == NitroRoots.AwsRootG1 ? [] : [NitroCodes.TrustAnchor]
                : NitroVerifier.Verify(genuine, new NitroVerification { Anchor = anchor, At = genuine.Timestamp }).Where(check => check.Rejects).Select(check => check.Code).ToList();
            codes.AddRange(rejecting);
            return rejecting.Count == 0;
        }
        catch (CertificateFormatException)
        {
            codes.Add(NitroCodes.CertificateMalformed);
            return false;
        }
    }

    /// <summary>Any document of the folder that verifies under AWS's root, to try other roots on; null where the folder has none.</summary>
    static NitroDocument? Genuine(ConformanceCase item)
    {
        using var manifest = JsonDocument.Parse(item.FileAt("MANIFEST.json"));
        foreach (var other in manifest.RootElement.GetProperty("cases").EnumerateArray().Select(item.Sibling).Where(other => other.Tee == item.Tee && other.Expected == "valid" && other.Named("anchor") is null))
        {
            if (other.TryFile("evidence") is { } evidence && NitroDocument.TryParse(evidence, out var document) && Accepts(document, new NitroVerification { Anchor = NitroRoots.AwsRootG1, At = document.Timestamp }))
            {
                return document;
            }
        }

        return null;
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
