using System.Buffers.Binary;
using System.Globalization;

namespace Amnion.Attestation.Dcap;

/// <summary>Reads a quote's little-endian fields in order; a length is compared with what is left before anything is taken.</summary>
sealed class DcapInput(ReadOnlyMemory<byte> bytes, int offset = 0)
{
    int _position;

    /// <summary>Offset of the next byte in the whole quote.</summary>
    public int Offset => offset + _position;

    public int Remaining => bytes.Length - _position;

    public ReadOnlyMemory<byte> Bytes(string field, int length)
    {
        if (length < 0 || length > Remaining)
        {
            throw new DcapFormatException(Offset, field, string.Create(CultureInfo.InvariantCulture, $"needs {length} bytes; {Remaining} are left"));
        }

        var taken = bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    public ushort UInt16(string field) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(field, sizeof(ushort)).Span);

    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(field, sizeof(uint)).Span);

    /// <summary>The next <paramref name="length"/> bytes as an input of their own.</summary>
    public DcapInput Part(string field, uint length)
    {
        var start = Offset;
        return new DcapInput(Bytes(field, length <= int.MaxValue ? (int)length : int.MaxValue), start);
    }

    public void End(string field)
    {
        if (Remaining != 0)
        {
            throw new DcapFormatException(Offset, field, string.Create(CultureInfo.InvariantCulture, $"{Remaining} bytes too many"));
        }
    }
}
