using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;

namespace Amnion.Cli.Commands;

/// <summary>The process that `amnion enclave run` leaves behind: it holds the enclave. Whoever kills it ends the enclave.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveHoldCommand
{
    /// <summary>What the process is called among the daemons of a home.</summary>
    public static string DaemonOf(string name) => "enclave-" + name;

    public static Command Create()
    {
        var options = new EnclaveOptions();
        var command = new Command("hold", "Hold one enclave in the foreground") { Arguments = { options.Image }, Hidden = true };
        foreach (var option in options.All)
        {
            command.Options.Add(option);
        }

        return command.Runs(async (parsed, output, cancellation) =>
        {
            var home = AmnionHome.Open();
            var order = options.OrderOf(parsed);
            var daemon = DaemonOf(order.Name);
            try
            {
                var facts = EnclaveImageFacts.Read(order.Image, TimeProvider.System.GetUtcNow());
                var ended = await EnclaveHolder.HoldAsync(
                    home,
                    order,
                    facts,
                    token => EnclavePlatforms.StartAsync(home, order, facts, token),
                    record => DaemonState.WriteReady(home, daemon, new Uri(string.Create(CultureInfo.InvariantCulture, $"vsock://{record.Cid}:{Host.Nitro.NitroPlatform.EndpointPort}"))),
                    cancellation).ConfigureAwait(false);
                output.Note(ended ? "the enclave ended by itself" : "the enclave was ended");
            }
            catch (Exception e) // boundary: the command that started this process tells the person
            {
                var (exit, message, hint, code) = CommandFrame.Describe(e);
                new DaemonFailure(exit, message, hint, code).Write(home, daemon);
                throw;
            }
            finally
            {
                DaemonState.Remove(home, daemon);
            }

            return ExitCode.Accepted;
        });
    }
}
