namespace Amnion.Guard.Output.Weights;

/// <summary>
/// Finds slices of the model's weights (<see cref="OutputCodes.WeightSlice"/>) and beginnings of model files (<see cref="OutputCodes.ModelFile"/>), as characters, hexadecimal or base64 at any alignment. Numbers written in decimal are not found: that is what the egress budget is for.
/// </summary>
public sealed class WeightCheck : IAnswerCheck
{
    readonly Base64Bytes _base64;
    readonly HexBytes _hex;
    readonly HexBytes _hexShifted;
    readonly RawBytes _raw;
    int _fed;
    int _digits;

    /// <summary>A check of one answer.</summary>
    /// <param name="index">The weights, or null: then only model files are looked for.</param>
    public WeightCheck(WeightIndex? index)
    {
        _base64 = new Base64Bytes([new WeightLane(index), new WeightLane(index), new WeightLane(index), new WeightLane(index)]);
        _hex = new HexBytes(new WeightLane(index));
        _hexShifted = new HexBytes(new WeightLane(index));
        _raw = new RawBytes(new WeightLane(index));
    }

    /// <inheritdoc/>
    public string Name => "weights";

    /// <inheritdoc/>
    public int Held => Math.Max(0, Math.Min(Math.Min(_base64.Held(_fed), _raw.Held(_fed)), Math.Min(_hex.Held(_fed), _hexShifted.Held(_fed))));

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits)
    {
        _fed = position + 1;
        _base64.Feed(character, position, hits);
        _hex.Feed(character, position, hits);
        _raw.Feed(character, position, hits);
        // The second reading of unbroken digits begins one digit later: what stood before may have been one too many.
        _digits = char.IsAsciiHexDigit(character) ? _digits + 1 : 0;
        if (_digits != 1)
        {
            _hexShifted.Feed(character, position, hits);
        }
    }

    /// <inheritdoc/>
    public void Complete(int length, AnswerHits hits)
    {
        // A slice is found with its last byte.
    }
}
