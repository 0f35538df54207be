using System.Diagnostics;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests;

/// <summary>
/// A second opinion on Intel quotes: the npm package @phala/dcap-qvl. Wherever it reaches a status, ours is the same; where the two part, the
/// reason is one of those listed here.
/// </summary>
public sealed class DcapQvlTests
{
    static readonly string[] s_roles = ["quote", "tcb_info", "qe_identity", "tcb_signing_chain", "pck_crl", "root_crl"];

    /// <summary>What it refuses and we leave to the policy, or read where it does not.</summary>
    static readonly string[] s_stricter =
    [
        "Debug mode is enabled", // ours: AMN-EVIDENCE-0009, unless the policy allows debugging
        "SEPT_VE_DISABLE is not enabled", // ours: a policy check of its own
        "Invalid mr service td", // ours: a policy check of its own
        "Failed to decode TcbInfo", // TCB info of version 2, which it does not know
        "No matching TCB level found", // it compares the TDX module's SVNs from index 0; Intel from 2 where a module identity exists
    ];

    /// <summary>It looks serial numbers up in revocation lists and verifies neither their signature nor their time.</summary>
    static readonly string[] s_listChecks = [PathCodes.RevocationListUnusable, PathCodes.RevocationListMissing];

    [Fact]
    public async Task Agrees_on_every_published_quote_with_collateral()
    {
        var vectors = SharedData.Folder("vectors/attestation");
        var oracles = NodeFolder.Require("eng/oracles", "@phala/dcap-qvl");
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(vectors, "MANIFEST.json"), TestContext.Current.CancellationToken));
        var cases = manifest.RootElement.GetProperty("cases").EnumerateArray().Select(entry => new ConformanceCase(vectors, entry))
            .Where(item => item.Tee is "sgx" or "tdx" && s_roles.All(item.Roles.Contains) && item.VerifyAt is not null && item.Expected != "either" && TrySplit(item, out _)).ToList();
        Assert.True(cases.Count > 100, $"only {cases.Count} cases");
        var answers = await AskAsync(oracles, cases.Select(Line));
        var same = 0;
        var problems = new List<string>();
        foreach (var (item, theirs) in cases.Zip(answers))
        {
            var ours = ConformanceRunner.Answer(item);
            var problem = Compare(ours, theirs);
            if (problem is not null)
            {
                problems.Add($"{item.Id}: {problem}");
            }
            else
            {
                same++;
            }
        }

        Assert.Empty(problems);
        Assert.Equal(cases.Count, same);
    }

    static string? Compare(CaseAnswer ours, JsonElement theirs)
    {
        var verified = ours.Outcome == "verified";
        if (theirs.TryGetProperty("error", out var error))
        {
            return verified && !s_stricter.Contains(error.GetString()) ? $"verified here; there: {error.GetString()}" : null;
        }

        var status = theirs.GetProperty("status").GetString();
        if (!verified)
        {
            return ours.Codes.All(code => s_listChecks.Contains(code)) ? null : $"{status} there; refused here for {string.Join(", ", ours.Codes)}";
        }

        var own = ours.Fields.First(field => field.Name == "tcb_status").Value;
        if (own == status)
        {
            return null;
        }

        // Index 0 again: it then takes a lower level of the list where Intel's rule takes a higher one.
        var usesModule = ours.Fields.FirstOrDefault(field => field.Name == "td.tee_tcb_svn")?.Value.Substring(2, 2) is { } major && major != "00";
        return usesModule && status == "OutOfDate" ? null : $"{own} here, {status} there";
    }

    static string Line(ConformanceCase item)
    {
        _ = TrySplit(item, out var parts);
        var chain = Text(item, "tcb_signing_chain");
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBase64String("quote", item.File("quote"));
            json.WriteNumber("time", item.VerifyAt!.Value.ToUnixTimeSeconds());
            json.WriteStartObject("collateral");
            foreach (var (name, value) in parts)
            {
                json.WriteString(name, value);
            }

            json.WriteString("tcb_info_issuer_chain", chain);
            json.WriteString("qe_identity_issuer_chain", item.Roles.Contains("qe_identity_chain") ? Text(item, "qe_identity_chain") : chain);
            json.WriteString("pck_crl", Convert.ToHexStringLower(item.File("pck_crl")));
            json.WriteString("root_ca_crl", Convert.ToHexStringLower(item.File("root_crl")));
            json.WriteString("pck_crl_issuer_chain", string.Empty);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The inner objects' exact text and the signatures, as the package wants them; false for files that are not JSON on purpose.</summary>
    static bool TrySplit(ConformanceCase item, out List<(string Name, string Value)> parts)
    {
        parts = [];
        foreach (var (role, member, name) in new[] { ("tcb_info", "tcbInfo", "tcb_info"), ("qe_identity", "enclaveIdentity", "qe_identity") })
        {
            try
            {
                using var json = JsonDocument.Parse(item.File(role));
                parts.Add((name, json.RootElement.GetProperty(member).GetRawText()));
                parts.Add((name + "_signature", json.RootElement.GetProperty("signature").GetString()!));
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return false;
            }
        }

        return true;
    }

    static string Text(ConformanceCase item, string role) => System.Text.Encoding.Latin1.GetString(item.File(role));

    static async Task<List<JsonElement>> AskAsync(string folder, IEnumerable<string> lines)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["quote.mjs"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var line in lines)
        {
            await node.StandardInput.WriteLineAsync(line);
        }

        node.StandardInput.Close();
        var answers = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        return answers;
    }
}
