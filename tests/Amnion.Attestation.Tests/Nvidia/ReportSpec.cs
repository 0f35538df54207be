using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>A report to make; the defaults are those of one Hopper GPU with 64 slots.</summary>
sealed class ReportSpec
{
    public static byte[] Nonce { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public byte RequestVersion { get; set; } = 0x11;

    public byte RequestCode { get; set; } = 0xe0;

    public byte Attributes { get; set; } = 1;

    public byte Operation { get; set; } = 255;

    public byte[] RequestNonce { get; set; } = Nonce;

    public byte Slot { get; set; }

    public byte ResponseVersion { get; set; } = 0x11;

    public byte ResponseCode { get; set; } = 0x60;

    public byte ResponseSlot { get; set; }

    /// <summary>Index, specification, type, value.</summary>
    public List<(byte Index, byte Specification, byte Type, byte[] Value)> Blocks { get; } =
        [.. Enumerable.Range(1, 64).Select(index => ((byte)index, (byte)1, (byte)1, Value(index - 1)))];

    public int RecordLengthShift { get; set; }

    public List<(int Type, byte[] Value)> Opaque { get; } =
    [
        (6, [0x00, 0x9f, 0x00, 0x96, 0x01, 0, 0, 0]),
        (14, [0xb1, 3, 0, 0]),
        (15, Ascii("882\0\0")),
        (17, Ascii("1010\0")),
        (18, Ascii("0200\0")),
        (3, Ascii("550.90.07\0")),
        (11, [0xaa]),
        (20, NvidiaPki.Firmware),
        (34, [1, 0]),
        (36, [0, 0]),
    ];

    /// <summary>Put before the opaque data; entries then have a value type.</summary>
    public byte[]? OpaqueHeader { get; set; }

    public byte[] Tail { get; set; } = [];

    /// <summary>What slot N measures, counted from 0: nothing from 42 on.</summary>
    public static byte[] Value(int slot) => slot < 42 ? SHA384.HashData([(byte)slot]) : new byte[48];

    public static ReportSpec Switch()
    {
        var spec = new ReportSpec();
        spec.Blocks.RemoveRange(31, 33);
        spec.Opaque.Clear();
        spec.Opaque.AddRange([(6, Ascii("96.10.55.00.01")), (22, [1, 2, 3, 4, 5, 6, 7, 8]), (25, [1, 0])]);
        return spec;
    }

    public ReportSpec Set(int type, byte[]? value)
    {
        Opaque.RemoveAll(entry => entry.Type == type);
        if (value is not null)
        {
            Opaque.Add((type, value));
        }

        return this;
    }

    public ReportSpec Measure(int slot, byte[] value)
    {
        Blocks[slot] = Blocks[slot] with { Value = value };
        return this;
    }

    public byte[] Make(ECDsa key)
    {
        var body = Body();
        return [.. body, .. key.SignData(body, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation), .. Tail];
    }

    public byte[] Body()
    {
        List<byte> bytes = [RequestVersion, RequestCode, Attributes, Operation, .. RequestNonce, Slot, ResponseVersion, ResponseCode, 0, ResponseSlot];
        List<byte> record = [];
        foreach (var (index, specification, type, value) in Blocks)
        {
            record.AddRange([index, specification, .. Word(value.Length + 3), type, .. Word(value.Length), .. value]);
        }

        var length = record.Count + RecordLengthShift;
        bytes.AddRange([(byte)Blocks.Count, (byte)length, (byte)(length >> 8), (byte)(length >> 16), .. record, .. SHA256.HashData("device"u8)]);
        List<byte> opaque = [.. OpaqueHeader ?? []];
        foreach (var (type, value) in Opaque)
        {
            opaque.AddRange([.. Word(type), .. OpaqueHeader is null ? [] : Word(0), .. Word(value.Length), .. value]);
        }

        return [.. bytes, .. Word(opaque.Count), .. opaque];
    }

    static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    static byte[] Word(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return bytes;
    }
}
