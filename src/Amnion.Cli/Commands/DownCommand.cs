using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;

namespace Amnion.Cli.Commands;

/// <summary>`amnion down`: stops proxy, host with its enclave, and broker.</summary>
[SupportedOSPlatform("linux")]
static class DownCommand
{
    public static Command Create() => new Command("down", "Stop what amnion up started").Runs(async (_, output, _) =>
    {
        var home = AmnionHome.Open();
        var stopped = new List<string>();
        foreach (var name in Daemons.All.Reverse())
        {
            if (await Daemons.StopAsync(home, name).ConfigureAwait(false))
            {
                stopped.Add(name);
                output.Line($"stopped the {name}");
            }
        }

        if (stopped.Count == 0)
        {
            output.Line("nothing was running");
        }

        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("stopped");
                foreach (var name in stopped)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }

        return ExitCode.Accepted;
    });
}
