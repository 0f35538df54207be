using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image …`: builds, measures, signs and explains enclave images.</summary>
[SupportedOSPlatform("linux")]
static class ImageCommand
{
    public static Command Create() => new("image", "Build, measure, sign and explain enclave images (EIF)")
    {
        Subcommands =
        {
            ImageBuildCommand.Create(),
            ImageDescribeCommand.Create(),
            ImagePcrCommand.Create(),
            ImageSignCommand.Create(),
            ImageVerifyCommand.Create(),
            ImageExplainCommand.Create(),
            CreateMeasure(),
        },
    };

    static Command CreateMeasure()
    {
        var folder = new Argument<string>("FOLDER") { Description = "A published enclave program" };
        return new Command("measure", "Write the Reference Values of a freshly built program to FOLDER.measurements.json") { Arguments = { folder } }.Runs((parsed, output, _) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            ProgramDirectory.WriteMeasurements(path);
            var registers = ProgramDirectory.Open(path).Registers;
            if (output.Json)
            {
                output.Object(json =>
                {
                    json.WriteStartObject();
                    foreach (var (register, values) in registers)
                    {
                        json.WriteString($"PCR{register}", values[0].ToString());
                    }

                    json.WriteEndObject();
                });
            }
            else
            {
                foreach (var (register, values) in registers)
                {
                    output.Line($"register {register} {values[0]}");
                }
            }

            return Task.FromResult(ExitCode.Accepted);
        });
    }
}
