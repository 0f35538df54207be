using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Records.Frames;
using Amnion.Records.Vsock;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Host.Nitro;

/// <summary>
/// Runs enclave images on an EC2 instance through the kernel's driver, without nitro-cli. docs/specs/nitro-platform.md. Not proved on
/// hardware: what the tests check is the sequence of calls and every byte the driver is given.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class NitroPlatform : IEnclavePlatform
{
    /// <summary>vsock port of the frame endpoint inside.</summary>
    public const uint EndpointPort = VsockAddress.FramesPort;

    /// <summary>How long the program may take to answer after the kernel's heartbeat.</summary>
    static readonly TimeSpan s_endpointLimit = TimeSpan.FromSeconds(60);

    static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    readonly NitroPlatformOptions _options;
    readonly TimeProvider _time;
    readonly INitroDriver _driver;
    readonly string _instance;

    /// <summary>Nothing is started yet.</summary>
    public NitroPlatform(NitroPlatformOptions options, TimeProvider time)
        : this(options, time, new LinuxNitroDriver(), HostCapacity.InstanceId("/"))
    {
    }

    internal NitroPlatform(NitroPlatformOptions options, TimeProvider time, INitroDriver driver, string instance)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBytes, NitroIoctl.SmallestEnclave, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Cpus, 1, nameof(options));
        _options = options;
        _time = time;
        _driver = driver;
        _instance = instance;
    }

    /// <inheritdoc/>
    public string Name => AttestationPlatform.Nitro;

    /// <inheritdoc/>
    public async Task<RunningEnclave> StartAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new LaunchProgress(LaunchStep.Start, LaunchStepState.Running));
        using var image = Open(_options.Image);
        var length = RandomAccess.GetLength(image);
        var session = new NitroSession(_driver);
        NitroEnclave enclave;
        try
        {
            await OnThreadOfItsOwnAsync(() => session.Start(image, length, _options)).ConfigureAwait(false);
            enclave = new NitroEnclave(session, _instance, _options.DangerousDebugMode, _options.Registers, new EnclaveConnection(token => _driver.ConnectAsync(session.Cid, EndpointPort, token), _time));
        }
        catch
        {
            session.Dispose();
            throw;
        }

        try
        {
            await HeartbeatAsync(session, enclave, length, cancellation).ConfigureAwait(false);
            session.CloseHeartbeat();
            if (_options.RequireEndpoint)
            {
                await AnsweringAsync(enclave, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            await enclave.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        progress?.Report(new LaunchProgress(LaunchStep.Start, LaunchStepState.Done));
        return enclave;
    }

    /// <summary>Reads a debug enclave's console until it or the caller ends it.</summary>
    /// <param name="cid">The enclave's context identifier.</param>
    /// <param name="cancellation">Ends the connection attempt.</param>
    /// <exception cref="IOException">There is no console: the enclave ended, or is no debug enclave.</exception>
    public static ValueTask<Stream> OpenConsoleAsync(uint cid, CancellationToken cancellation) => OpenConsoleAsync(new LinuxNitroDriver(), cid, cancellation);

    internal static ValueTask<Stream> OpenConsoleAsync(INitroDriver driver, uint cid, CancellationToken cancellation) => driver.ConnectAsync(NitroIoctl.HypervisorCid, checked(NitroIoctl.ConsolePort + cid), cancellation);

    static SafeFileHandle Open(string image)
    {
        try
        {
            return File.OpenHandle(image, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NitroException(HostCodes.NitroImageUnreadable, $"The image \"{image}\" cannot be read: {e.Message}", "check the path and its permissions", 0, e);
        }
    }

    // The hypervisor takes seconds to scrub memory, and the calls block.
    static Task OnThreadOfItsOwnAsync(Action run)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                run();
                done.SetResult();
            }
            catch (Exception e) // boundary: of this thread; the caller gets it
            {
                done.SetException(e);
            }
        }, 256 * 1024)
        { IsBackground = true, Name = "nitro" }.Start();
        return done.Task;
    }

    async Task HeartbeatAsync(NitroSession session, NitroEnclave enclave, long imageBytes, CancellationToken cancellation)
    {
        var limit = NitroHeartbeat.Limit(imageBytes, session.MemoryBytes);
        using var expiry = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        var beat = NitroHeartbeat.ReceiveAsync(session.Heartbeat!, session.Cid, either.Token);
        try
        {
            if (await Task.WhenAny(beat, enclave.Exited).ConfigureAwait(false) == beat)
            {
                await beat.ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new NitroException(HostCodes.NitroHeartbeatMissing, string.Create(CultureInfo.InvariantCulture, $"The enclave did not say within {limit.TotalSeconds:0} seconds that it started."), "run it with --debug-console and see where its boot stops: amnion enclave console NAME");
        }

        await either.CancelAsync().ConfigureAwait(false);
        await beat.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new NitroException(HostCodes.NitroEnded, "The enclave ended before it said that it started.", "run it with --debug-console, which shows its kernel's last words; too little --memory is the commonest cause");
    }

    async Task AnsweringAsync(NitroEnclave enclave, CancellationToken cancellation)
    {
        using var expiry = new CancellationTokenSource(s_endpointLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        while (true)
        {
            try
            {
                _ = await enclave.Connection.GetTelemetryAsync(either.Token).ConfigureAwait(false);
                return;
            }
            catch (EnclaveUnavailableException e) when (e.Code == HostCodes.EnclaveUnreachable && !enclave.Exited.IsCompleted && !either.IsCancellationRequested)
            {
                await Task.Delay(s_retry, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is EnclaveUnavailableException or FrameFailedException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new EnclaveUnavailableException(HostCodes.EnclaveStart, string.Create(CultureInfo.InvariantCulture, $"The enclave booted, but its program did not answer on vsock port {EndpointPort}."), e);
            }
        }
    }
}
