using System.CommandLine;
using System.Runtime.Versioning;
using System.Text;
using Amnion.Attestation;
using Amnion.Cli.Enclaves;
using Amnion.Cli.State;
using Amnion.Cli.Terminal;
using Amnion.Host.Nitro;

namespace Amnion.Cli.Commands;

/// <summary>`amnion enclave console NAME`: what a debug enclave prints, until it ends or the command is interrupted.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveConsoleCommand
{
    const int Piece = 4096;
    static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The enclave's name" };
        return new Command("console", "Show a debug enclave's console") { Arguments = { name } }.Runs(async (parsed, output, cancellation) =>
        {
            var record = EnclaveStopCommand.Find(new EnclaveRecords(AmnionHome.Open()), parsed.GetValue(name)!);
            RequireConsole(record);
            try
            {
                if (record.Platform == AttestationPlatform.Nitro)
                {
                    await using var console = await NitroPlatform.OpenConsoleAsync(record.Cid, cancellation).ConfigureAwait(false);
                    await CopyAsync(console, output, () => true, cancellation).ConfigureAwait(false);
                }
                else
                {
                    await using var console = new FileStream(record.Console, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, Piece, useAsync: true);
                    await CopyAsync(console, output, () => !record.Process.IsRunning, cancellation).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // Interrupted: what was asked for is done.
            }

            return ExitCode.Accepted;
        });
    }

    /// <summary>Refuses an enclave that has no console.</summary>
    /// <exception cref="CliException">It has none.</exception>
    public static void RequireConsole(EnclaveRecord record)
    {
        if (!record.IsDebug)
        {
            throw new CliException(ExitCode.Unsupported, $"the enclave \"{record.Name}\" has no console: it was not started with --debug-console", "an enclave that holds secrets has none; run the image again with --debug-console to see it boot", CliCodes.EnclaveNoConsole);
        }
    }

    /// <summary>Text of a console as a terminal may be given it: what an enclave prints must not move the cursor or feign other output.</summary>
    public static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            if (value != (byte)'\r')
            {
                text.Append(value is (byte)'\n' or (byte)'\t' or (>= 0x20 and < 0x7f) ? (char)value : '?');
            }
        }

        return text.ToString();
    }

    /// <summary>Copies until the stream ends, or has ended and <paramref name="isOver"/>.</summary>
    public static async Task CopyAsync(Stream console, Output output, Func<bool> isOver, CancellationToken cancellation)
    {
        var piece = new byte[Piece];
        while (true)
        {
            // Asked first: what is written before the end is read once more.
            var over = isOver();
            var read = await console.ReadAsync(piece, cancellation).ConfigureAwait(false);
            if (read > 0)
            {
                output.Text(Printable(piece.AsSpan(0, read)));
            }
            else if (over)
            {
                return;
            }
            else
            {
                await Task.Delay(s_poll, cancellation).ConfigureAwait(false);
            }
        }
    }
}
