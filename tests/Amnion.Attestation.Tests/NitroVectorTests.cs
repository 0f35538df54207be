using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Nitro;
using Amnion.Testing;

namespace Amnion.Attestation.Tests;

/// <summary>Every published Nitro case gives its stated result; a case of a kind that nobody reads fails.</summary>
public sealed class NitroVectorTests
{
    static readonly AppraisalCache s_cache = new();

    public static TheoryData<string> Cases => NitroVectors.Identifiers;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_published_case_gives_its_stated_result(string id)
    {
        _ = SharedData.Folder(NitroVectors.Folder);
        var entry = NitroVectors.Case(id);
        switch (entry.GetProperty("kind").GetString())
        {
            case "trust_anchor":
                ReadsAnchor(entry);
                break;
            case "trust_anchor_negative":
                RejectsAnchors(entry);
                break;
            case "attestation_document_in_tls_certificate":
                ReadsEmbeddedDocuments(entry);
                break;
            case "cose_sign1_attestation_document" or "derived_mutant" or "synthetic":
                ReadsEvidence(entry);
                break;
            case var kind:
                Assert.Fail($"Nobody reads cases of kind '{kind}'.");
                break;
        }
    }

    [Fact]
    public void Every_file_of_the_manifest_belongs_to_a_case_that_is_read()
    {
        _ = SharedData.Folder(NitroVectors.Folder);
        var read = NitroVectors.Cases.SelectMany(entry => entry.GetProperty("files").EnumerateArray()).Select(file => file.GetProperty("path").GetString()).ToHashSet();
        Assert.Empty(NitroVectors.Files.Select(file => file.GetProperty("path").GetString()).Except(read));
    }

    static void ReadsEvidence(JsonElement entry)
    {
        var evidence = NitroVectors.Evidence(entry);
        var at = DateTimeOffset.Parse(entry.GetProperty("verify_at").GetString()!, CultureInfo.InvariantCulture);
        var isSynthetic = entry.TryGetProperty("anchor", out var anchorPath);
        var anchor = isSynthetic ? TrustAnchor.FromCertificate(NitroVectors.Read(anchorPath.GetString()!)) : NitroRoots.AwsRootG1;
        var expected = entry.GetProperty("expected");
        var parsed = NitroDocument.TryParse(evidence, out var document);
        var checks = parsed ? NitroVerifier.Verify(document!, new NitroVerification { Anchor = anchor, At = at, Cache = s_cache }) : [];
        var accepted = parsed && checks.AllPass();
        if (entry.TryGetProperty("policy", out var policy))
        {
            accepted = accepted && AppliesPolicy(evidence, document!, policy, anchor, at);
        }

        if (parsed && entry.TryGetProperty("decoded", out var decoded))
        {
            DecodesTo(decoded, document!);
        }

        if (expected.TryGetProperty("fail_at", out var stages))
        {
            Assert.Equal(stages.EnumerateArray().Select(stage => Code(stage.GetString()!)).Order(), checks.Failed().Order());
        }

        if (isSynthetic && parsed)
        {
            Assert.False(NitroVerifier.Verify(document!, new NitroVerification { Anchor = NitroRoots.AwsRootG1, At = at, Cache = s_cache }).AllPass());
        }

        if (expected.TryGetProperty("alt_anchor_sha256", out var alternative))
        {
            var own = TrustAnchor.FromCertificate(document!.CaBundle[0].Span);
            Assert.Equal(alternative.GetString(), own.CertificateDigest.ToString());
            Assert.True(NitroVerifier.Verify(document, new NitroVerification { Anchor = own, At = at }).AllPass());
        }

        switch (expected.GetProperty("outcome").GetString())
        {
            case "valid":
                Assert.True(accepted, string.Join(", ", checks.Failed()));
                AppliesDefaultPolicy(evidence, document!, anchor, at, expected.TryGetProperty("default_policy", out var rejects) ? rejects.GetString() : null);
                break;
            case "invalid":
                Assert.False(accepted);
                break;
            case "either":
                if (accepted)
                {
                    SaysTheSameAs(entry.TryGetProperty("derived_from", out var source) ? source.GetString()! : "synthetic-baseline", document!);
                }

                break;
            case var outcome:
                Assert.Fail($"Nobody reads the outcome '{outcome}'.");
                break;
        }
    }

