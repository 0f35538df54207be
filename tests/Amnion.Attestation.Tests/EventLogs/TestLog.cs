using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.Tests.EventLogs;

/// <summary>Writes event logs as firmware does: TCG PC Client Platform Firmware Profile §10.2.</summary>
sealed class TestLog(params int[] algorithms)
{
    public const int Sha1 = 0x0004;
    public const int Sha256 = 0x000b;
    public const int Sha384 = 0x000c;
    public const uint NoAction = 3;
    public const uint Separator = 4;
    public const uint Ipl = 13;
    public const uint VariableDriverConfig = 0x80000001;
    public const uint VariableBoot = 0x80000002;
    public const uint EfiAction = 0x80000007;
    public const uint VariableAuthority = 0x800000e0;

    readonly List<byte> _events = [];
    readonly int[] _algorithms = algorithms.Length == 0 ? [Sha256, Sha384] : algorithms;

    /// <summary>Registers as this log fills them.</summary>
    public Dictionary<(int Algorithm, uint Register), byte[]> Registers { get; } = [];

    public byte[] Bytes => [.. Header(), .. _events];

    public byte[] Header(byte major = 2, byte vendor = 0)
    {
        byte[] data = [.. "Spec ID Event03\0"u8, .. U32(0), 0, major, 0, 2, .. U32((uint)_algorithms.Length), .. _algorithms.SelectMany(algorithm => (byte[])[.. U16(algorithm), .. U16(Length(algorithm))]), vendor];
        return [.. U32(0), .. U32(NoAction), .. new byte[20], .. U32((uint)data.Length), .. data];
    }

    /// <summary>Adds an event whose digests are of <paramref name="measured"/>, by default of the data.</summary>
    public TestLog Add(uint register, uint type, byte[] data, byte[]? measured = null, byte start = 0)
    {
        _events.AddRange([.. U32(register), .. U32(type), .. U32((uint)_algorithms.Length)]);
        foreach (var algorithm in _algorithms)
        {
            var digest = type == NoAction ? new byte[Length(algorithm)] : CryptographicOperations.HashData(Name(algorithm), measured ?? data);
            _events.AddRange([.. U16(algorithm), .. digest]);
            if (type != NoAction)
            {
                var before = Registers.GetValueOrDefault((algorithm, register)) ?? [.. new byte[Length(algorithm) - 1], start];
                Registers[(algorithm, register)] = CryptographicOperations.HashData(Name(algorithm), [.. before, .. digest]);
            }
        }

        _events.AddRange([.. U32((uint)data.Length), .. data]);
        return this;
    }

    public TestLog Add(uint register, uint type, string data) => Add(register, type, Encoding.ASCII.GetBytes(data));

    public static byte[] Variable(Guid vendor, string name, byte[] value) => [.. vendor.ToByteArray(), .. BitConverter.GetBytes((ulong)name.Length), .. BitConverter.GetBytes((ulong)value.Length), .. Encoding.Unicode.GetBytes(name), .. value];

    /// <summary>TCG_PCR_EVENT, the older record.</summary>
    public static byte[] Old(uint register, uint type, byte[] digest, byte[] data) => [.. U32(register), .. U32(type), .. digest, .. U32((uint)data.Length), .. data];

    public static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    static byte[] U16(int value) => [(byte)value, (byte)(value >> 8)];

    static int Length(int algorithm) => algorithm switch { Sha1 => 20, Sha384 => 48, _ => 32 };

    static HashAlgorithmName Name(int algorithm) => algorithm switch { Sha1 => HashAlgorithmName.SHA1, Sha384 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA256 };
}
