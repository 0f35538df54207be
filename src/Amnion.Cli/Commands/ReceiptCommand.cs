using System.Collections.Immutable;
using System.CommandLine;
using Amnion.Attestation;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Records;

namespace Amnion.Cli.Commands;

/// <summary>`amnion receipt FILE`: was this answer made by an enclave the policy accepts, and what does its receipt say?</summary>
static class ReceiptCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A receipt file as the proxy keeps it" };
        var policy = new Option<string?>("--policy") { Description = "Appraisal policy (default: caller-policy.json in AMNION_HOME)", HelpName = "FILE" };
        var revocation = RevocationFiles.Create();
        return new Command("receipt", "Check a receipt offline, at its Evidence's own time")
        {
            Arguments = { file },
            Options = { policy, revocation },
        }.Runs((parsed, output, _) =>
        {
            var rules = PolicyFile.Read(parsed.GetValue(policy), AmnionHome.Open());
            var receipt = ReceiptFile.Parse(File.ReadAllBytes(parsed.GetValue(file)!));
            var (result, problem) = Check(receipt, rules, RevocationFiles.Read(parsed.GetValue(revocation)));
            Write(output, receipt.Signed.Receipt, result, problem);
            return Task.FromResult(problem is not null && result.Accepted ? ExitCode.Rejected : CheckListing.ExitCodeOf(result));
        });
    }

    /// <summary>The appraisal of the receipt's Evidence, and what is wrong with the receipt itself; null is nothing.</summary>
    public static (AttestationResult Result, string? Problem) Check(ReceiptFile file, AppraisalPolicy policy, ImmutableArray<ReadOnlyMemory<byte>> revocationLists = default)
    {
        var result = BundleAppraiser.Appraise(file.Evidence, policy, file.Nonce.AsSpan(), Purpose.Serve, TimeProvider.System.GetUtcNow(), atDocumentTime: true, revocationLists: revocationLists);
        var (receipt, keyset) = (file.Signed.Receipt, file.Evidence.Keyset);
        var problem = receipt switch
        {
            _ when !file.Signed.Verify(keyset.ReceiptKey.AsSpan()) => "its signature is not by the enclave's receipt key",
            _ when receipt.Keyset != keyset.ComputeDigest() || receipt.Model != keyset.Model || receipt.LogHead != keyset.LogHead => "it names another keyset, model or register log than its Evidence",
            _ when receipt.Emulated != result.Emulated => "it disagrees with its Evidence about emulation",
            _ when receipt.Time < keyset.NotBefore || receipt.Time > keyset.NotAfter + Keyset.MaxLifetimeMs => "its time is outside its keyset's validity",
            _ => null,
        };
        return (result, problem);
    }

    public static void Write(Output output, Receipt receipt, AttestationResult result, string? problem)
    {
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("accepted", problem is null && result.Accepted);
                json.WriteString("problem", problem);
                json.WritePropertyName("receipt");
                json.WriteRawValue(receipt.ToJson());
                json.WritePropertyName("attestation");
                AttestationResultJson.Write(json, result);
                json.WriteEndObject();
            });
            return;
        }

        output.Line($"  receipt {receipt.Id}{(receipt.Emulated ? "   " + CheckListing.Emulated : "")}");
        output.Line($"  time    {DateTimeOffset.FromUnixTimeMilliseconds(receipt.Time):u} ({receipt.TimeSource})");
        output.Line($"  model   {receipt.Model}");
        output.Line($"  keyset  {receipt.Keyset}");
        output.Line($"  tokens  {receipt.PromptTokens} in, {receipt.CompletionTokens} out; configuration version {receipt.ConfigurationVersion}");
        foreach (var entry in receipt.Events)
        {
            output.Line($"  {entry.Type,-18} {entry.Digest} ({entry.Length} sealed bytes)");
        }

        var failed = result.Failures.Select(check => check.Code).ToArray();
        output.Line(result.Accepted ? $"  Evidence: accepted, {result.Checks.Length} checks" : $"  Evidence: REFUSED ({string.Join(", ", failed)})");
        output.Line(problem is null ? $"  signature: {(result.Accepted ? "VERIFIED" : "by the receipt key of refused Evidence")}" : $"  receipt: REFUSED, {problem}");
    }
}
