using System.Buffers.Binary;
using System.Net.Sockets;
using Amnion.Attestation.Nitro;

namespace Amnion.Host.Local;

/// <summary>
/// Serves a security module over one connected socket: a 32-bit big-endian length and the CBOR message, both ways, one request at a
/// time. What stands for the ioctl on /dev/nsm. The end of the stream says that every process holding the other end is gone.
/// </summary>
static class NsmSocket
{
    /// <summary>Serves until the other side closes or sends something that is no request's length.</summary>
    internal static async Task ServeAsync(INsm module, Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[sizeof(uint) + NsmRequest.MaxLength];
            try
            {
                while (await stream.ReadAtLeastAsync(buffer.AsMemory(0, sizeof(uint)), sizeof(uint), throwOnEndOfStream: false).ConfigureAwait(false) == sizeof(uint))
                {
                    var length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
                    if (length > NsmRequest.MaxLength)
                    {
                        // The rest of an oversized message cannot be told from the next one: answer and stop.
                        await AnswerAsync(stream, new NsmResponse.Error(NsmErrorCode.InputTooLarge)).ConfigureAwait(false);
                        return;
                    }

                    var message = buffer.AsMemory(0, (int)length);
                    await stream.ReadExactlyAsync(message).ConfigureAwait(false);
                    await AnswerAsync(stream, Transact(module, message.Span)).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The enclave, or this end of the socket, is gone.
            }
        }
    }

    static NsmResponse Transact(INsm module, ReadOnlySpan<byte> message)
    {
        try
        {
            return module.Transact(NsmRequest.Parse(message));
        }
        catch (NsmFormatException)
        {
            return new NsmResponse.Error(NsmErrorCode.InvalidArgument);
        }
    }

    static async ValueTask AnswerAsync(NetworkStream stream, NsmResponse response)
    {
        var encoded = response.Encode();
        if (encoded.Length > NsmResponse.MaxLength)
        {
            encoded = new NsmResponse.Error(NsmErrorCode.BufferTooSmall).Encode();
        }

        var frame = new byte[sizeof(uint) + encoded.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, encoded.Length);
        encoded.CopyTo(frame, sizeof(uint));
        await stream.WriteAsync(frame).ConfigureAwait(false);
    }
}
