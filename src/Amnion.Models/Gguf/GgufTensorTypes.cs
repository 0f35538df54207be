namespace Amnion.Models.Gguf;

/// <summary>Block sizes of the accepted element types (ggml-common.h).</summary>
static class GgufTensorTypes
{
    /// <summary>Elements and bytes of one block; false for a type that is not accepted.</summary>
    public static bool TryGetBlock(GgufTensorType type, out int elements, out int bytes)
    {
        (elements, bytes) = type switch
        {
            GgufTensorType.F32 => (1, 4),
            GgufTensorType.F16 or GgufTensorType.BF16 => (1, 2),
            GgufTensorType.Q4_0 or GgufTensorType.IQ4_NL => (32, 18),
            GgufTensorType.Q4_1 => (32, 20),
            GgufTensorType.Q5_0 => (32, 22),
            GgufTensorType.Q5_1 => (32, 24),
            GgufTensorType.Q8_0 => (32, 34),
            GgufTensorType.Q2_K => (256, 84),
            GgufTensorType.Q3_K => (256, 110),
            GgufTensorType.Q4_K => (256, 144),
            GgufTensorType.Q5_K => (256, 176),
            GgufTensorType.Q6_K => (256, 210),
            GgufTensorType.IQ4_XS => (256, 136),
            _ => (0, 0),
        };
        return elements != 0;
    }
}
