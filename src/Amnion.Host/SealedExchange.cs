using System.Text;
using Amnion.Records.Frames;

namespace Amnion.Host;

/// <summary>One sealed request and its sealed answer as they pass through. One writer and one reader may work at the same time; both wait where the other side is slow.</summary>
public sealed class SealedExchange : IAsyncDisposable
{
    readonly FrameStream _frames;

    internal SealedExchange(FrameStream frames) => _frames = frames;

    /// <summary>Carries a piece of the request, split into frames of at most 64 KiB.</summary>
    /// <exception cref="EnclaveUnavailableException">The enclave closed; <see cref="ReadAsync"/> may still give its reason.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        try
        {
            for (; data.Length > FrameLimits.SealedData; data = data[FrameLimits.SealedData..])
            {
                await _frames.WriteAsync(FrameType.RequestData, data[..FrameLimits.SealedData], cancellation).ConfigureAwait(false);
            }

            if (!data.IsEmpty)
            {
                await _frames.WriteAsync(FrameType.RequestData, data, cancellation).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            throw EnclaveConnection.Unreachable(e);
        }
    }

    /// <summary>Says that the request is whole.</summary>
    /// <exception cref="EnclaveUnavailableException">The enclave closed.</exception>
    public async ValueTask EndAsync(CancellationToken cancellation)
    {
        try
        {
            await _frames.WriteAsync(FrameType.RequestEnd, default, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw EnclaveConnection.Unreachable(e);
        }
    }

    /// <summary>The next piece of the answer, valid until the next read; null at its end.</summary>
    /// <exception cref="FrameFailedException">The enclave refused or gave up, with its code.</exception>
    /// <exception cref="EnclaveUnavailableException">The connection broke before the answer's end.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await _frames.ReadAsync(cancellation).ConfigureAwait(false) switch
            {
                { Type: FrameType.ResponseData } frame => frame.Payload,
                // Typed: a bare null would become an empty piece, since null converts to ReadOnlyMemory<byte> through byte[].
                { Type: FrameType.ResponseEnd } => (ReadOnlyMemory<byte>?)null,
                { Type: FrameType.Failed } frame => throw new FrameFailedException(Encoding.ASCII.GetString(frame.Payload.Span)),
                { } frame => throw new FrameFormatException($"Got {frame.Type}; expected {FrameType.ResponseData}."),
                null => throw new FrameFormatException("The connection ended inside an answer."),
            };
        }
        catch (IOException e)
        {
            throw EnclaveConnection.Unreachable(e);
        }
        catch (FrameFormatException e)
        {
            throw EnclaveConnection.Protocol(e);
        }
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _frames.DisposeAsync();
}
