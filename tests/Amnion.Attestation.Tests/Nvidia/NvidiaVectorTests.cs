using System.Text;
using System.Text.Json;
using Amnion.Attestation.Nvidia;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>
/// Published evidence put together as its owners would have: report, chain and the manifest for its driver or firmware. Every case by itself is
/// run through the conformance command's own test.
/// </summary>
public sealed class NvidiaVectorTests
{
    static readonly string[] s_maySkip = [OcspCodes.Missing, NvidiaCodes.DriverRimMissing, NvidiaCodes.VbiosRimMissing, NvidiaCodes.FirmwareId, NvidiaCodes.Debug, NvidiaCodes.SecureBoot];

    static List<(NvidiaEvidence Evidence, JsonElement Entry)> Reports()
    {
        var folder = SharedData.Folder(NitroVectors.Folder);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        var reports = new List<(NvidiaEvidence, JsonElement)>();
        foreach (var entry in manifest.RootElement.GetProperty("cases").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() is "gpu_report" or "switch_report"))
        {
            var files = entry.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("role").GetString()!, file => File.ReadAllBytes(Path.Combine(folder, file.GetProperty("path").GetString()!)));
            var report = files["report"][0] == 0x11 ? files["report"] : Convert.FromHexString(Encoding.ASCII.GetString(files["report"]).Trim());
            reports.Add((new NvidiaEvidence { Report = NvidiaReport.Parse(report), Chain = NvidiaChain.ParsePem(files["chain"]) }, entry.Clone()));
        }

        Assert.NotEmpty(reports);
        return reports;
    }

    static List<NvidiaRim> Rims()
    {
        List<NvidiaRim> rims = [.. Directory.EnumerateFiles(Path.Combine(SharedData.Folder(NitroVectors.Folder), "nvidia"), "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => NvidiaRim.TryParse(File.ReadAllBytes(path), out var rim) ? rim : null).OfType<NvidiaRim>()];
        Assert.NotEmpty(rims);
        return rims;
    }

    [Fact]
    public void Reads_every_published_measurement_and_field()
    {
        foreach (var (evidence, entry) in Reports())
        {
            var fields = evidence.Fields.ToDictionary(field => field.Name, field => field.Value);
            var decoded = entry.GetProperty("decoded");
            Assert.NotEmpty(decoded.GetProperty("measurements").EnumerateObject());
            Assert.NotEmpty(decoded.GetProperty("opaque").EnumerateObject());
            Assert.All(decoded.GetProperty("measurements").EnumerateObject(), member => Assert.Equal(member.Value.GetString(), fields["measurements." + member.Name]));
            Assert.All(decoded.GetProperty("opaque").EnumerateObject(), member => Assert.Equal(member.Value.GetString(), fields["opaque." + member.Name]));
            Assert.Equal(decoded.GetProperty("req").GetProperty("nonce").GetString(), fields["req.nonce"]);
        }
    }

    [Fact]
    public void Real_reports_match_the_manifests_of_their_versions_and_no_others()
    {
        var rims = Rims();
        var matched = 0;
        foreach (var (evidence, entry) in Reports().Where(report => report.Entry.GetProperty("expected").GetProperty("outcome").GetString() == "valid"))
        {
            foreach (var rim in rims.Where(rim => rim.Version == evidence.Report.DriverVersion || rim.Version == evidence.Report.VbiosVersion))
            {
                var authentic = NvidiaRimVerifier.Verify(rim, new NvidiaVerification { At = rim.Chain.ValidFrom, MaySkip = [.. s_maySkip] }).Holds;
                Assert.Equal(authentic, NvidiaRimVerifier.Compare(rim, evidence.Report).AllPass());
                matched += authentic ? 1 : 0;
            }

            var others = rims.FindAll(rim => rim.Version != evidence.Report.DriverVersion && rim.Version != evidence.Report.VbiosVersion);
            Assert.NotEmpty(others);
            Assert.All(others, rim => Assert.Contains(NvidiaCodes.RimVersion, NvidiaRimVerifier.Compare(rim, evidence.Report).Failed()));
        }

        Assert.InRange(matched, 4, int.MaxValue);
    }

    [Fact]
    public void A_real_report_with_its_driver_manifest_lacks_only_what_was_not_published()
    {
        var folder = SharedData.Folder(NitroVectors.Folder);
        var rims = Directory.EnumerateFiles(Path.Combine(folder, "nvidia"), "*.xml", SearchOption.AllDirectories).Select(File.ReadAllBytes).Where(xml => NvidiaRim.TryParse(xml, out var rim) && rim is { Version: "550.90.07" });
        var (evidence, _) = Reports().First(report => report.Evidence.Report.DriverVersion == "550.90.07");
        var rim = rims.Single();
        var at = NvidiaRim.Parse(rim).Chain.ValidFrom;
        var verified = NvidiaVerifier.Verify(evidence, new NvidiaVerification { At = at, Endorsements = new Endorsements { Rims = [rim] } });
        Assert.Empty(verified.Checks.Failed());
        Assert.Equal([OcspCodes.Missing, NvidiaCodes.VbiosRimMissing, OcspCodes.Missing, NvidiaCodes.Debug, NvidiaCodes.SecureBoot], verified.Checks.Missed());
        Assert.Contains(verified.Claims, claim => claim is { Name: "x-nvidia-gpu-driver-rim-signature-verified", Value: "true" });
        Assert.Contains(verified.Claims, claim => claim is { Name: "measres", Value: "absent" });
    }

    [Fact]
    public void Real_chains_are_refused_under_another_root()
    {
        foreach (var (evidence, _) in Reports())
        {
            Assert.Contains(PathCodes.TrustAnchor, NvidiaVerifier.VerifyChain(evidence.Chain, new NvidiaVerification { At = evidence.Chain.ValidFrom, DeviceAnchors = [NvidiaRoots.Rim] }).Checks.Failed());
        }
    }
}
