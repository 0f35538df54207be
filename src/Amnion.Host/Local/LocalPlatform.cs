using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Records.Frames;

namespace Amnion.Host.Local;

/// <summary>
/// Runs enclaves as sandboxed processes with an emulated security module: the embedded default on any Linux. EMULATED – not a
/// security boundary. docs/specs/local-platform.md.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class LocalPlatform : IEnclavePlatform, IDisposable
{
    /// <summary>How long a start may take until the program listens; a cold disk and a busy machine included.</summary>
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    const int Backlog = 128;

    readonly LocalPlatformOptions _options;
    readonly TimeProvider _time;
    readonly Func<CancellationToken, Task<SandboxReport>> _probe;

    /// <summary>Opens the development root under <see cref="LocalPlatformOptions.Home"/>, making it at first use.</summary>
    /// <exception cref="DevelopmentRootException">It cannot be used.</exception>
    public LocalPlatform(LocalPlatformOptions options, TimeProvider time)
        : this(options, time, Sandbox.ProbeAsync)
    {
    }

    internal LocalPlatform(LocalPlatformOptions options, TimeProvider time, Func<CancellationToken, Task<SandboxReport>> probe)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _probe = probe;
        Directory.CreateDirectory(options.Home, RunDirectory.Private);
        Authority = DevelopmentAuthority.Open(Path.Combine(options.Home, "dev-root"), time);
    }

    /// <summary>The development root; its <see cref="DevelopmentAuthority.AnchorDigest"/> is what a policy must name.</summary>
    public DevelopmentAuthority Authority { get; }

    /// <inheritdoc/>
    public string Name => AttestationPlatform.Local;

    /// <inheritdoc/>
    public async Task<RunningEnclave> StartAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        var report = await _probe(cancellation).ConfigureAwait(false);
        if (!report.IsComplete && !_options.DangerousAllowMissingLayers)
        {
            throw new SandboxException(HostCodes.SandboxUnavailable, $"The sandbox is not complete on this machine: {report}.", report);
        }

        progress?.Report(new LaunchProgress(LaunchStep.Measure, LaunchStepState.Running));
        var directory = RunDirectory.Create(Path.Combine(_options.Home, "run"));
        try
        {
            var image = EnclaveImage.Stage(_options.ProgramDirectory, directory.Path);
            var measurement = image.Measure(report);
            measurement = measurement with
            {
                Registers = measurement.Registers.Add(3, ImageMeasurement.OfText(_options.Role)).Add(4, ImageMeasurement.OfText(_options.Instance)),
            };
            progress?.Report(new LaunchProgress(LaunchStep.Measure, LaunchStepState.Done));
            progress?.Report(new LaunchProgress(LaunchStep.Start, LaunchStepState.Running));
            var enclave = await LaunchAsync(directory, image, measurement, report).ConfigureAwait(false);
            await ListeningAsync(enclave, cancellation).ConfigureAwait(false);
            progress?.Report(new LaunchProgress(LaunchStep.Start, LaunchStepState.Done));
            return enclave;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Authority.Dispose();

    async Task<LocalEnclave> LaunchAsync(RunDirectory directory, EnclaveImage image, ImageMeasurement measurement, SandboxReport report)
    {
        var launch = measurement.Registers.ToDictionary(pair => pair.Key, pair => new Measurement(pair.Value.Bytes));
        var nsm = new DevelopmentNsm(Authority, $"local-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", new PcrBank(launch), _time);
        var path = SocketPath(directory);
        var (nsmSocket, theirNsm) = Sandbox.SocketPair();
        var (errorSocket, theirErrors) = Sandbox.SocketPair();
        try
        {
            using (theirNsm)
            using (theirErrors)
            using (var listener = Listen(path))
            {
                var process = await Sandbox.StartAsync(image, report, (int)theirNsm.DangerousGetHandle(), (int)listener.SafeHandle.DangerousGetHandle(), (int)theirErrors.DangerousGetHandle()).ConfigureAwait(false);
                return new LocalEnclave(process, directory, nsm, nsmSocket, errorSocket, EnclaveConnection.ToUnixSocket(path, _time)) { Measurement = measurement, Sandbox = report };
            }
        }
        catch
        {
            nsmSocket.Dispose();
            errorSocket.Dispose();
            nsm.Dispose();
            throw;
        }
    }

    // The program inherits a socket that listens already: it needs no folder it could write to, and the host need not wait for a path.
    static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var bound = path + "-";
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(bound));
            File.SetUnixFileMode(bound, UnixFileMode.UserRead | UnixFileMode.UserWrite);

            // .NET deletes the bound path with the socket object, which ends as soon as the child has its copy; another name stays.
            File.Move(bound, path);
            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    static string SocketPath(RunDirectory directory)
    {
        var path = Path.Combine(directory.Path, "enclave.sock");
        return path.Length < EnclaveConnection.MaxSocketPath
            ? path
            : throw new SandboxException(HostCodes.SpawnFailed, string.Create(CultureInfo.InvariantCulture, $"The home directory's path is too long for a socket: \"{path}\" has {path.Length} characters; at most {EnclaveConnection.MaxSocketPath - 1} fit."));
    }

    async Task ListeningAsync(LocalEnclave enclave, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var limit = new CancellationTokenSource(StartLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, limit.Token);
        var answered = enclave.Connection.GetTelemetryAsync(either.Token);
        try
        {
            if (await Task.WhenAny(answered, enclave.Exited).ConfigureAwait(false) == answered)
            {
                _ = await answered.ConfigureAwait(false);
                enclave.Errors.Close();
                return;
            }

            throw new EnclaveUnavailableException(HostCodes.EnclaveStart, "The enclave program ended before it listened.");
        }
        catch (Exception e) when (e is EnclaveUnavailableException or FrameFailedException or OperationCanceledException)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)answered).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await enclave.DisposeAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            var status = await enclave.Exited.ConfigureAwait(false);
            throw new EnclaveUnavailableException(HostCodes.EnclaveStart, string.Create(CultureInfo.InvariantCulture, $"The enclave program did not start (exit status {status}): {enclave.Errors.FirstLine()}"), e);
        }
    }
}
