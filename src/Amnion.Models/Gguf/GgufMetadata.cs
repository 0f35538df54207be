using System.Diagnostics.CodeAnalysis;

namespace Amnion.Models.Gguf;

/// <summary>A GGUF file's metadata. A getter refuses an entry of another type than the one asked for: the engine would, too.</summary>
public sealed class GgufMetadata
{
    readonly Dictionary<string, GgufValue> _values = new(StringComparer.Ordinal);

    internal GgufMetadata()
    {
    }

    /// <summary>Number of entries.</summary>
    public int Count => _values.Count;

    /// <summary>The keys, in no particular order.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>True where the key is present.</summary>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>The value's type, or null where the key is absent.</summary>
    public GgufValueType? TypeOf(string key) => _values.TryGetValue(key, out var value) ? value.Type : null;

    /// <summary>A string, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public string? FindString(string key) => (string?)Find(key, GgufValueType.String);

    /// <summary>A 16-bit unsigned integer, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public ushort? FindUInt16(string key) => (ushort?)Find(key, GgufValueType.UInt16);

    /// <summary>A 32-bit unsigned integer, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public uint? FindUInt32(string key) => (uint?)Find(key, GgufValueType.UInt32);

    /// <summary>A 32-bit float, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public float? FindFloat32(string key) => (float?)Find(key, GgufValueType.Float32);

    /// <summary>A boolean, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public bool? FindBoolean(string key) => (bool?)Find(key, GgufValueType.Boolean);

    /// <summary>Strings, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public IReadOnlyList<string>? FindStrings(string key) => (string[]?)Find(key, GgufValueType.Array, GgufValueType.String);

    /// <summary>32-bit signed integers, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public IReadOnlyList<int>? FindInt32s(string key) => (int[]?)Find(key, GgufValueType.Array, GgufValueType.Int32);

    /// <summary>32-bit floats, or null where the key is absent.</summary>
    /// <exception cref="GgufFormatException">It has another type.</exception>
    public IReadOnlyList<float>? FindFloat32s(string key) => (float[]?)Find(key, GgufValueType.Array, GgufValueType.Float32);

    internal GgufValue Value(string key) => _values[key];

    internal bool TryAdd(string key, GgufValue value) => _values.TryAdd(key, value);

    internal GgufFormatException Refuse(string code, string key, string problem) =>
        new(code, _values.TryGetValue(key, out var value) ? value.Offset : 0, key, problem);

    internal string String(string key) => FindString(key) ?? throw Missing(key);

    internal uint UInt32(string key) => FindUInt32(key) ?? throw Missing(key);

    internal float Float32(string key) => FindFloat32(key) ?? throw Missing(key);

    internal IReadOnlyList<string> Strings(string key) => FindStrings(key) ?? throw Missing(key);

    internal IReadOnlyList<int> Int32s(string key) => FindInt32s(key) ?? throw Missing(key);

    /// <summary>An integer that must lie between two bounds, both included.</summary>
    internal int Integer(string key, int min, int max) => Checked(key, UInt32(key), min, max);

    /// <summary>As above; <paramref name="absent"/> where the key is absent.</summary>
    internal int Integer(string key, int min, int max, int absent) => FindUInt32(key) is { } value ? Checked(key, value, min, max) : absent;

    [DoesNotReturn]
    internal void ThrowRange(string key, string problem) => throw Refuse(ModelCodes.GgufRange, key, problem);

    int Checked(string key, uint value, int min, int max)
    {
        if (value < min || value > max)
        {
            ThrowRange(key, $"is {value}; expected {min} to {max}");
        }

        return (int)value;
    }

    static GgufFormatException Missing(string key) => new(ModelCodes.GgufMissing, 0, key, "is missing");

    object? Find(string key, GgufValueType type, GgufValueType? element = null)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        var expected = element ?? type;
        return value.Type == type && value.ElementType == expected
            ? value.Content
            : throw Refuse(ModelCodes.GgufType, key, $"is {Name(value.Type, value.ElementType)}; expected {Name(type, expected)}");
    }

    static string Name(GgufValueType type, GgufValueType element) => type == GgufValueType.Array ? $"an array of {element}" : type.ToString();
}
