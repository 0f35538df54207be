using Amnion.Records.Frames;

namespace Amnion.Host;

/// <summary>The second half of a key release, on the connection of the first: the one-time key lives only as long as it.</summary>
public sealed class KeyReleaseExchange : IAsyncDisposable
{
    readonly EnclaveConnection _connection;
    readonly FrameStream _frames;

    internal KeyReleaseExchange(EnclaveConnection connection, FrameStream frames, byte[] evidence)
    {
        _connection = connection;
        _frames = frames;
        Evidence = evidence;
    }

    /// <summary>The evidence bundle's bytes, to be carried to the broker.</summary>
    public ReadOnlyMemory<byte> Evidence { get; }

    /// <summary>Carries the broker's wrapped key in; ends when the enclave has opened and checked it.</summary>
    /// <exception cref="FrameFailedException">The enclave refused the key.</exception>
    /// <exception cref="EnclaveUnavailableException">It could not be asked.</exception>
    public async Task CompleteAsync(ReadOnlyMemory<byte> wrappedKey, CancellationToken cancellation) => _ = await _connection.GuardAsync(_frames, EnclaveConnection.AnswerLimit, async (frames, limited) =>
    {
        await frames.WriteAsync(FrameType.WrappedKey, wrappedKey, limited).ConfigureAwait(false);
        return await frames.ExpectAsync(FrameType.Done, limited).ConfigureAwait(false);
    }, cancellation).ConfigureAwait(false);

    /// <summary>Closes the connection; without <see cref="CompleteAsync"/> the enclave forgets the one-time key.</summary>
    public ValueTask DisposeAsync() => _frames.DisposeAsync();
}
