#pragma warning disable CA1707 // The names are ggml's own; Q4_0 and Q40 would not be recognised as the same.
namespace Amnion.Models.Gguf;

/// <summary>The tensor element types that are accepted, with ggml's numbers (ggml.h, enum ggml_type).</summary>
public enum GgufTensorType
{
    /// <summary>32-bit float.</summary>
    F32 = 0,

    /// <summary>16-bit float.</summary>
    F16 = 1,

    /// <summary>Blocks of 32, 4 bits, one scale.</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32, 4 bits, scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>Blocks of 32, 5 bits, one scale.</summary>
    Q5_0 = 6,

    /// <summary>Blocks of 32, 5 bits, scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>Blocks of 32, 8 bits, one scale.</summary>
    Q8_0 = 8,

    /// <summary>Super-blocks of 256, about 2.6 bits.</summary>
    Q2_K = 10,

    /// <summary>Super-blocks of 256, about 3.4 bits.</summary>
    Q3_K = 11,

    /// <summary>Super-blocks of 256, 4.5 bits.</summary>
    Q4_K = 12,

    /// <summary>Super-blocks of 256, 5.5 bits.</summary>
    Q5_K = 13,

    /// <summary>Super-blocks of 256, about 6.6 bits.</summary>
    Q6_K = 14,

    /// <summary>Blocks of 32, 4 bits, not linear.</summary>
    IQ4_NL = 20,

    /// <summary>Super-blocks of 256, 4.25 bits, not linear.</summary>
    IQ4_XS = 23,

    /// <summary>16-bit brain float.</summary>
    BF16 = 30,
}
