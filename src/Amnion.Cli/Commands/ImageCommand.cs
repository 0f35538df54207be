using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;

namespace Amnion.Cli.Commands;

/// <summary>`amnion image measure FOLDER`: the build's last step, which writes the enclave program's Reference Values beside it.</summary>
[SupportedOSPlatform("linux")]
static class ImageCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "A published enclave program" };
        return new Command("image", "Measure enclave programs")
        {
            Subcommands =
            {
                new Command("measure", "Write the Reference Values of a freshly built program to FOLDER.measurements.json") { Arguments = { folder } }.Runs((parsed, output, _) =>
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
                }),
            },
        };
    }
}
