using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Amnion.Host.Local;
using Amnion.Records.Vsock;

namespace Amnion.Host.Qemu;

/// <summary>QEMU with one image and the back end of its vsock: two processes that end with this one, and a private directory with their sockets.</summary>
[SupportedOSPlatform("linux")]
sealed class QemuMachine : IAsyncDisposable
{
    /// <summary>The machine's own context; the back end serves one machine, so it need not differ from others'.</summary>
    const int ContextId = 16;

    /// <summary>Memory for translated code, MiB; QEMU would take up to 1 GiB.</summary>
    const int TranslationMiB = 128;

    static readonly TimeSpan BackendLimit = TimeSpan.FromSeconds(15);
    static readonly TimeSpan GoneLimit = TimeSpan.FromSeconds(10);

    readonly RunDirectory _directory;
    readonly Socket _console;
    readonly Socket _beats;
    readonly Socket _errors;
    readonly List<Task> _reading = [];
    readonly TaskCompletionSource _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);
    SpawnedProcess? _backend;
    SpawnedProcess? _emulator;
    int _disposed;

    QemuMachine(RunDirectory directory, Socket errors, Action<ReadOnlyMemory<byte>>? console)
    {
        _directory = directory;
        _errors = errors;
        ConsoleTail = new OutputTail(console);
        VsockPath = Path.Combine(directory.Path, "vm.vsock");
        if (HybridVsock.PathOf(VsockPath, VsockAddress.ReadyPort).Length > EnclaveConnection.MaxSocketPath)
        {
            throw new SandboxException(HostCodes.SpawnFailed, $"The home directory's path is too long for a socket: \"{VsockPath}\".");
        }

        _console = Listen(ConsolePath);
        _beats = HybridVsock.Listen(VsockPath, VsockAddress.ReadyPort);
    }

    /// <summary>Where the vsock of the machine is reached.</summary>
    internal string VsockPath { get; }

    /// <summary>What the console printed last.</summary>
    internal OutputTail ConsoleTail { get; }

    /// <summary>What QEMU and the back end printed last.</summary>
    internal OutputTail Errors { get; } = new(null);

    /// <summary>Completes with QEMU's exit status.</summary>
    internal Task<int> Exited => _emulator!.Exited;

    /// <summary>Completes when the machine's first program says that it runs.</summary>
    internal Task Beat => _beat.Task;

    /// <summary>QEMU's process.</summary>
    internal int ProcessId => _emulator!.Id;

    string ConsolePath => Path.Combine(_directory.Path, "console.sock");

    string BackendPath => Path.Combine(_directory.Path, "vhost.sock");

    /// <summary>Starts both. Takes the directory over.</summary>
    internal static async Task<QemuMachine> StartAsync(QemuPlatformOptions options, string moduleId, int memory, RunDirectory directory, CancellationToken cancellation)
    {
        var (ours, theirs) = Sandbox.SocketPair();
        using (theirs)
        {
            QemuMachine machine;
            try
            {
                machine = new QemuMachine(directory, ours, options.Console);
            }
            catch
            {
                ours.Dispose();
                directory.Dispose();
                throw;
            }

            try
            {
                await machine.RunAsync(options, moduleId, memory, (int)theirs.DangerousGetHandle(), cancellation).ConfigureAwait(false);
                return machine;
            }
            catch
            {
                await machine.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>QEMU's arguments, without the program's name.</summary>
    internal static IReadOnlyList<string> Arguments(QemuPlatformOptions options, string moduleId, int memory, string backend, string console) =>
    [
        "-L", options.Tools.Firmware,
        "-M", $"nitro-enclave,vsock=c,id={Quote(moduleId)},parent-role={Quote(options.Role)},parent-id={Quote(options.Instance)}",
        "-m", string.Create(CultureInfo.InvariantCulture, $"{memory}M"),
        // The processor is emulated in software whatever the machine offers: the platform says EMULATED, and behaves alike everywhere.
        "-accel", string.Create(CultureInfo.InvariantCulture, $"tcg,thread=multi,tb-size={TranslationMiB}"),

        // Linux reads on Intel's processors alone how fast the clocks run (leaf 0x15, eng/qemu/clock.patch). Measuring them instead fails where the host is busy.
        "-cpu", "max,vendor=GenuineIntel,family=6,model=54,stepping=1,level=0x15",

        // What reboot=k restarts the machine through. Without it a stopped second processor may boot the image again before the first has ended the machine.
        "-device", "i8042",
        "-smp", options.Processors.ToString(CultureInfo.InvariantCulture),
        "-kernel", options.Image,
        "-nodefaults", "-no-user-config", "-nographic", "-no-reboot",
        "-chardev", $"socket,id=c,path={Quote(backend)}",
        "-chardev", $"socket,id=console,path={Quote(console)}",
        "-serial", "chardev:console",
    ];

    /// <summary>Ends both, waits until they are gone, and removes their directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (var process in (SpawnedProcess?[])[_emulator, _backend])
        {
            if (process is not null)
            {
                process.Kill();
                _ = await process.Exited.ConfigureAwait(false);
            }
        }

        _beats.Dispose();
        _console.Dispose();
        await Task.WhenAll(_reading).WaitAsync(GoneLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _errors.Dispose();
        _directory.Dispose();
    }

    async Task RunAsync(QemuPlatformOptions options, string moduleId, int memory, int errors, CancellationToken cancellation)
    {
        _reading.Add(Errors.DrainAsync(_errors));
        _reading.Add(HybridVsock.AnswerHeartbeatsAsync(_beats, _beat));
        _reading.Add(ReadConsoleAsync());
        _backend = await SpawnAsync(options, options.Tools.VsockBackend, ["--vm", string.Create(CultureInfo.InvariantCulture, $"guest-cid={ContextId},socket={BackendPath},uds-path={VsockPath}")], errors).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(BackendLimit);
        try
        {
            while (!File.Exists(BackendPath))
            {
                if (_backend.Exited.IsCompleted)
                {
                    throw new EnclaveUnavailableException(HostCodes.QemuFailed, $"The vsock back end ended at once: {Errors.LastLines()}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EnclaveUnavailableException(HostCodes.QemuFailed, "The vsock back end did not listen in time.");
        }

        _emulator = await SpawnAsync(options, options.Tools.Emulator, Arguments(options, moduleId, memory, BackendPath, ConsolePath), errors).ConfigureAwait(false);
    }

    // setpriv becomes the program after it has asked the kernel to end it with this process: PR_SET_PDEATHSIG outlives exec.
    // QEMU unpacks the image into temporary files: they go with the directory.
    Task<SpawnedProcess> SpawnAsync(QemuPlatformOptions options, string program, IReadOnlyList<string> arguments, int errors) =>
        SpawnedProcess.StartAsync(options.Tools.Setpriv, ["setpriv", "--pdeathsig", "KILL", "--", program, .. arguments], ["LANG=C", "PATH=/usr/bin:/bin", $"TMPDIR={_directory.Path}"], [(errors, 1), (errors, 2)]);

    async Task ReadConsoleAsync()
    {
        try
        {
            using var connection = await _console.AcceptAsync().ConfigureAwait(false);
            await ConsoleTail.DrainAsync(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The machine never came that far.
        }
    }

    static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    // QEMU's option syntax: a comma in a value is doubled.
    static string Quote(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
