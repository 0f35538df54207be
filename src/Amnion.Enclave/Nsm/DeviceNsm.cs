using System.Runtime.InteropServices;
using Amnion.Attestation.Nitro;
using Amnion.Enclave.Linux;

namespace Amnion.Enclave.Nsm;

/// <summary>
/// The security module as Linux's device /dev/nsm (drivers/misc/nsm.c): one ioctl carries a request's CBOR there and the response's back.
/// Not safe for concurrent use. The descriptor is inherited: the program itself cannot open the device.
/// </summary>
sealed unsafe class DeviceNsm(int descriptor, DeviceNsm.Control control) : INsm, IDisposable
{
    /// <summary>NSM_IOCTL_RAW: _IOWR(0x0A, 0, 32 bytes), linux/nsm.h.</summary>
    public const uint Raw = 0xC0200A00;

    int _descriptor = descriptor;

    public DeviceNsm(int descriptor)
        : this(descriptor, static (descriptor, request, message) => Libc.DeviceControl(descriptor, request, message))
    {
    }

    /// <summary>The ioctl; 0, or -1 with an error number.</summary>
    public delegate int Control(int descriptor, nuint request, Message* message);

    /// <inheritdoc/>
    /// <exception cref="IOException">The device refused the call. It is not made again: it may have been carried out.</exception>
    /// <exception cref="NsmFormatException">It answered something that is no answer.</exception>
    public NsmResponse Transact(NsmRequest request)
    {
        var open = _descriptor;
        ObjectDisposedException.ThrowIf(open < 0, this);
        var encoded = request.Encode();
        if (encoded.Length > NsmRequest.MaxLength)
        {
            return new NsmResponse.Error(NsmErrorCode.InputTooLarge);
        }

        var answer = new byte[NsmResponse.MaxLength];
        fixed (byte* input = encoded)
        fixed (byte* output = answer)
        {
            var message = new Message { Request = (ulong)input, RequestLength = (ulong)encoded.Length, Response = (ulong)output, ResponseLength = (ulong)answer.Length };
            if (control(open, Raw, &message) != 0)
            {
                throw new IOException("The security module's device refused the call.");
            }

            return message.ResponseLength <= (ulong)answer.Length
                ? NsmResponse.Parse(answer.AsSpan(0, (int)message.ResponseLength))
                : throw new NsmFormatException(answer.Length, "message", $"{message.ResponseLength} bytes; at most {answer.Length} are accepted");
        }
    }

    public void Dispose()
    {
        var closing = Interlocked.Exchange(ref _descriptor, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }

    /// <summary>struct nsm_raw: two iovecs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public ulong Request;
        public ulong RequestLength;
        public ulong Response;
        public ulong ResponseLength;
    }
}
