using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Amnion.Attestation.Nitro;
using Amnion.Enclave.Linux;
using Amnion.Enclave.Nsm;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Weights;
using Amnion.Enclave.Workload;
using Amnion.Records;
using Amnion.Records.Vsock;

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

    /// <summary>The image's configuration cannot be read.</summary>
    public const int ExitImage = 78;

    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(RunOptions options)
    {
        if (!ProcessHardening.Apply())
        {
            return End("not-hardened", ExitNotHardened);
        }

        ImageConfiguration? image;
        try
        {
            image = Image(options);
        }
        catch (InvalidDataException)
        {
            return End("bad-image", ExitImage);
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        using var closing = Module(options, out var nsm);
        var telemetry = new TelemetryLog(TimeProvider.System);
        var gate = new BootGate(new SecurityModule(nsm, options.Platform), Loader(options), image, TimeProvider.System, telemetry);
        await using (gate.ConfigureAwait(false))
        {
            IDisposable listener;
            Func<CancellationToken, ValueTask<Stream>> accept;
            try
            {
                (listener, accept) = Listen(options);
            }
            catch (Exception e) when (e is SocketException or ArgumentException or IOException)
            {
                return End("no-socket", ExitSocket);
            }

            using (listener)
            {
                Console.Out.WriteLine("listening");
                using var server = new FrameServer(new ExchangeDispatcher(gate, telemetry), TimeProvider.System);
                await server.RunAsync(accept, stop.Token).ConfigureAwait(false);
            }
        }

        return End("stopped", ExitOk);
    }

    static IModelLoader Loader(RunOptions options) =>
        (options.Workload ?? (options.NsmIsDevice ? WorkloadOptions.OfImage(WorkloadImage.Directory) : null)) is { } workload
            ? new WorkloadLoader(workload, WorkloadImage.Directory, TimeProvider.System)
            : new LlamaLoader(TimeProvider.System);

    static int End(string word, int status)
    {
        Console.Out.WriteLine(word);
        return status;
    }

    static ImageConfiguration? Image(RunOptions options)
    {
        // The usual place means something inside an image only.
        var path = options.Image ?? (options.NsmIsDevice && File.Exists(ImageFile.DefaultPath) ? ImageFile.DefaultPath : null);
        return path is null ? null : ImageFile.Read(path);
    }

    static IDisposable Module(RunOptions options, out INsm nsm)
    {
        if (options.NsmIsDevice)
        {
            var device = new DeviceNsm(options.NsmDescriptor);
            nsm = device;
            return device;
        }

        var socket = new SocketNsm(options.NsmDescriptor);
        nsm = socket;
        return socket;
    }

    static (IDisposable Listener, Func<CancellationToken, ValueTask<Stream>> Accept) Listen(RunOptions options)
    {
        if (options.VsockDescriptor is { } descriptor && OperatingSystem.IsLinux())
        {
            return ListenOnVsock(descriptor);
        }

        var unix = options.ListenDescriptor is { } inherited ? UnixListener.FromDescriptor(inherited) : UnixListener.Open(options.Socket!);
        return (unix, unix.AcceptAsync);
    }

    [SupportedOSPlatform("linux")]
    static (IDisposable, Func<CancellationToken, ValueTask<Stream>>) ListenOnVsock(int descriptor)
    {
        var listener = VsockListener.FromDescriptor(descriptor);
        return (listener, async cancellation => await listener.AcceptAsync(cancellation).ConfigureAwait(false));
    }
}
