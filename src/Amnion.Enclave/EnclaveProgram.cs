using System.Net.Sockets;
using System.Runtime.InteropServices;
using Amnion.Enclave.Linux;
using Amnion.Enclave.Nsm;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Weights;
using Amnion.Enclave.Workload;

namespace Amnion.Enclave;

/// <summary>The program: hardens its process, listens on one socket, and ends when told to. It prints fixed words only and reads no console.</summary>
static class EnclaveProgram
{
    /// <summary>Ended as asked.</summary>
    public const int ExitOk = 0;

    /// <summary>The arguments are not understood.</summary>
    public const int ExitUsage = 64;

    /// <summary>The socket could not be opened.</summary>
    public const int ExitSocket = 69;

    /// <summary>The process could not be hardened, or diagnostics are not switched off.</summary>
    public const int ExitNotHardened = 77;

    // A Unix socket refuses at once where the backlog is full, so it holds more than are served.
    const int Backlog = 2 * FrameServer.MaxConnections;

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(RunOptions options)
    {
        if (!ProcessHardening.Apply())
        {
            Console.Out.WriteLine("not-hardened");
            return ExitNotHardened;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        using var nsm = new SocketNsm(options.NsmDescriptor);
        var telemetry = new TelemetryLog(TimeProvider.System);
        var gate = new BootGate(new SecurityModule(nsm), Loader(options), options.Platform, TimeProvider.System, telemetry);
        await using (gate.ConfigureAwait(false))
        {
            using var listener = Listen(options);
            if (listener is null)
            {
                Console.Out.WriteLine("no-socket");
                return ExitSocket;
            }

            Console.Out.WriteLine("listening");
            using var server = new FrameServer(new ExchangeDispatcher(gate, telemetry), TimeProvider.System);
            await server.RunAsync(listener, stop.Token).ConfigureAwait(false);
        }

        Console.Out.WriteLine("stopped");
        return ExitOk;
    }

    static IModelLoader Loader(RunOptions options) =>
        (options.Workload ?? WorkloadOptions.OfImage(WorkloadImage.Directory)) is { } workload ? new WorkloadLoader(workload, WorkloadImage.Directory, TimeProvider.System) : new LlamaLoader(TimeProvider.System);

    static Socket? Listen(RunOptions options)
    {
        try
        {
            if (options.ListenDescriptor is { } inherited)
            {
                return new Socket(new SafeSocketHandle(inherited, ownsHandle: true));
            }

            var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(options.Socket!));
            listener.Listen(Backlog);
            return listener;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return null;
        }
    }
}