    static string Code(string stage) => stage switch
    {
        "cose_signature" => NitroCodes.Signature,
        "root_is_aws_nitro_g1" => NitroCodes.TrustAnchor,
        _ => throw new InvalidOperationException($"Nobody reads the stage '{stage}'."),
    };

    /// <summary>The case's own policy, applied by the appraiser.</summary>
    static bool AppliesPolicy(byte[] evidence, NitroDocument document, JsonElement policy, TrustAnchor anchor, DateTimeOffset at)
    {
        var registers = document.Pcrs.ToImmutableSortedDictionary(pcr => pcr.Key, pcr => ImmutableArray.Create(pcr.Value));
        var nonce = document.Nonce ?? default;
        var code = string.Empty;
        foreach (var member in policy.EnumerateObject())
        {
            switch (member.Name)
            {
                case "nonce":
                    nonce = Convert.FromHexString(member.Value.GetString()!);
                    code = NitroCodes.Nonce;
                    break;
                case "pcrs":
                    code = NitroCodes.RegisterMismatch;
                    foreach (var pcr in member.Value.EnumerateObject())
                    {
                        registers = registers.SetItem(int.Parse(pcr.Name, CultureInfo.InvariantCulture), [Measurement.FromHex(pcr.Value.GetString())]);
                    }

                    break;
                default:
                    Assert.Fail($"Nobody reads the policy member '{member.Name}'.");
                    break;
            }
        }

        var result = NitroAppraiser.Appraise(evidence, Policy(anchor) with { Registers = registers }, new AppraisalContext { Now = at, Nonce = nonce, Cache = s_cache });
        Assert.All(result.Failures, failure => Assert.Equal(code, failure.Code));
        return result.Accepted;
    }

    /// <summary>A strict policy that names the document's own registers: it accepts, except where the case says a default policy must not.</summary>
    static void AppliesDefaultPolicy(byte[] evidence, NitroDocument document, TrustAnchor anchor, DateTimeOffset at, string? rejects)
    {
        var live = document.Nonce is { Length: >= Nonce.MinLength and <= Nonce.MaxLength };
        var policy = Policy(anchor) with { Registers = document.Pcrs.ToImmutableSortedDictionary(pcr => pcr.Key, pcr => ImmutableArray.Create(pcr.Value)) };
        var result = NitroAppraiser.Appraise(evidence, policy, new AppraisalContext { Now = at, Nonce = live ? document.Nonce!.Value : default, AtDocumentTime = !live, Cache = s_cache });
        var expected = rejects is null && document.NamesImage ? [] : new[] { NitroCodes.Debug };
        Assert.Equal(expected, result.Failures.Select(failure => failure.Code).Where(code => code != AttestationCodes.PolicyPinsNoCode));
        Assert.NotNull(result.Claims);
        Assert.Equal(document.UnknownFields.IsEmpty, !result.Checks.Any(check => check.Code == NitroCodes.UnknownFields));
    }

    static AppraisalPolicy Policy(TrustAnchor anchor) => new()
    {
        Platform = anchor == NitroRoots.AwsRootG1 ? AttestationPlatform.Nitro : AttestationPlatform.Qemu,
        TrustAnchor = anchor.KeyDigest,
    };

