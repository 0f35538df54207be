using Amnion.Records.Frames;

namespace Amnion.Enclave;

/// <summary>
/// Accepts the host's connections, one exchange each, a bounded number at once and each for a bounded time. Whatever the other end
/// sends, the worst that happens is that its exchange ends with a code.
/// </summary>
sealed class FrameServer(ExchangeDispatcher dispatcher, TimeProvider time) : IDisposable
{
    /// <summary>Most connections at once.</summary>
    public const int MaxConnections = 256;

    // A last word to a peer that may not be reading.
    static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim _free = new(MaxConnections);

    /// <summary>Accepts until cancelled, then waits for the exchanges that still run; the same cancellation ends them.</summary>
    /// <param name="accept">Gives the next connection; an <see cref="IOException"/> or <see cref="System.Net.Sockets.SocketException"/> says that there is none for now.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Func<CancellationToken, ValueTask<Stream>> accept, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await accept(cancellation).ConfigureAwait(false), cancellation);
            }
            catch (OperationCanceledException)
            {
                // The loop's condition ends it.
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
            {
                // Out of descriptors, or a peer that left while it was accepted: the next one may do better.
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, CancellationToken.None).ConfigureAwait(false);
            }
        }

        for (var ended = 0; ended < MaxConnections; ended++)
        {
            await _free.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Serves one connection to its end and closes it. Never throws.</summary>
    public async Task ServeAsync(Stream connection, CancellationToken cancellation)
    {
        var frames = new FrameStream(connection);
        await using (frames.ConfigureAwait(false))
        {
            if (!await _free.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
            {
                await FarewellAsync(frames, EnclaveCodes.Busy).ConfigureAwait(false);
                return;
            }

            try
            {
                if (await ExchangeAsync(frames, cancellation).ConfigureAwait(false) is { } code)
                {
                    dispatcher.Count(code);
                    await FarewellAsync(frames, code).ConfigureAwait(false);
                }
            }
            finally
            {
                _free.Release();
            }
        }
    }

    public void Dispose() => _free.Dispose();

    /// <summary>The code the exchange failed with, or null.</summary>
    async Task<string?> ExchangeAsync(FrameStream frames, CancellationToken cancellation)
    {
        using var limit = new ExchangeLimit(time, cancellation);
        try
        {
            await dispatcher.ServeAsync(frames, limit).ConfigureAwait(false);
            return null;
        }
        catch (EnclaveRefusedException e)
        {
            return e.Code;
        }
        catch (FrameFormatException)
        {
            return EnclaveCodes.Frame;
        }
        catch (OperationCanceledException)
        {
            return EnclaveCodes.TimeLimit;
        }
#pragma warning disable CA1031 // The connection's boundary: no exchange may end the process, and the host learns a code only.
        catch (Exception)
#pragma warning restore CA1031
        {
            return EnclaveCodes.Internal;
        }
    }

    async Task FarewellAsync(FrameStream frames, string code)
    {
        try
        {
            using var limit = new CancellationTokenSource(FarewellLimit, time);
            await frames.FailAsync(code, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone.
        }
    }
}
