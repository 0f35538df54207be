using System.Collections.Immutable;

namespace Amnion.Models.Gguf;

/// <summary>One tensor's description.</summary>
/// <param name="Name">Unique name of 1 to 63 bytes.</param>
/// <param name="Dimensions">1 to 4 lengths, each at least 1, the fastest-varying first.</param>
/// <param name="Type">Element type.</param>
/// <param name="Offset">Bytes from the start of the tensor data, a multiple of 32.</param>
/// <param name="Length">Bytes of the tensor, without padding.</param>
public sealed record GgufTensor(string Name, ImmutableArray<long> Dimensions, GgufTensorType Type, long Offset, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Elements
    {
        get
        {
            var elements = 1L;
            foreach (var dimension in Dimensions)
            {
                elements *= dimension;
            }

            return elements;
        }
    }
}
