namespace Amnion.Host.Nitro;

/// <summary>A model's dimensions, as far as they decide how much memory its key-value cache takes.</summary>
/// <param name="Layers">Transformer layers.</param>
/// <param name="KeyValueHeads">Heads of keys and values.</param>
/// <param name="HeadSize">Width of one head.</param>
/// <param name="Vocabulary">Tokens of the vocabulary.</param>
public sealed record ModelDimensions(int Layers, int KeyValueHeads, int HeadSize, int Vocabulary)
{
    /// <summary>Bytes that keys and values of one token take, as 16-bit floats.</summary>
    public long BytesPerToken => checked(2L * Layers * KeyValueHeads * HeadSize * 2);
}
