using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Host.Local;
using Amnion.Records;
using Amnion.Records.Vsock;

namespace Amnion.Host.Qemu;

/// <summary>
/// Boots an enclave image, the same file that AWS Nitro Enclaves take, under QEMU's nitro-enclave machine: its measurement, /dev/nsm and
/// vsock are real there, its documents are signed by the development root of this machine. EMULATED – not a security boundary.
/// docs/specs/qemu-platform.md.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class QemuPlatform : IEnclavePlatform, IDisposable
{
    /// <summary>Pause between two attempts to reach a machine that does not listen yet.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly QemuPlatformOptions _options;
    readonly TimeProvider _time;

    /// <summary>Opens the development root under <see cref="QemuPlatformOptions.Home"/>, making it at first use.</summary>
    /// <exception cref="DevelopmentRootException">It cannot be used.</exception>
    public QemuPlatform(QemuPlatformOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        Directory.CreateDirectory(options.Home, RunDirectory.Private);
        Authority = DevelopmentAuthority.Open(Path.Combine(options.Home, "dev-root"), time);
    }

    /// <summary>The development root; its <see cref="DevelopmentAuthority.AnchorDigest"/> is what a policy must name.</summary>
    public DevelopmentAuthority Authority { get; }

    /// <inheritdoc/>
    public string Name => AttestationPlatform.Qemu;

    /// <summary>The registers an image will have, from the file alone: 0, 1, 2 and, where it is signed, 8.</summary>
    /// <exception cref="EnclaveImageException">The image is missing, malformed, damaged, or for another processor.</exception>
    public static ImmutableSortedDictionary<int, Digest> Measure(string image) => QemuImage.Measure(image);

    /// <inheritdoc/>
    public async Task<RunningEnclave> StartAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        if (_options.Tools.Missing() is { Count: > 0 } missing)
        {
            throw new EnclaveUnavailableException(HostCodes.QemuMissing, $"The platform qemu needs {string.Join(", ", missing.Select(path => $"\"{path}\""))}.");
        }

        progress?.Report(new LaunchProgress(LaunchStep.Measure, LaunchStepState.Running));
        var registers = Measure(_options.Image).Add(3, ImageMeasurement.OfText(_options.Role)).Add(4, ImageMeasurement.OfText(_options.Instance));
        var memory = Memory();
        progress?.Report(new LaunchProgress(LaunchStep.Measure, LaunchStepState.Done));
        progress?.Report(new LaunchProgress(LaunchStep.Start, LaunchStepState.Running));
        var moduleId = $"qemu-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var machine = await QemuMachine.StartAsync(_options, moduleId, memory, RunDirectory.Create(Path.Combine(_options.Home, "run")), cancellation).ConfigureAwait(false);
        var endorser = new DocumentEndorser(new DevelopmentSigner(Authority, moduleId, _time), registers);
        var connection = new EnclaveConnection(token => HybridVsock.ConnectAsync(machine.VsockPath, VsockAddress.FramesPort, token), _time) { Endorse = endorser.Endorse };
        var enclave = new QemuEnclave(machine, endorser, moduleId, registers, memory, connection);
        try
        {
            await ListeningAsync(machine, connection, cancellation).ConfigureAwait(false);
            progress?.Report(new LaunchProgress(LaunchStep.Start, LaunchStepState.Done));
            return enclave;
        }
        catch
        {
            await enclave.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Authority.Dispose();

    int Memory()
    {
        var needed = QemuMemory.For(new FileInfo(_options.Image).Length, _options.WeightsLength);
        return _options.MemoryMiB switch
        {
            null => needed.Mebibytes,
            { } given when given >= needed.Mebibytes => given,
            { } given => throw new EnclaveUnavailableException(HostCodes.MemoryTooSmall, string.Create(CultureInfo.InvariantCulture, $"{given} MiB do not hold it: {needed.Sum}.")),
        };
    }

    async Task ListeningAsync(QemuMachine machine, EnclaveConnection connection, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.StartLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var began = _time.GetTimestamp();
        try
        {
            // The heartbeat says that asking makes sense. One that was lost must not stop a machine that serves.
            var patience = Task.Delay(TimeSpan.FromSeconds(20), _time, either.Token);
            if (await Task.WhenAny(machine.Beat, machine.Exited, patience).ConfigureAwait(false) == patience)
            {
                await patience.ConfigureAwait(false);
            }

            while (!machine.Exited.IsCompleted)
            {
                var answered = AnswersAsync(connection, either.Token);
                if (await Task.WhenAny(answered, machine.Exited).ConfigureAwait(false) == answered && await answered.ConfigureAwait(false))
                {
                    machine.ConsoleTail.Close();
                    machine.Errors.Close();
                    return;
                }

                await Task.Delay(Pause, _time, either.Token).ConfigureAwait(false);
            }

            var status = await machine.Exited.ConfigureAwait(false);
            throw new EnclaveUnavailableException(HostCodes.QemuFailed, string.Create(CultureInfo.InvariantCulture, $"The machine ended before it served (exit status {status}).{Printed(machine)}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EnclaveUnavailableException(HostCodes.QemuFailed, string.Create(CultureInfo.InvariantCulture, $"The machine did not serve within {_time.GetElapsedTime(began).TotalSeconds:0} seconds.{Printed(machine)}"));
        }
    }

    static async Task<bool> AnswersAsync(EnclaveConnection connection, CancellationToken cancellation)
    {
        try
        {
            _ = await connection.GetTelemetryAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (EnclaveUnavailableException)
        {
            return false;
        }
    }

    static string Printed(QemuMachine machine)
    {
        var lines = string.Join('\n', new[] { machine.Errors.LastLines(), machine.ConsoleTail.LastLines() }.Where(text => text.Length > 0));
        return lines.Length == 0 ? " Nothing was printed." : " The last lines printed:\n" + lines;
    }
}
