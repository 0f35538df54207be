using System.Text;
using Amnion.Models.Gguf;

namespace Amnion.Models.Tests.Gguf;

/// <summary>A GGUF file taken apart, so that a test can spoil one part of it and put it together again without the writer's checks.</summary>
sealed class RawGguf
{
    public uint Version { get; set; } = 3;

    public ulong? TensorCount { get; set; }

    public ulong? MetadataCount { get; set; }

    public List<(string Key, uint Type, byte[] Value)> Metadata { get; } = [];

    public List<RawTensor> Tensors { get; } = [];

    public long DataLength { get; set; }

    public static RawGguf Of(RandomModelShape? shape = null)
    {
        var bytes = TestModels.Bytes(shape);
        var model = GgufFile.Read(new MemoryStream(bytes), bytes.Length);
        var raw = new RawGguf { DataLength = bytes.Length - model.TensorDataOffset };
        foreach (var key in model.Metadata.Keys)
        {
            var value = model.Metadata.Value(key);
            raw.Metadata.Add((key, (uint)value.Type, value.Type == GgufValueType.Array ? Array(value) : Scalar(value.Content)));
        }

        raw.Tensors.AddRange(model.Tensors.Select(tensor => new RawTensor
        {
            Name = Encoding.UTF8.GetBytes(tensor.Name),
            Dimensions = [.. tensor.Dimensions.Select(d => (ulong)d)],
            Type = (uint)tensor.Type,
            Offset = (ulong)tensor.Offset,
        }));
        return raw;
    }

    public RawGguf Set(string key, uint type, byte[] value)
    {
        var index = Metadata.FindIndex(entry => entry.Key == key);
        if (index < 0)
        {
            Metadata.Add((key, type, value));
        }
        else
        {
            Metadata[index] = (key, type, value);
        }

        return this;
    }

    public RawGguf Set(string key, uint value) => Set(key, 4, BitConverter.GetBytes(value));

    public RawGguf Set(string key, float value) => Set(key, 6, BitConverter.GetBytes(value));

    public RawGguf Set(string key, string value) => Set(key, 8, Text(value));

    public RawGguf Set(string key, bool value) => Set(key, 7, [value ? (byte)1 : (byte)0]);

    public RawGguf Set(string key, IReadOnlyCollection<string> values) =>
        Set(key, 9, [.. BitConverter.GetBytes(8u), .. BitConverter.GetBytes((ulong)values.Count), .. values.SelectMany(Text)]);

    public RawGguf Set(string key, int[] values) =>
        Set(key, 9, [.. BitConverter.GetBytes(5u), .. BitConverter.GetBytes((ulong)values.Length), .. values.SelectMany(BitConverter.GetBytes)]);

    public RawGguf Set(string key, float[] values) =>
        Set(key, 9, [.. BitConverter.GetBytes(6u), .. BitConverter.GetBytes((ulong)values.Length), .. values.SelectMany(BitConverter.GetBytes)]);

    public RawGguf Remove(string key)
    {
        Metadata.RemoveAll(entry => entry.Key == key);
        return this;
    }

    public RawTensor Tensor(string name) => Tensors.Single(tensor => Encoding.UTF8.GetString(tensor.Name) == name);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)Tensors.Count);
        writer.Write(MetadataCount ?? (ulong)Metadata.Count);
        foreach (var (key, type, value) in Metadata)
        {
            writer.Write(Text(key));
            writer.Write(type);
            writer.Write(value);
        }

        foreach (var tensor in Tensors)
        {
            writer.Write((ulong)tensor.Name.Length);
            writer.Write(tensor.Name);
            writer.Write(tensor.DimensionCount ?? (uint)tensor.Dimensions.Count);
            tensor.Dimensions.ForEach(writer.Write);
            writer.Write(tensor.Type);
            writer.Write(tensor.Offset);
        }

        writer.Write(new byte[((stream.Length + 31) & ~31) - stream.Length + DataLength]);
        return stream.ToArray();
    }

    public static byte[] Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    public static byte[] Text(byte[] value) => [.. BitConverter.GetBytes((ulong)value.Length), .. value];

    static byte[] Array(GgufValue value)
    {
        var items = (Array)value.Content;
        return [.. BitConverter.GetBytes((uint)value.ElementType), .. BitConverter.GetBytes((ulong)items.Length), .. items.Cast<object>().SelectMany(Scalar)];
    }

    static byte[] Scalar(object value) => value switch
    {
        uint number => BitConverter.GetBytes(number),
        int number => BitConverter.GetBytes(number),
        float number => BitConverter.GetBytes(number),
        bool flag => [flag ? (byte)1 : (byte)0],
        string text => Text(text),
        _ => throw new NotSupportedException(value.GetType().Name),
    };
}
