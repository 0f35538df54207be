using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Attestation.SevSnp;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.SevSnp;

/// <summary>What the published cases say beyond outcome and decoded values, which `amnion conformance` compares.</summary>
public sealed class SnpVectorTests
{
    const string Folder = "vectors/attestation";

    static readonly AppraisalCache s_cache = new();
    static readonly Lazy<JsonDocument> s_manifest = new(() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "MANIFEST.json"))));

    static IEnumerable<JsonElement> Cases => s_manifest.Value.RootElement.GetProperty("cases").EnumerateArray().Where(item => item.GetProperty("tee").GetString() == "snp");

    [Fact]
    public void Built_in_certificates_are_the_published_ones()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "TRUST_ANCHORS.json")));
        var published = json.RootElement.EnumerateArray().Where(anchor => anchor.GetProperty("tee").GetString() == "snp").ToDictionary(anchor => anchor.GetProperty("name").GetString()!);
        var own = SnpRoots.Certificates.Select(der => TrustAnchor.FromCertificate(der.Span)).ToList();
        Assert.Equal(published.Values.Select(anchor => anchor.GetProperty("cert_sha256").GetString()).Order(), own.Select(anchor => anchor.CertificateDigest.ToString()).Order());
        Assert.Equal(published.Values.Select(anchor => anchor.GetProperty("spki_sha256").GetString()).Order(), own.Select(anchor => anchor.KeyDigest.ToString()).Order());
        foreach (var product in Enum.GetValues<SnpProduct>())
        {
            Assert.Equal(published[$"ARK-{product}"].GetProperty("cert_sha256").GetString(), SnpRoots.Of(product).CertificateDigest.ToString());
            Assert.Equal(published[$"ARK-{product}"].GetProperty("spki_sha256").GetString(), SnpRoots.Of(product).KeyDigest.ToString());
            Assert.Equal(product, SnpRoots.ProductOf(SnpRoots.Of(product).KeyDigest));
        }
    }

    [Fact]
    public void Extensions_of_endorsement_keys_are_read_as_published()
    {
        var read = 0;
        foreach (var item in Cases.Where(item => item.TryGetProperty("vek_extensions", out _)))
        {
            var fields = Appraise(item, SharedPolicy(item)).Claims!.Fields.ToDictionary(field => field.Name, field => field.Value);
            var extensions = item.GetProperty("vek_extensions");
            Assert.Equal(extensions.GetProperty("product").GetString(), fields["vek.product"]);
            Assert.Equal(extensions.GetProperty("struct_version").GetRawText(), fields["vek.struct_version"]);
            Assert.Equal(extensions.TryGetProperty("hwid", out var hwid) ? hwid.GetString() : null, fields.GetValueOrDefault("vek.hwid"));
            Assert.Equal(extensions.TryGetProperty("cspid", out var provider) ? provider.GetString() : null, fields.GetValueOrDefault("vek.csp_id"));
            read++;
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void A_strict_policy_also_rejects_what_the_cases_say_it_must()
    {
        var read = 0;
        foreach (var item in Cases.Where(item => item.GetProperty("expected").TryGetProperty("default_policy", out _) && item.GetProperty("expected").GetProperty("outcome").GetString() == "valid"))
        {
            var remarks = item.GetProperty("expected").GetProperty("default_policy");
            var text = remarks.ValueKind == JsonValueKind.String ? remarks.GetString()! : string.Join('\n', remarks.EnumerateArray().Select(remark => remark.GetString()));
            var codes = Appraise(item, Strict(SharedPolicy(item))).Failures.Select(check => check.Code).ToList();
            Assert.Equal(text.Contains("debug", StringComparison.Ordinal), codes.Contains(AttestationCodes.Debug));
            Assert.Equal(text.Contains("VMPL", StringComparison.Ordinal), codes.Contains(SnpCodes.Vmpl));
            Assert.Equal(text.Contains("provisional", StringComparison.Ordinal), codes.Contains(SnpCodes.Provisional));
            read++;
        }

        Assert.True(read > 0);
    }

    [Fact]
    public void Real_reports_need_no_more_than_the_word_smt_to_be_accepted()
    {
        // Those without a remark are what production machines send; a default that refused them would be switched off by everyone.
        var read = 0;
        foreach (var item in Cases.Where(item => item.GetProperty("kind").GetString() == "attestation_report" && item.GetProperty("expected").GetProperty("outcome").GetString() == "valid" && !item.GetProperty("expected").TryGetProperty("default_policy", out _)))
        {
            var result = Appraise(item, SharedPolicy(item) with { Allow = [SnpAllowance.Smt], DangerousAllowDebug = false });
            Assert.True(result.Accepted, item.GetProperty("id").GetString() + ": " + string.Join(", ", result.Failures.Select(check => check.Code)));
            read++;
        }

        Assert.True(read > 0);
    }

    static AppraisalPolicy Strict(AppraisalPolicy policy) => policy with { Allow = [SnpAllowance.Smt], DangerousAllowDebug = false, Values = policy.Values.Remove("vmpl") };

    static AppraisalPolicy SharedPolicy(JsonElement item)
    {
        var report = SnpReport.Parse(Read(item, "report")!);
        var anchor = item.TryGetProperty("anchor", out var path) ? TrustAnchor.FromCertificate(ReadAt(path.GetString()!)).KeyDigest : SnpRoots.Milan.KeyDigest;
        return new AppraisalPolicy
        {
            Platform = AttestationPlatform.Snp,
            TrustAnchor = anchor,
            FurtherTrustAnchors = [SnpRoots.Genoa.KeyDigest, SnpRoots.Turin.KeyDigest],
            Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("measurement", [report.Measurement.ToString()]).Add("vmpl", [report.Vmpl.ToString(CultureInfo.InvariantCulture)]),
            Allow = [SnpAllowance.Smt, SnpAllowance.ProvisionalFirmware],
            DangerousAllowDebug = true,
            MaySkip = [PathCodes.RevocationListMissing],
        };
    }

    static AttestationResult Appraise(JsonElement item, AppraisalPolicy policy)
    {
        var certificates = new[] { "vcek", "vlek", "vek" }.Select(role => Read(item, role)).OfType<byte[]>().ToList();
        foreach (var name in new[] { "anchor", "intermediate" })
        {
            if (item.TryGetProperty(name, out var path))
            {
                certificates.Add(ReadAt(path.GetString()!));
            }
        }

        return SnpAppraiser.Appraise(Read(item, "report")!, policy, new AppraisalContext
        {
            Now = DateTimeOffset.Parse(item.GetProperty("verify_at").GetString()!, CultureInfo.InvariantCulture),
            AtDocumentTime = true,
            Endorsements = new Endorsements { Certificates = SnpTestPlatform.Memory([.. certificates]) },
            Cache = s_cache,
        });
    }

    static byte[]? Read(JsonElement item, string role) =>
        item.GetProperty("files").EnumerateArray().FirstOrDefault(file => file.GetProperty("role").GetString() == role) is { ValueKind: JsonValueKind.Object } found ? ReadAt(found.GetProperty("path").GetString()!) : null;

    static byte[] ReadAt(string path) => File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), path));
}
