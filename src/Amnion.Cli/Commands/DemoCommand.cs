using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Demo;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Commands;

/// <summary>`amnion demo`: the main job and what happens when one bit is changed, on this machine, in under a minute.</summary>
[SupportedOSPlatform("linux")]
static class DemoCommand
{
    public static Command Create()
    {
        var platform = PlatformOption.Create();
        var image = PlatformOption.CreateImage();
        return new Command("demo", "Seal, boot, attest, ask, and see six attacks refused") { Options = { platform, image } }.Runs(async (parsed, output, cancellation) =>
        {
            // A home of its own: the demo neither needs nor changes what amnion up keeps.
            var folder = Directory.CreateTempSubdirectory("amnion-demo-").FullName;
            try
            {
                return await RunAsync(output, new AmnionHome(folder), parsed.GetValue(platform)!, parsed.GetValue(image), cancellation).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
    }

    static async Task<int> RunAsync(Output output, AmnionHome home, string platform, string? image, CancellationToken cancellation)
    {
        await using var run = new DemoRun(output, home, platform, image);
        IReadOnlyList<DemoTamper> tampers = [];
        (int Exit, string Message, string Hint, string? Code)? failure = null;
        try
        {
            await run.RunAsync(cancellation).ConfigureAwait(false);
            output.Line();
            output.Line("8. A hostile host");
            tampers = await new DemoTampers(run).RunAsync(tamper => output.Line($"   {(tamper.Refused ? "REFUSED " : "ACCEPTED")} {tamper.Name}\n            {tamper.Code}: {tamper.Reason}"), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (output.Json && e is not OperationCanceledException) // boundary: the one JSON object still comes, with the steps that ran
        {
            failure = CommandFrame.Describe(e);
        }

        var ok = failure is null && run.Steps.All(step => step.Ok) && tampers.All(tamper => tamper.Refused);
        if (output.Json)
        {
            Write(output, run, tampers, failure);
        }
        else
        {
            output.Line();
            output.Line(ok ? $"Done in {run.Elapsed.TotalSeconds:0.0} s. {CheckListing.Emulated}." : "NOT everything was refused; this is a bug worth reporting.");
        }

        return failure?.Exit ?? (ok ? ExitCode.Accepted : ExitCode.Rejected);
    }

    static void Write(Output output, DemoRun run, IReadOnlyList<DemoTamper> tampers, (int Exit, string Message, string Hint, string? Code)? failure) => output.Object(json =>
    {
        json.WriteStartObject();
        json.WriteString("platform", run.Platform);
        json.WriteBoolean("emulated", true);
        json.WriteStartArray("steps");
        foreach (var step in run.Steps)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteBoolean("ok", step.Ok);
            json.WriteNumber("ms", step.Milliseconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("answer", run.Answer);
        json.WritePropertyName("receipt");
        if (run.Receipt is { } receipt)
        {
            json.WriteRawValue(receipt.Signed.ToJson());
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteStartArray("tampers");
        foreach (var tamper in tampers)
        {
            json.WriteStartObject();
            json.WriteString("name", tamper.Name);
            json.WriteBoolean("refused", tamper.Refused);
            json.WriteString("code", tamper.Code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (failure is { } failed)
        {
            json.WriteStartObject("error");
            json.WriteString("code", failed.Code);
            json.WriteString("message", failed.Message);
            json.WriteString("hint", failed.Hint);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });
}
