using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Models.Gguf;

/// <summary>Reads the tensor descriptions (GGUF specification, gguf_tensor_info_t) and checks that their data tiles the rest of the file.</summary>
static class GgufTensorReader
{
    // Name length and one byte, dimension count and one dimension, type, offset.
    const int SmallestEntry = 8 + 1 + 4 + 8 + 4 + 8;

    public static int ReadCount(GgufReader reader) => reader.Count("tensor_count", GgufLimits.Tensors, SmallestEntry);

    public static ImmutableArray<GgufTensor> Read(GgufReader reader, int count)
    {
        var tensors = ImmutableArray.CreateBuilder<GgufTensor>(count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var expectedOffset = 0L;
        for (var i = 0; i < count; i++)
        {
            var start = reader.Offset;
            var tensor = ReadOne(reader, string.Create(CultureInfo.InvariantCulture, $"tensor {i}"));
            if (!names.Add(tensor.Name))
            {
                throw new GgufFormatException(ModelCodes.GgufTensorName, start, tensor.Name, "stands twice");
            }

            // The engine demands that tensors follow each other without gaps, and so nothing can hide between them.
            if (tensor.Offset != expectedOffset)
            {
                throw new GgufFormatException(ModelCodes.GgufTensorOffset, start, tensor.Name, $"starts at data byte {tensor.Offset}; expected {expectedOffset}");
            }

            expectedOffset = Pad(checked(tensor.Offset + tensor.Length));
            tensors.Add(tensor);
        }

        return tensors.MoveToImmutable();
    }

    /// <summary>Checks that the tensors reach exactly to the end of the file; the last one's padding may be left out.</summary>
    public static void CheckBounds(ImmutableArray<GgufTensor> tensors, long dataOffset, long fileLength)
    {
        var end = tensors.IsEmpty ? dataOffset : dataOffset + tensors[^1].Offset + tensors[^1].Length;
        var padded = Pad(end);
        if (fileLength < end || fileLength > padded)
        {
            throw new GgufFormatException(ModelCodes.GgufTensorBounds, dataOffset, "tensor data", $"ends at byte {end} (padded {padded}); the file has {fileLength} bytes");
        }
    }

    /// <summary>The next multiple of the alignment.</summary>
    public static long Pad(long value) => checked(value + GgufLimits.Alignment - 1) / GgufLimits.Alignment * GgufLimits.Alignment;

    static GgufTensor ReadOne(GgufReader reader, string field)
    {
        var start = reader.Offset;
        var name = reader.Text(field, GgufLimits.TensorNameBytes);
        if (name.Length == 0 || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new GgufFormatException(ModelCodes.GgufTensorName, start, field, "has a name that is empty or not printable ASCII");
        }

        var count = reader.UInt32(name);
        if (count is 0 or > GgufLimits.Dimensions)
        {
            throw new GgufFormatException(ModelCodes.GgufTensorShape, start, name, $"has {count} dimensions; expected 1 to {GgufLimits.Dimensions}");
        }

        var dimensions = ImmutableArray.CreateBuilder<long>((int)count);
        for (var i = 0; i < count; i++)
        {
            var dimension = reader.UInt64(name);
            dimensions.Add(dimension is > 0 and <= int.MaxValue
                ? (long)dimension
                : throw new GgufFormatException(ModelCodes.GgufTensorShape, start, name, $"has a dimension of {dimension}; expected 1 to {int.MaxValue}"));
        }

        var type = (GgufTensorType)reader.UInt32(name);
        if (!GgufTensorTypes.TryGetBlock(type, out var blockElements, out var blockBytes))
        {
            throw new GgufFormatException(ModelCodes.GgufTensorType, start, name, $"has element type {(uint)type}, which is not accepted");
        }

        if (dimensions[0] % blockElements != 0)
        {
            throw new GgufFormatException(ModelCodes.GgufTensorType, start, name, $"has rows of {dimensions[0]} elements; type {type} needs a multiple of {blockElements}");
        }

        var offset = reader.UInt64(name);
        if (offset > long.MaxValue || offset % GgufLimits.Alignment != 0)
        {
            throw new GgufFormatException(ModelCodes.GgufTensorOffset, start, name, $"starts at data byte {offset}, which is no multiple of {GgufLimits.Alignment}");
        }

        try
        {
            var length = dimensions[0] / blockElements * blockBytes;
            for (var i = 1; i < count; i++)
            {
                length = checked(length * dimensions[i]);
            }

            _ = Pad(checked((long)offset + length));
            return new GgufTensor(name, dimensions.MoveToImmutable(), type, (long)offset, length);
        }
        catch (OverflowException)
        {
            throw new GgufFormatException(ModelCodes.GgufTensorShape, start, name, "is larger than 2^63 bytes");
        }
    }
}
