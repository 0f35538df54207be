using System.CommandLine;
using System.Runtime.Versioning;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Commands;

/// <summary>`amnion enclave stop NAME|--all`: ends enclaves and the processes that hold them.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveStopCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "The enclave's name", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every enclave that runs" };
        return new Command("stop", "End enclaves") { Arguments = { name }, Options = { all } }.Runs(async (parsed, output, _) =>
        {
            var home = AmnionHome.Open();
            var records = new EnclaveRecords(home);
            if (parsed.GetValue(all) == parsed.GetValue(name) is not null)
            {
                throw new CliException(ExitCode.Malformed, "name one enclave, or pass --all", "amnion enclave list shows the names");
            }

            var chosen = parsed.GetValue(all) ? [.. records.All()] : (List<EnclaveRecord>)[Find(records, parsed.GetValue(name)!)];
            foreach (var record in chosen)
            {
                await StopAsync(home, record).ConfigureAwait(false);
                output.Line($"stopped {record.Name}");
            }

            if (chosen.Count == 0)
            {
                output.Line("nothing was running");
            }

            Show(output, chosen, parsed.GetValue(all));
            return ExitCode.Accepted;
        });
    }

    /// <summary>An enclave that runs.</summary>
    /// <exception cref="CliException">None of that name does.</exception>
    public static EnclaveRecord Find(EnclaveRecords records, string name) => records.Find(name)
        ?? throw new CliException(ExitCode.Malformed, $"no enclave named \"{name}\" runs", "amnion enclave list shows the names", CliCodes.EnclaveUnknown);

    /// <summary>Ends the process that holds an enclave, and with it the enclave; nothing of it stays.</summary>
    public static async Task StopAsync(AmnionHome home, EnclaveRecord record)
    {
        _ = await record.Process.EndAsync().ConfigureAwait(false);

        // A holder that had to be killed left its record.
        new EnclaveRecords(home).TryClaim(record.Name)?.Dispose();
        var daemon = EnclaveHoldCommand.DaemonOf(record.Name);
        DaemonState.Remove(home, daemon);
        DaemonFailure.Remove(home, daemon);
    }

    static void Show(Output output, List<EnclaveRecord> stopped, bool all)
    {
        if (!output.Json)
        {
            return;
        }

        output.Object(json =>
        {
            if (all)
            {
                json.WriteStartArray();
            }

            stopped.ForEach(record => record.WriteTermination(json));
            if (all)
            {
                json.WriteEndArray();
            }
        });
    }
}
