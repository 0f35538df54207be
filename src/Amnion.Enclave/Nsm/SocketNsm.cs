using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Amnion.Attestation.Nitro;
using Amnion.Enclave.Linux;

namespace Amnion.Enclave.Nsm;

/// <summary>
/// A security module at the other end of an inherited descriptor: each message is its length (32 bits, big-endian) and its CBOR.
/// Used where the module is emulated outside the sandbox. Not safe for concurrent use.
/// </summary>
sealed unsafe class SocketNsm(int descriptor) : INsm, IDisposable
{
    int _descriptor = descriptor;

    /// <inheritdoc/>
    /// <exception cref="IOException">The other end is gone.</exception>
    /// <exception cref="NsmFormatException">It answered something that is no answer.</exception>
    public NsmResponse Transact(NsmRequest request)
    {
        var message = request.Encode();
        var framed = new byte[sizeof(uint) + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, message.Length);
        message.CopyTo(framed, sizeof(uint));
        Write(framed);

        Span<byte> header = stackalloc byte[sizeof(uint)];
        Read(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length > NsmResponse.MaxLength)
        {
            throw new NsmFormatException(0, "message", $"{length} bytes; at most {NsmResponse.MaxLength} are accepted");
        }

        var answer = new byte[length];
        Read(answer);
        return NsmResponse.Parse(answer);
    }

    public void Dispose()
    {
        var closing = Interlocked.Exchange(ref _descriptor, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                done += Check(Libc.Write(_descriptor, start + done, (nuint)(bytes.Length - done)));
            }
        }
    }

    void Read(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                done += Check(Libc.Read(_descriptor, start + done, (nuint)(bytes.Length - done)));
            }
        }
    }

    // Zero where a signal interrupted the call: it is then made again.
    static int Check(nint result) => result switch
    {
        > 0 => (int)result,
        < 0 when Marshal.GetLastPInvokeError() == Libc.EINTR => 0,
        _ => throw new IOException("The security module's connection is gone."),
    };
}