    static void DecodesTo(JsonElement decoded, NitroDocument document)
    {
        foreach (var member in decoded.EnumerateObject())
        {
            switch (member.Name)
            {
                case "module_id":
                    Assert.Equal(member.Value.GetString(), document.ModuleId);
                    break;
                case "digest":
                    Assert.Equal(member.Value.GetString(), document.Digest);
                    break;
                case "timestamp":
                    Assert.Equal(member.Value.GetString(), document.Timestamp.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
                    break;
                case "timestamp_ms":
                    Assert.Equal(member.Value.GetInt64(), document.Timestamp.ToUnixTimeMilliseconds());
                    break;
                case "pcrs":
                    Assert.Equal(member.Value.EnumerateObject().ToDictionary(pcr => int.Parse(pcr.Name, CultureInfo.InvariantCulture), pcr => pcr.Value.GetString()), document.Pcrs.ToDictionary(pcr => pcr.Key, pcr => (string?)pcr.Value.ToString()));
                    break;
                case "public_key":
                    Assert.Equal(member.Value.GetString(), Hex(document.PublicKey));
                    break;
                case "user_data":
                    Assert.Equal(member.Value.GetString(), Hex(document.UserData));
                    break;
                case "nonce":
                    Assert.Equal(member.Value.GetString(), Hex(document.Nonce));
                    break;
                case "leaf_sha256":
                    Assert.Equal(member.Value.GetString(), Convert.ToHexStringLower(SHA256.HashData(document.Certificate.Span)));
                    break;
                case "root_sha256":
                    Assert.Equal(member.Value.GetString(), Convert.ToHexStringLower(SHA256.HashData(document.CaBundle[0].Span)));
                    break;
                case "indefinite_map":
                    Assert.Equal(member.Value.GetBoolean(), document.HasIndefiniteMap);
                    break;
                case "debug_mode":
                    Assert.Equal(member.Value.GetBoolean(), document.IsDebug);
                    break;
                case "chain_len":
                    Assert.Equal(member.Value.GetInt32(), document.CaBundle.Length + 1);
                    break;
                case "protected":
                    Assert.Equal(member.Value.GetString(), Convert.ToHexStringLower(document.Protected.Span));
                    break;
                default:
                    Assert.Fail($"Nobody reads the decoded value '{member.Name}'.");
                    break;
            }
        }
    }

    static string? Hex(ReadOnlyMemory<byte>? value) => value is { } bytes ? Convert.ToHexStringLower(bytes.Span) : null;

    static void SaysTheSameAs(string id, NitroDocument document)
    {
        // Another folder of this layout need not hold the document that a case was derived from.
        if (NitroVectors.Cases.FirstOrDefault(entry => entry.GetProperty("id").GetString() == id) is not { ValueKind: JsonValueKind.Object } original)
        {
            return;
        }

        var source = NitroDocument.Parse(NitroVectors.Evidence(original));
        Assert.Equal(source.ModuleId, document.ModuleId);
        Assert.Equal(source.Timestamp, document.Timestamp);
        Assert.Equal(source.Pcrs, document.Pcrs);
        Assert.Equal(Hex(source.PublicKey), Hex(document.PublicKey));
        Assert.Equal(Hex(source.UserData), Hex(document.UserData));
        Assert.Equal(Hex(source.Nonce), Hex(document.Nonce));
    }

    static void ReadsAnchor(JsonElement entry)
    {
        foreach (var file in entry.GetProperty("files").EnumerateArray())
        {
            var der = NitroVectors.Read(file.GetProperty("path").GetString()!);
            var certificate = Certificate.Parse(der);
            foreach (var member in entry.GetProperty("decoded").EnumerateObject())
            {
                var expected = member.Value.GetString();
                var actual = member.Name switch
                {
                    "sha256" => TrustAnchor.FromCertificate(der).CertificateDigest.ToString(),
                    "subject" => new X500DistinguishedName(certificate.Subject.Span).Name.Replace(", ", ",", StringComparison.Ordinal),
                    "not_before" => certificate.NotBefore.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                    "not_after" => certificate.NotAfter.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                    _ => $"nobody reads '{member.Name}'",
                };
                Assert.Equal(expected, actual);
            }

            if (entry.GetProperty("id").GetString() == "roots")
            {
                Assert.Equal(NitroRoots.AwsRootG1, TrustAnchor.FromCertificate(der));
            }
        }
    }

    static void RejectsAnchors(JsonElement entry)
    {
        var victim = NitroDocument.Parse(NitroVectors.Evidence(NitroVectors.Case("fortanix-2021-proper")));
        foreach (var file in entry.GetProperty("files").EnumerateArray())
        {
            var pem = System.Text.Encoding.ASCII.GetString(NitroVectors.Read(file.GetProperty("path").GetString()!));
            var der = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
            try
            {
                var checks = NitroVerifier.Verify(victim, new NitroVerification { Anchor = TrustAnchor.FromCertificate(der), At = victim.Timestamp });
                Assert.Equal([NitroCodes.TrustAnchor], checks.Failed());
            }
            catch (CertificateFormatException exception)
            {
                Assert.Equal(AttestationCodes.CertificateMalformed, exception.Code);
            }
        }
    }

    /// <summary>Documents that a server put into its TLS certificate as a DNS name, with the upstream's expectations beside them.</summary>
    static void ReadsEmbeddedDocuments(JsonElement entry)
    {
        const string Prefix = "8444a1013822";
        var paths = entry.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!).ToList();
        var documents = new Dictionary<string, NitroDocument>();
        foreach (var path in paths.Where(path => !path.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var certificate = Load(NitroVectors.Read(path));
            var name = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).FirstOrDefault(dns => dns.StartsWith(Prefix, StringComparison.Ordinal));
            if (name is not null)
            {
                documents[Path.GetFileName(path)] = NitroDocument.Parse(Convert.FromHexString(name.Split('.')[0]));
            }
        }

        Assert.NotEmpty(documents);
        Assert.All(documents.Values, document => Assert.True(NitroVerifier.Verify(document, new NitroVerification { Anchor = NitroRoots.AwsRootG1, At = document.Timestamp }).AllPass()));
        foreach (var path in paths.Where(path => path.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(NitroVectors.Read(path));
            var named = json.RootElement.TryGetProperty("file", out var file) ? Path.GetFileName(file.GetString()!) : null;
            var document = named is null ? NitroDocument.Parse(NitroVectors.Evidence(NitroVectors.Case("evervault-2023-ga"))) : documents.GetValueOrDefault(named) ?? documents.Values.First();
            var match = json.RootElement.GetProperty("pcrs").EnumerateObject().All(pcr => document.Pcrs[int.Parse(pcr.Name.AsSpan(3), CultureInfo.InvariantCulture)].ToString() == pcr.Value.GetString());
            Assert.True(json.RootElement.GetProperty("isAttestationDocValid").GetBoolean());
            Assert.Equal(json.RootElement.GetProperty("shouldPcrsMatch").GetBoolean(), match);
        }
    }

    static X509Certificate2 Load(byte[] encoded) => X509CertificateLoader.LoadCertificate(encoded);

    /// <summary>A second opinion on the chains: .NET's own builder accepts them too.</summary>
    [Fact]
    public void The_platforms_chain_builder_agrees_on_valid_documents()
    {
        _ = SharedData.Folder(NitroVectors.Folder);
        foreach (var entry in NitroVectors.Cases.Where(entry => entry.GetProperty("kind").GetString() == "cose_sign1_attestation_document" && entry.GetProperty("expected").GetProperty("outcome").GetString() == "valid"))
        {
            var document = NitroDocument.Parse(NitroVectors.Evidence(entry));
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.VerificationTime = document.Timestamp.UtcDateTime;
            chain.ChainPolicy.CustomTrustStore.Add(Load(document.CaBundle[0].ToArray()));
            foreach (var der in document.CaBundle.Skip(1))
            {
                chain.ChainPolicy.ExtraStore.Add(Load(der.ToArray()));
            }

            Assert.True(chain.Build(Load(document.Certificate.ToArray())));
        }
    }
}
