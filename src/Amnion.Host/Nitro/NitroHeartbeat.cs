using System.Globalization;
using Amnion.Records.Vsock;

namespace Amnion.Host.Nitro;

/// <summary>
/// How an enclave says that its kernel and PID 1 run: it connects to the parent's vsock port 9000, sends one byte and reads it back. AWS's
/// protocol (nitro-cli, enclave_ready).
/// </summary>
static class NitroHeartbeat
{
    /// <summary>The parent listens here.</summary>
    public const uint Port = VsockAddress.ReadyPort;

    /// <summary>The byte, both ways.</summary>
    public const byte Value = 0xB7;

    const long Gibibyte = 1L << 30;
    static readonly TimeSpan s_unit = TimeSpan.FromSeconds(90);

    /// <summary>How long a boot may take, as nitro-cli 1.5 has it: 90 s for each 6 GiB of image begun, and 90 s for each 100 GiB of memory begun.</summary>
    public static TimeSpan Limit(long imageBytes, long memoryBytes) => s_unit * (Begun(imageBytes, 6 * Gibibyte) + Begun(memoryBytes, 100 * Gibibyte));

    /// <summary>Waits for the enclave's own heartbeat and answers it. Connections of other enclaves are dropped.</summary>
    /// <exception cref="NitroException">It is another byte, or the connection broke.</exception>
    public static async Task ReceiveAsync(INitroListener listener, uint cid, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var (stream, peer) = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    if (peer == cid)
                    {
                        await AnswerAsync(stream, cancellation).ConfigureAwait(false);
                        return;
                    }
                }
            }
        }
        catch (IOException e)
        {
            throw new NitroException(HostCodes.NitroHeartbeatWrong, $"The enclave's heartbeat broke off: {e.Message}", "run it with --debug-console and see what its init says: amnion enclave console NAME", 0, e);
        }
    }

    static async Task AnswerAsync(Stream stream, CancellationToken cancellation)
    {
        var beat = new byte[1];
        await stream.ReadExactlyAsync(beat, cancellation).ConfigureAwait(false);
        if (beat[0] != Value)
        {
            throw new NitroException(HostCodes.NitroHeartbeatWrong, string.Create(CultureInfo.InvariantCulture, $"The enclave's heartbeat is 0x{beat[0]:X2}; expected 0x{Value:X2}."), "the image's init speaks another protocol: build the image with amnion image build");
        }

        await stream.WriteAsync(beat, cancellation).ConfigureAwait(false);
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    static long Begun(long bytes, long unit) => Math.Max(1, (bytes + unit - 1) / unit);
}
