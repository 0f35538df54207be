using System.CommandLine;
using Amnion.Cli.Conformance;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Commands;

/// <summary>`amnion conformance FOLDER`: every published case of a folder against this build.</summary>
static class ConformanceCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "A folder with MANIFEST.json of the format amnion-vectors/1" };
        var only = new Option<string?>("--only") { Description = "Run the cases of this kind of evidence only (snp, tdx, …), or one case (snp/ID); files of others are then not asked for", HelpName = "TEE[/ID]" };
        var flip = new Option<string?>("--flip-bits") { Description = "Instead, alter every single bit of every file of every accepted case and expect a refusal; LOG keeps what is done, so that an interrupted run goes on", HelpName = "LOG" };
        var every = new Option<int>("--every") { Description = "With --flip-bits: alter every Nth bit only, to look at a format before the hours that all bits take; such files do not count as done", HelpName = "N", DefaultValueFactory = _ => 1 };
        return new Command("conformance", "Run published attestation cases; exit 0 only where all agree")
        {
            Arguments = { folder },
            Options = { only, flip, every },
        }.Runs((parsed, output, cancellation) =>
        {
            var tee = parsed.GetValue(only);
            if (parsed.GetValue(flip) is { } log)
            {
                return Task.FromResult(BitFlipRun.Run(parsed.GetValue(folder)!, log, item => tee is null || Matches(item, tee), Math.Max(1, parsed.GetValue(every)), output, cancellation));
            }

            var results = new List<CaseResult>();
            foreach (var result in ConformanceRunner.Run(parsed.GetValue(folder)!, tee is null ? null : item => Matches(item, tee)))
            {
                cancellation.ThrowIfCancellationRequested();
                results.Add(result);
                Print(output, $"{(result.Agrees ? "ok  " : "FAIL")}  {result.Id}  expected {result.Expected}, got {result.Got}{(result.Codes.IsEmpty ? "" : "  " + string.Join(",", result.Codes.Distinct()))}");
                foreach (var problem in result.Problems)
                {
                    Print(output, $"        {problem}");
                }

                foreach (var remark in result.Remarks)
                {
                    Print(output, $"        note: {remark}");
                }
            }

            if (results.Count == 0)
            {
                throw new CliException(ExitCode.Malformed, "the folder has no such case", "leave --only out to run all", null);
            }

            var agree = results.Count(result => result.Agrees);
            Write(output, results, agree);
            return Task.FromResult(agree == results.Count ? ExitCode.Accepted : ExitCode.Rejected);
        });
    }

    /// <summary>Without what a manifest could use to forge a line of its own or to steer a terminal.</summary>
    static void Print(Output output, string text) => output.Line(string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)));

    static bool Matches(ConformanceCase item, string only) => item.Tee == only || $"{item.Tee}/{item.Id}" == only;

    static void Write(Output output, List<CaseResult> results, int agree)
    {
        output.Line($"{agree} of {results.Count} cases agree");
        if (!output.Json)
        {
            return;
        }

        output.Object(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("agree", agree);
            json.WriteNumber("cases", results.Count);
            json.WriteStartArray("results");
            foreach (var result in results)
            {
                json.WriteStartObject();
                json.WriteString("id", result.Id);
                json.WriteString("expected", result.Expected);
                json.WriteString("got", result.Got);
                json.WriteBoolean("agrees", result.Agrees);
                json.WriteStartArray("codes");
                foreach (var code in result.Codes.Distinct())
                {
                    json.WriteStringValue(code);
                }

                json.WriteEndArray();
                json.WriteStartArray("problems");
                foreach (var problem in result.Problems)
                {
                    json.WriteStringValue(problem);
                }

                json.WriteEndArray();
                json.WriteStartArray("remarks");
                foreach (var remark in result.Remarks)
                {
                    json.WriteStringValue(remark);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
