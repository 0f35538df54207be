using System.Net.Sockets;
using System.Text;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Host;

/// <summary>
/// The host's side of the frames: opens one connection for each exchange and carries bytes it cannot read. Every method throws
/// <see cref="FrameFailedException"/> where the enclave refused with a code and <see cref="EnclaveUnavailableException"/> where it
/// could not be asked. Safe for concurrent use.
/// </summary>
/// <param name="connect">Opens a fresh byte stream to the enclave; an <see cref="IOException"/> or <see cref="SocketException"/> says it cannot.</param>
/// <param name="time">Clock of the time limits.</param>
public sealed class EnclaveConnection(Func<CancellationToken, ValueTask<Stream>> connect, TimeProvider time)
{
    /// <summary>Limit of exchanges that only compute: Evidence, challenge, wrapped key, configuration, telemetry.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>Limit of the boot exchange, which hashes and verifies the manifest.</summary>
    public static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(60);

    /// <summary>Limit of one file of weights: 1 TiB at 300 MB/s and the engine's loading.</summary>
    public static readonly TimeSpan WeightsLimit = TimeSpan.FromHours(1);

    /// <summary>Bytes of ciphertext read and sent at a time: they stay in the processor's cache on their way.</summary>
    const int WeightsPiece = FrameLimits.WeightsData / 4;

    /// <summary>Longest path of a Unix socket, bytes: sun_path without its end mark.</summary>
    internal const int MaxSocketPath = 107;

    /// <summary>What an evidence bundle goes through on its way out; nothing where null. For emulated platforms, whose module signs nothing.</summary>
    internal Func<byte[], byte[]>? Endorse { get; init; }

    /// <summary>Connects to a Unix socket.</summary>
    public static EnclaveConnection ToUnixSocket(string path, TimeProvider time) => new(async cancellation =>
    {
        // The kernel cuts the buffer to its own limit; more of it means fewer turns of sender and receiver while weights are carried.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendBufferSize = 4 * WeightsPiece };
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }, time);

    /// <summary>Boot → register log. Once in an enclave's life.</summary>
    public Task<RegisterLog> BootAsync(BootRequest request, CancellationToken cancellation) => ExchangeAsync(BootLimit, async (frames, limited) =>
    {
        await frames.WriteAsync(FrameType.Boot, request.ToJson(), limited).ConfigureAwait(false);
        return RegisterLog.Parse((await frames.ExpectAsync(FrameType.Booted, limited).ConfigureAwait(false)).Span);
    }, cancellation);

    /// <summary>Evidence for callers over their nonce of 16 to 64 bytes; the answer is the evidence bundle's bytes.</summary>
    public Task<byte[]> GetEvidenceAsync(ReadOnlyMemory<byte> nonce, CancellationToken cancellation) => ExchangeAsync(AnswerLimit, async (frames, limited) =>
    {
        const byte Serve = 0;
        await frames.WriteAsync(FrameType.EvidenceRequest, (byte[])[Serve, .. nonce.Span], limited).ConfigureAwait(false);
        return Endorsed(await frames.ExpectAsync(FrameType.Evidence, limited).ConfigureAwait(false));
    }, cancellation);

