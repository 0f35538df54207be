using System.Runtime.InteropServices;

namespace Amnion.Models.Gguf;

/// <summary>Reads the metadata entries (GGUF specification, gguf_metadata_kv_t).</summary>
static class GgufMetadataReader
{
    // A key, its type and the smallest value take at least 8 + 1 + 4 + 1 bytes.
    const int SmallestEntry = 14;

    public static int ReadCount(GgufReader reader) => reader.Count("metadata_kv_count", GgufLimits.MetadataEntries, SmallestEntry);

    public static GgufMetadata Read(GgufReader reader, int count)
    {
        var metadata = new GgufMetadata();
        for (var i = 0; i < count; i++)
        {
            var offset = reader.Offset;
            var key = reader.Text("metadata key", GgufLimits.KeyBytes);
            if (!IsKey(key))
            {
                throw new GgufFormatException(ModelCodes.GgufKey, offset, $"metadata key {i}", "is not dot-separated words of letters, digits, '_' and '-'");
            }

            if (!metadata.TryAdd(key, ReadValue(reader, key)))
            {
                throw new GgufFormatException(ModelCodes.GgufKey, offset, key, "stands twice");
            }
        }

        return metadata;
    }

    static bool IsKey(string key)
    {
        foreach (var c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return key.Length > 0;
    }

    static GgufValue ReadValue(GgufReader reader, string key)
    {
        var offset = reader.Offset;
        var type = ReadType(reader, key);
        if (type != GgufValueType.Array)
        {
            return new GgufValue(type, type, ReadScalar(reader, key, type), offset);
        }

        var element = ReadType(reader, key);
        if (element == GgufValueType.Array)
        {
            throw new GgufFormatException(ModelCodes.GgufValue, offset, key, "is an array of arrays");
        }

        return new GgufValue(type, element, ReadArray(reader, key, element), offset);
    }

    static GgufValueType ReadType(GgufReader reader, string key)
    {
        var offset = reader.Offset;
        var type = reader.UInt32(key);
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw new GgufFormatException(ModelCodes.GgufValue, offset, key, $"has value type {type}; expected 0 to 12");
    }

    static object ReadScalar(GgufReader reader, string key, GgufValueType type) => type switch
    {
        GgufValueType.UInt8 => Primitives<byte>(reader, key, 1)[0],
        GgufValueType.Int8 => Primitives<sbyte>(reader, key, 1)[0],
        GgufValueType.UInt16 => Primitives<ushort>(reader, key, 1)[0],
        GgufValueType.Int16 => Primitives<short>(reader, key, 1)[0],
        GgufValueType.UInt32 => Primitives<uint>(reader, key, 1)[0],
        GgufValueType.Int32 => Primitives<int>(reader, key, 1)[0],
        GgufValueType.Float32 => Primitives<float>(reader, key, 1)[0],
        GgufValueType.Boolean => Booleans(reader, key, 1)[0],
        GgufValueType.UInt64 => Primitives<ulong>(reader, key, 1)[0],
        GgufValueType.Int64 => Primitives<long>(reader, key, 1)[0],
        GgufValueType.Float64 => Primitives<double>(reader, key, 1)[0],
        _ => reader.Text(key, GgufLimits.StringBytes),
    };

    static Array ReadArray(GgufReader reader, string key, GgufValueType element)
    {
        var size = element switch
        {
            GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
            GgufValueType.UInt16 or GgufValueType.Int16 => 2,
            GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
            _ => 8,
        };
        var count = reader.Count(key, GgufLimits.ArrayElements, size);
        return element switch
        {
            GgufValueType.UInt8 => Primitives<byte>(reader, key, count),
            GgufValueType.Int8 => Primitives<sbyte>(reader, key, count),
            GgufValueType.UInt16 => Primitives<ushort>(reader, key, count),
            GgufValueType.Int16 => Primitives<short>(reader, key, count),
            GgufValueType.UInt32 => Primitives<uint>(reader, key, count),
            GgufValueType.Int32 => Primitives<int>(reader, key, count),
            GgufValueType.Float32 => Primitives<float>(reader, key, count),
            GgufValueType.Boolean => Booleans(reader, key, count),
            GgufValueType.UInt64 => Primitives<ulong>(reader, key, count),
            GgufValueType.Int64 => Primitives<long>(reader, key, count),
            GgufValueType.Float64 => Primitives<double>(reader, key, count),
            _ => Strings(reader, key, count),
        };
    }

    // GGUF is little-endian, and so is every machine that this runs on; GgufFile refuses to start elsewhere.
    static T[] Primitives<T>(GgufReader reader, string key, int count)
        where T : unmanaged
    {
        var values = new T[count];
        reader.Read(MemoryMarshal.AsBytes(values.AsSpan()), key);
        return values;
    }

    static bool[] Booleans(GgufReader reader, string key, int count)
    {
        var offset = reader.Offset;
        var bytes = Primitives<byte>(reader, key, count);
        return bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1)
            ? throw new GgufFormatException(ModelCodes.GgufValue, offset, key, "holds a boolean other than 0 or 1")
            : Array.ConvertAll(bytes, b => b == 1);
    }

    static string[] Strings(GgufReader reader, string key, int count)
    {
        var values = new string[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = reader.Text(key, GgufLimits.StringBytes);
        }

        return values;
    }
}
