using System.Globalization;

namespace Amnion.Attestation.Nitro;

/// <summary>A message of the Nitro Secure Module's protocol was refused.</summary>
public sealed class NsmFormatException : FormatException
{
    /// <param name="offset">Byte offset in the message.</param>
    /// <param name="field">The operation, or operation and member, for example "ExtendPCR.index".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public NsmFormatException(int offset, string field, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
    }

    /// <summary>Byte offset in the message.</summary>
    public int Offset { get; }

    /// <summary>The refused operation or member.</summary>
    public string Field { get; }
}
