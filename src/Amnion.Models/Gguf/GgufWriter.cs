using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Amnion.Models.Gguf;

/// <summary>Writes GGUF version 3 headers: metadata and tensor descriptions in the order they are added. The caller writes the data after it.</summary>
public sealed class GgufWriter
{
    readonly List<KeyValuePair<string, byte[]>> _metadata = [];
    readonly List<byte[]> _tensors = [];

    /// <summary>Bytes of tensor data described so far, padded.</summary>
    public long DataLength { get; private set; }

    /// <summary>Sets a string.</summary>
    public void Set(string key, string value) => SetRaw(key, GgufValueType.String, Text(value));

    /// <summary>Sets a 32-bit unsigned integer.</summary>
    public void Set(string key, uint value) => SetRaw(key, GgufValueType.UInt32, Bytes([value]));

    /// <summary>Sets a 32-bit float.</summary>
    public void Set(string key, float value) => SetRaw(key, GgufValueType.Float32, Bytes([value]));

    /// <summary>Sets a boolean.</summary>
    public void Set(string key, bool value) => SetRaw(key, GgufValueType.Boolean, [value ? (byte)1 : (byte)0]);

    /// <summary>Sets an array of strings.</summary>
    public void Set(string key, IReadOnlyCollection<string> values) =>
        SetRaw(key, GgufValueType.Array, [.. Bytes([(uint)GgufValueType.String]), .. Bytes([(ulong)values.Count]), .. values.SelectMany(Text)]);

    /// <summary>Sets an array of 32-bit signed integers.</summary>
    public void Set(string key, ReadOnlySpan<int> values) =>
        SetRaw(key, GgufValueType.Array, [.. Bytes([(uint)GgufValueType.Int32]), .. Bytes([(ulong)values.Length]), .. Bytes(values)]);

    /// <summary>Sets an array of 32-bit floats.</summary>
    public void Set(string key, ReadOnlySpan<float> values) =>
        SetRaw(key, GgufValueType.Array, [.. Bytes([(uint)GgufValueType.Float32]), .. Bytes([(ulong)values.Length]), .. Bytes(values)]);

    /// <summary>Describes the next tensor. Its data follows the one before, padded to 32 bytes.</summary>
    /// <exception cref="ArgumentException">A type that cannot be written, or rows that do not fit its blocks.</exception>
    public void AddTensor(string name, GgufTensorType type, ReadOnlySpan<long> dimensions)
    {
        if (!GgufTensorTypes.TryGetBlock(type, out var elements, out var bytes) || dimensions.IsEmpty || dimensions[0] % elements != 0)
        {
            throw new ArgumentException($"Type {type} does not fit the dimensions of '{name}'.", nameof(type));
        }

        var length = dimensions[0] / elements * bytes;
        foreach (var dimension in dimensions[1..])
        {
            length = checked(length * dimension);
        }

        _tensors.Add([.. Text(name), .. Bytes([(uint)dimensions.Length]), .. Bytes(dimensions), .. Bytes([(uint)type]), .. Bytes([DataLength])]);
        DataLength = GgufTensorReader.Pad(checked(DataLength + length));
    }

    /// <summary>Writes the header and its padding; the tensor data belongs right after it.</summary>
    /// <returns>Bytes written, a multiple of 32.</returns>
    public long WriteHeader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long written = 0;
        void Write(ReadOnlySpan<byte> bytes)
        {
            stream.Write(bytes);
            written += bytes.Length;
        }

        Write([.. "GGUF"u8, .. Bytes([3u]), .. Bytes([(ulong)_tensors.Count, (ulong)_metadata.Count])]);
        foreach (var (key, value) in _metadata)
        {
            Write(Text(key));
            Write(value);
        }

        foreach (var tensor in _tensors)
        {
            Write(tensor);
        }

        Write(new byte[GgufTensorReader.Pad(written) - written]);
        return written;
    }

    void SetRaw(string key, GgufValueType type, ReadOnlySpan<byte> value)
    {
        _metadata.RemoveAll(entry => entry.Key == key);
        _metadata.Add(new KeyValuePair<string, byte[]>(key, [.. Bytes([(uint)type]), .. value]));
    }

    static byte[] Text(string value)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(value)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)bytes.Length - 8);
        Encoding.UTF8.GetBytes(value, bytes.AsSpan(8));
        return bytes;
    }

    static ReadOnlySpan<byte> Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values);
}
