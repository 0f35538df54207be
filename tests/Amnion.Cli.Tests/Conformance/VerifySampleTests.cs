using System.Diagnostics;
using System.Globalization;
using Amnion.Attestation;
using Amnion.Cli.Commands;
using Amnion.Cli.Conformance;
using Amnion.Cli.EndorsementCollection;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>samples/verify-evidence runs as a person runs it: on published Evidence, under a policy drafted from it; and refuses another bound value.</summary>
public sealed class VerifySampleTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-sample-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("tdx")]
    [InlineData("sgx")]
    public async Task Verifies_a_quote(string tee)
    {
        var item = Case(tee, item => item.Roles.Contains("tcb_info") && item.Roles.Contains("pck_crl"), out var policy, out var parsed);
        Write("quote.bin", item.File("quote"));
        Write("signers.pem", [.. item.File("tcb_signing_chain"), .. "\n"u8, .. item.TryFile("qe_identity_chain") ?? []]);
        Write("pck.crl", item.File("pck_crl"));
        Write("root.crl", item.File("root_crl"));
        Write("tcb-info.json", item.File("tcb_info"));
        Write("qe-identity.json", item.File("qe_identity"));
        await RunAsync(tee, item, policy, parsed.Fields.First(field => field.Name is "td.report_data" or "report.report_data").Value);
    }

    [Fact]
    public async Task Verifies_a_nitro_document()
    {
        var item = Case("nitro", item => item.Json.TryGetProperty("decoded", out var decoded) && decoded.TryGetProperty("nonce", out var nonce) && nonce.GetString() is { Length: >= 32 and <= 128 }, out var policy, out var parsed);
        Write("document.cbor", item.File("evidence"));
        await RunAsync("nitro", item, policy, parsed.Fields.First(field => field.Name == "nonce").Value);
    }

    [Fact]
    public async Task Verifies_an_snp_report()
    {
        var item = Case("snp", item => item.Roles.Contains("crl") && item.Json.TryGetProperty("anchor", out _), out var policy, out var parsed);
        Write("report.bin", item.File("report"));
        Write("crl.der", item.File("crl"));
        byte[][] chain = [item.File("vek"), item.FileAt(item.Json.GetProperty("intermediate").GetString()!), item.FileAt(item.Json.GetProperty("anchor").GetString()!)];
        File.WriteAllText(Path.Combine(_folder, "vek-ask-ark.pem"), string.Join('\n', chain.Select(der => System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", der))));
        await RunAsync("snp", item, policy, parsed.Fields.First(field => field.Name == "report_data").Value);
    }

    /// <summary>The first accepted case of the kind from which a policy can be drafted that accepts it; the draft is tried on the way.</summary>
    static ConformanceCase Case(string tee, Func<ConformanceCase, bool> select, out AppraisalPolicy policy, out ParsedEvidence parsed)
    {
        var folder = SharedData.Folder("vectors/attestation");
        var tried = new List<string>();
        foreach (var item in BitFlips.Cases(folder, item => item.Tee == tee && select(item)))
        {
            var anchor = item.Json.TryGetProperty("anchor", out var own) ? TrustAnchor.FromCertificate(item.FileAt(own.GetString()!)).KeyDigest : default(Measurement?);
            var files = item.Entries.Select(entry => item.FileAt(entry.Path)).Concat(item.Json.TryGetProperty("intermediate", out var middle) ? [item.FileAt(middle.GetString()!), item.FileAt(own.GetString()!)] : []).ToList();
            var (bytes, read) = EvidenceFile.Read(files[0]);
            var draft = PolicyDraft.From(bytes, anchor is { } root ? [root] : [], [], new AppraisalContext
            {
                Now = item.VerifyAt!.Value,
                Endorsements = EndorsementFiles.Sort(files.SelectMany(file => EndorsementContent.Recognise(file))),
            });
            tried.Add($"{item.Id}: {string.Join(",", draft.Result.Failures.Select(check => check.Code))}");
            if (draft is { Policy: { } good, Result.Accepted: true })
            {
                (policy, parsed) = (good, read);
                return item;
            }
        }

        throw new InvalidOperationException("No case of " + tee + " gives a policy that accepts it: " + string.Join("; ", tried.Take(5)));
    }

    void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_folder, name), content);

    async Task RunAsync(string platform, ConformanceCase item, AppraisalPolicy policy, string bound)
    {
        Write("policy.json", policy.ToJson());
        var time = item.VerifyAt!.Value.ToString("O", CultureInfo.InvariantCulture);
        var (exit, output) = await RunSampleAsync(platform, _folder, time, bound);
        Assert.True(exit == 0, output);
        Assert.StartsWith("accepted: ", output, StringComparison.Ordinal);
        var other = (bound[0] == '0' ? '1' : '0') + bound[1..];
        (exit, output) = await RunSampleAsync(platform, _folder, time, other);
        Assert.Equal(10, exit);
        Assert.Contains(platform == "nitro" ? "AMN-NITRO-0041" : AttestationCodes.Binding, output, StringComparison.Ordinal);
    }

    static async Task<(int Exit, string Output)> RunSampleAsync(params string[] arguments)
    {
        // Built beside this test, in the same configuration.
        var output = Path.GetRelativePath(Path.Combine(SharedData.Repository, "tests", "Amnion.Cli.Tests"), AppContext.BaseDirectory);
        var program = Path.Combine(SharedData.Repository, "samples", "verify-evidence", output, "Amnion.Samples.VerifyEvidence.dll");
        using var process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await said + await errors);
    }
}
