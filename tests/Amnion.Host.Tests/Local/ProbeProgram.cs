using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Amnion.Records.Frames;

namespace Amnion.Host.Tests.Local;

/// <summary>
/// A whole enclave program of some 200 bytes of x86-64 machine code, written by hand so that the sandbox is tested without a compiler
/// or the .NET runtime inside. It accepts on descriptor 4; five bytes (a telemetry request) are answered with telemetry; 256 bytes
/// are a system call (number, six arguments, 200 bytes of memory), answered with the result and the memory.
/// </summary>
static class ProbeProgram
{
    const int MessageLength = 256;
    const int DataOffset = 56;
    const uint Base = 0x400000;
    const uint Message = Base + 0x2000;

    /// <summary>Address of the 200 bytes of memory in the program.</summary>
    public const long Data = Message + DataOffset;

    /// <summary>Writes the program as "amnion-enclave".</summary>
    public static void WriteTo(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, EnclaveProgramName);
        File.WriteAllBytes(path, Elf());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Makes one system call inside; the result as the kernel gave it (negative errno on failure).</summary>
    public static async Task<(long Result, byte[] Data)> CallAsync(string socketPath, long number, long[] arguments, byte[]? data = null)
    {
        var message = new byte[MessageLength];
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
        for (var i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(8 * (i + 1)), arguments[i]);
        }

        data?.CopyTo(message, DataOffset);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(message);
        await stream.ReadExactlyAsync(message);
        return (BinaryPrimitives.ReadInt64LittleEndian(message), message[DataOffset..]);
    }

    /// <summary>A path as the call's memory.</summary>
    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    const string EnclaveProgramName = Amnion.Host.Local.EnclaveImage.ProgramName;

    static byte[] Elf()
    {
        const int HeadersLength = 64 + 56;
        var telemetry = Encoding.ASCII.GetBytes(FakeEnclave.EmptyTelemetry);
        byte[] answer = [(byte)FrameType.Telemetry, .. new byte[4], .. telemetry];
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(1), telemetry.Length);
        var code = Code(Base + HeadersLength, answer.Length);
        byte[] content = [.. code, .. answer];

        var file = new byte[HeadersLength + content.Length];
        "\u007fELF"u8.CopyTo(file);
        (file[4], file[5], file[6]) = (2, 1, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), Base + HeadersLength);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(52), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 1);
        var header = file.AsSpan(64);
        BinaryPrimitives.WriteUInt32LittleEndian(header, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 7); // readable, writable, executable
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], 0x3000);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], 0x1000);
        content.CopyTo(file, HeadersLength);
        return file;
    }

    static byte[] Code(uint origin, int answerLength)
    {
        // Two passes: the first with zero targets gives the labels, the second the jumps.
        var labels = new Dictionary<string, int>();
        var code = Emit(labels, origin, answerLength);
        return Emit(labels, origin, code.Length == 0 ? 0 : answerLength);
    }

    static byte[] Emit(Dictionary<string, int> labels, uint origin, int answerLength)
    {
        var code = new List<byte>();
        void Bytes(params byte[] bytes) => code.AddRange(bytes);
        void Immediate(uint value) => code.AddRange(BitConverter.GetBytes(value));
        void Label(string name) => labels[name] = code.Count;
        void Jump(byte[] operation, string target)
        {
            Bytes(operation);
            Immediate((uint)(labels.GetValueOrDefault(target) - (code.Count + 4)));
        }

        void Call(uint number)
        {
            Bytes(0xB8);
            Immediate(number); // mov eax, number
            Bytes(0x0F, 0x05); // syscall
        }

        void Transfer(uint number, uint buffer, uint length)
        {
            Bytes(0x44, 0x89, 0xE7); // mov edi, r12d
            Bytes(0xBE);
            Immediate(buffer); // mov esi, buffer
            Bytes(0xBA);
            Immediate(length); // mov edx, length
            Call(number);
        }

        Label("accept");
        Bytes(0xBF, 4, 0, 0, 0, 0x31, 0xF6, 0x31, 0xD2); // mov edi, 4; xor esi, esi; xor edx, edx
        Call(43);
        Bytes(0x85, 0xC0); // test eax, eax
        Jump([0x0F, 0x88], "exit");
        Bytes(0x41, 0x89, 0xC4); // mov r12d, eax
        Label("next");
        Transfer(0, Message, MessageLength);
        Bytes(0x83, 0xF8, 5); // cmp eax, 5
        Jump([0x0F, 0x84], "telemetry");
        Bytes(0x3D);
        Immediate(MessageLength); // cmp eax, 256
        Jump([0x0F, 0x85], "close");
        byte[][] loads = [[0x48, 0x8B, 0x04], [0x48, 0x8B, 0x3C], [0x48, 0x8B, 0x34], [0x48, 0x8B, 0x14], [0x4C, 0x8B, 0x14], [0x4C, 0x8B, 0x04], [0x4C, 0x8B, 0x0C]];
        for (var i = 0; i < loads.Length; i++)
        {
            Bytes([.. loads[i], 0x25]); // mov rax|rdi|rsi|rdx|r10|r8|r9, [message + 8 i]
            Immediate(Message + (uint)(8 * i));
        }

        Bytes(0x0F, 0x05, 0x48, 0x89, 0x04, 0x25); // syscall; mov [message], rax
        Immediate(Message);
        Transfer(1, Message, MessageLength);
        Jump([0xE9], "next");
        Label("telemetry");
        Transfer(1, origin + (uint)labels.GetValueOrDefault("answer"), (uint)answerLength);
        Label("close");
        Bytes(0x44, 0x89, 0xE7);
        Call(3);
        Jump([0xE9], "accept");
        Label("exit");
        Bytes(0xBF, 9, 0, 0, 0); // mov edi, 9
        Call(60);
        Label("answer");
        return [.. code];
    }
}
