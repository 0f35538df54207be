using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Cli.Images;
using Amnion.Cli.Terminal;
using Amnion.Images;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image explain A B` and `amnion image explain A --expected FILE`: which input made which register differ.</summary>
[SupportedOSPlatform("linux")]
static class ImageExplainCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("A") { Description = "An EIF image" };
        var second = new Argument<string?>("B") { Description = "Another image", Arity = ArgumentArity.ZeroOrOne };
        var expected = new Option<string?>("--expected") { Description = "Registers instead of an image: nitro-cli's JSON, or the inputs file of another build", HelpName = "FILE" };
        return new Command("explain", "Say which input made which register differ") { Arguments = { first, second }, Options = { expected } }.Runs((parsed, output, _) =>
        {
            var a = EifImage.Open(ImageFiles.Require(parsed.GetValue(first)!));
            var measured = a.Measure().Registers;
            ImmutableSortedDictionary<int, Amnion.Records.Digest> other;
            ImmutableArray<ImageDifference> differences;
            if (parsed.GetValue(second) is { } path && parsed.GetValue(expected) is null)
            {
                var b = EifImage.Open(ImageFiles.Require(path));
                other = b.Measure().Registers.ByNumber;
                differences = ImageComparison.Compare(a, b);
            }
            else if (parsed.GetValue(second) is null && parsed.GetValue(expected) is { } values)
            {
                var read = ExpectedRegisters.Parse(BoundedFile.Read(values, ExpectedRegisters.MaxLength));
                other = read.Values;
                differences = ExpectedComparison.Compare(a, measured, read);
            }
            else
            {
                throw new CliException(ExitCode.Malformed, "nothing to compare with", "pass either a second image or --expected FILE");
            }

            var registers = ExpectedComparison.Differing(measured, other);
            if (output.Json)
            {
                WriteJson(output, registers, differences);
            }
            else
            {
                WriteText(output, registers, differences);
            }

            return Task.FromResult(registers.IsEmpty ? ExitCode.Accepted : ExitCode.Rejected);
        });
    }

    static void WriteText(Output output, ImmutableArray<int> registers, ImmutableArray<ImageDifference> differences)
    {
        output.Line(registers.IsEmpty ? "All registers are alike." : $"Registers that differ: {string.Join(", ", registers.Select(register => "PCR" + register.ToString(CultureInfo.InvariantCulture)))}");
        foreach (var difference in differences)
        {
            var reaches = difference.Registers.IsEmpty ? "not measured" : "PCR" + string.Join(", PCR", difference.Registers);
            output.Line($"  {difference.Section}{(difference.Path is null ? "" : " " + Printable.Escape(difference.Path))} ({reaches}): {difference.Problem}");
            foreach (var detail in difference.Details)
            {
                output.Line($"      {detail}");
            }
        }
    }

    static void WriteJson(Output output, ImmutableArray<int> registers, ImmutableArray<ImageDifference> differences) => output.Object(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("registers");
        foreach (var register in registers)
        {
            json.WriteNumberValue(register);
        }

        json.WriteEndArray();
        json.WriteStartArray("differences");
        foreach (var difference in differences)
        {
            json.WriteStartObject();
            json.WriteString("section", difference.Section);
            json.WriteString("path", difference.Path);
            json.WriteStartArray("registers");
            foreach (var register in difference.Registers)
            {
                json.WriteNumberValue(register);
            }

            json.WriteEndArray();
            json.WriteString("problem", difference.Problem);
            json.WriteStartArray("details");
            foreach (var detail in difference.Details)
            {
                json.WriteStringValue(detail);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