    /// <summary>First half of a key release: carries the broker's challenge in and Evidence out. Dispose it.</summary>
    public async Task<KeyReleaseExchange> BeginReleaseAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellation)
    {
        var frames = await OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            var evidence = await GuardAsync(frames, AnswerLimit, async (open, limited) =>
            {
                await open.WriteAsync(FrameType.KeyChallenge, challenge, limited).ConfigureAwait(false);
                return Endorsed(await open.ExpectAsync(FrameType.Evidence, limited).ConfigureAwait(false));
            }, cancellation).ConfigureAwait(false);
            return new KeyReleaseExchange(this, frames, evidence);
        }
        catch
        {
            await frames.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Carries one sealed file in pieces of at most 1 MiB; ends when the enclave has opened it.</summary>
    /// <param name="path">The file's path as the model manifest names it.</param>
    /// <param name="ciphertext">The sealed file from its start.</param>
    /// <param name="progress">Reports bytes carried so far.</param>
    /// <param name="cancellation">Ends the exchange; the enclave drops what it had of the file.</param>
    public Task SendWeightsAsync(string path, Stream ciphertext, IProgress<long>? progress, CancellationToken cancellation) => ExchangeAsync(WeightsLimit, async (frames, limited) =>
    {
        await frames.WriteAsync(FrameType.WeightsFile, Encoding.UTF8.GetBytes(path), limited).ConfigureAwait(false);
        var buffer = new byte[WeightsPiece];
        long sent = 0;
        for (int read; (read = await ReadFileAsync(ciphertext, buffer, path, limited).ConfigureAwait(false)) > 0;)
        {
            await frames.WriteAsync(FrameType.WeightsData, buffer.AsMemory(0, read), limited).ConfigureAwait(false);
            sent += read;
            progress?.Report(sent);
        }

        await frames.WriteAsync(FrameType.WeightsEnd, default, limited).ConfigureAwait(false);
        return await frames.ExpectAsync(FrameType.Done, limited).ConfigureAwait(false);
    }, cancellation);

    /// <summary>Carries a signed configuration release.</summary>
    public Task SendConfigurationAsync(ReadOnlyMemory<byte> release, CancellationToken cancellation) => ExchangeAsync(AnswerLimit, async (frames, limited) =>
    {
        await frames.WriteAsync(FrameType.Configuration, release, limited).ConfigureAwait(false);
        return await frames.ExpectAsync(FrameType.Done, limited).ConfigureAwait(false);
    }, cancellation);

    /// <summary>Telemetry and state: JSON of the closed schema, at most 64 KiB.</summary>
    public Task<byte[]> GetTelemetryAsync(CancellationToken cancellation) => ExchangeAsync(AnswerLimit, async (frames, limited) =>
    {
        await frames.WriteAsync(FrameType.TelemetryRequest, default, limited).ConfigureAwait(false);
        return (await frames.ExpectAsync(FrameType.Telemetry, limited).ConfigureAwait(false)).ToArray();
    }, cancellation);

    /// <summary>Opens a connection for one sealed request and its answer. Dispose it; disposing early cancels the request inside.</summary>
    public async Task<SealedExchange> OpenSealedAsync(CancellationToken cancellation) => new(await OpenAsync(cancellation).ConfigureAwait(false));

    internal static EnclaveUnavailableException Unreachable(Exception cause) => new(HostCodes.EnclaveUnreachable, "The enclave cannot be reached, or the connection broke.", cause);

    internal static EnclaveUnavailableException Protocol(Exception cause) => new(HostCodes.EnclaveProtocol, $"The enclave ended an exchange early or answered with something else: {cause.Message}", cause);

    /// <summary>Runs one step over open frames and turns every way it can fail into the documented exceptions.</summary>
    internal async Task<T> GuardAsync<T>(FrameStream frames, TimeSpan limit, Func<FrameStream, CancellationToken, Task<T>> step, CancellationToken cancellation)
    {
        using var expiry = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        try
        {
            return await step(frames, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EnclaveUnavailableException(HostCodes.EnclaveTimeout, $"The enclave did not answer within {limit.TotalSeconds:0} seconds.");
        }
        catch (IOException e)
        {
            // An enclave that refuses in the middle says why and closes: the write fails first, its reason still waits to be read.
            await ThrowRefusalAsync(frames).ConfigureAwait(false);
            throw Unreachable(e);
        }
        catch (FormatException e) when (e is FrameFormatException or RecordFormatException)
        {
            throw Protocol(e);
        }
    }

    byte[] Endorsed(ReadOnlyMemory<byte> bundle) => Endorse?.Invoke(bundle.ToArray()) ?? bundle.ToArray();

    static async Task ThrowRefusalAsync(FrameStream frames)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            _ = await frames.ExpectAsync(FrameType.Failed, soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or FrameFormatException or OperationCanceledException)
        {
            // It gave no reason.
        }
    }

    async Task<T> ExchangeAsync<T>(TimeSpan limit, Func<FrameStream, CancellationToken, Task<T>> step, CancellationToken cancellation)
    {
        await using var frames = await OpenAsync(cancellation).ConfigureAwait(false);
        return await GuardAsync(frames, limit, step, cancellation).ConfigureAwait(false);
    }

    async Task<FrameStream> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return new FrameStream(await connect(cancellation).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw Unreachable(e);
        }
    }

    // Kept apart from the socket's IOException: a broken disk is not a broken enclave.
    static async ValueTask<int> ReadFileAsync(Stream file, byte[] buffer, string path, CancellationToken cancellation)
    {
        try
        {
            return await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new WeightsException(HostCodes.WeightsUnreadable, $"The sealed file \"{path}\" cannot be read: {e.Message}", e);
        }
    }
}
