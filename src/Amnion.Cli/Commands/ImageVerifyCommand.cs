using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Images;
using Amnion.Cli.Terminal;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;
using Amnion.Images.Signing;
using Amnion.Records;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image verify FILE`: checksum, signature, and the registers that a policy or another build names.</summary>
[SupportedOSPlatform("linux")]
static class ImageVerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An EIF image" };
        var policy = new Option<string?>("--policy") { Description = "Appraisal policy whose registers the image must have", HelpName = "FILE" };
        var expected = new Option<string?>("--expected") { Description = "Registers the image must have: nitro-cli's JSON, or the inputs file of another build", HelpName = "FILE" };
        var at = TimeOption.Create();
        var unsigned = new Option<bool>("--allow-unsigned") { Description = "Accept an image without signature" };
        return new Command("verify", "Check an image against itself, its signature and expected registers") { Arguments = { file }, Options = { policy, expected, at, unsigned } }.Runs((parsed, output, _) =>
        {
            var image = EifImage.Open(ImageFiles.Require(parsed.GetValue(file)!));
            var time = TimeOption.Read(parsed.GetValue(at)) ?? TimeProvider.System.GetUtcNow();
            var checks = ImageVerifier.Verify(image, image.Measure(), time, Expected(parsed.GetValue(policy), parsed.GetValue(expected)), !parsed.GetValue(unsigned));
            var accepted = !checks.Any(check => check.Rejects);
            if (output.Json)
            {
                WriteJson(output, checks, accepted);
            }
            else
            {
                CheckListing.WriteChecks(output, checks);
                output.Line(accepted ? "  ACCEPTED" : "  REFUSED");
            }

            return Task.FromResult(accepted ? ExitCode.Accepted : ExitCode.Rejected);
        });
    }

    static Dictionary<int, ImmutableArray<Digest>> Expected(string? policy, string? expected)
    {
        var result = new Dictionary<int, ImmutableArray<Digest>>();
        if (policy is not null)
        {
            foreach (var (register, values) in AppraisalPolicy.Parse(BoundedFile.Read(policy, AppraisalPolicy.MaxLength)).Registers)
            {
                result[register] = [.. values.Where(value => value.Length == RegisterLog.RegisterLength).Select(value => Digest.FromBytes(value.Bytes.Span))];
            }
        }

        if (expected is not null)
        {
            foreach (var (register, value) in ExpectedRegisters.Parse(BoundedFile.Read(expected, ExpectedRegisters.MaxLength)).Values)
            {
                // Both must hold where both name a register.
                result[register] = result.TryGetValue(register, out var values) ? [.. values.Where(other => other == value)] : [value];
            }
        }

        return result;
    }

    static void WriteJson(Output output, ImmutableArray<AttestationCheck> checks, bool accepted) => output.Object(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("accepted", accepted);
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("code", check.Code);
            json.WriteString("name", check.Name);
            json.WriteString("outcome", check.Outcome switch { CheckOutcome.Pass => "pass", CheckOutcome.Fail => "fail", _ => "skip" });
            json.WriteBoolean("required", check.Required);
            json.WriteString("expected", check.Expected);
            json.WriteString("actual", check.Actual);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
