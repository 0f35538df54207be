namespace Amnion.Models.Gguf;

/// <summary>Metadata value types (GGUF specification, gguf_metadata_value_type).</summary>
public enum GgufValueType
{
    /// <summary>8-bit unsigned.</summary>
    UInt8 = 0,

    /// <summary>8-bit signed.</summary>
    Int8 = 1,

    /// <summary>16-bit unsigned, little-endian.</summary>
    UInt16 = 2,

    /// <summary>16-bit signed.</summary>
    Int16 = 3,

    /// <summary>32-bit unsigned.</summary>
    UInt32 = 4,

    /// <summary>32-bit signed.</summary>
    Int32 = 5,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 6,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 7,

    /// <summary>Length (64 bits) and UTF-8.</summary>
    String = 8,

    /// <summary>Element type, count (64 bits) and elements.</summary>
    Array = 9,

    /// <summary>64-bit unsigned.</summary>
    UInt64 = 10,

    /// <summary>64-bit signed.</summary>
    Int64 = 11,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 12,
}
