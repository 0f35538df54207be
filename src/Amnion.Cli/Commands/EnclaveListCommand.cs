using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;

namespace Amnion.Cli.Commands;

/// <summary>`amnion enclave list`: what runs. With --json, nitro-cli's describe-enclaves.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveListCommand
{
    public static Command Create() => new Command("list", "Show the enclaves that run").Runs((_, output, _) =>
    {
        Show(output, new EnclaveRecords(AmnionHome.Open()).All());
        return Task.FromResult(ExitCode.Accepted);
    });

    /// <summary>Prints enclaves.</summary>
    public static void Show(Output output, IReadOnlyCollection<EnclaveRecord> records)
    {
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartArray();
                foreach (var record in records)
                {
                    record.WriteDescription(json);
                }

                json.WriteEndArray();
            });
            return;
        }

        foreach (var record in records)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{record.Name}  {record.Platform}  {(record.IsStarting ? "starting" : record.Id)}  context {record.Cid}  {record.Cpus} processors{(record.CpuIds.IsEmpty ? "" : $" ({string.Join(',', record.CpuIds)})")}  {record.MemoryMebibytes} MiB  process {record.Process.Id}"));
            output.Line($"  {record.Image}");
            if (AttestationPlatform.IsEmulated(record.Platform))
            {
                output.Line($"  {CheckListing.Emulated}");
            }

            if (record.IsDebug)
            {
                output.Line(record.Platform == AttestationPlatform.Nitro ? "  debug: its registers are zero, so no policy accepts it" : "  debug: it has a console");
            }
        }

        if (records.Count == 0)
        {
            output.Line("no enclave runs");
        }
    }
}
