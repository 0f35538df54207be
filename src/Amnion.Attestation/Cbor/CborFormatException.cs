namespace Amnion.Attestation.Cbor;

/// <summary>A CBOR item was refused; the format that reads it turns this into its own exception with the field's name.</summary>
sealed class CborFormatException(string problem, int offset) : FormatException(problem)
{
    public int Offset { get; } = offset;
}
