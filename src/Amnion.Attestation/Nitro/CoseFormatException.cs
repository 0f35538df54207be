using System.Globalization;

namespace Amnion.Attestation.Nitro;

/// <summary>A COSE_Sign1 message was refused.</summary>
public sealed class CoseFormatException : FormatException
{
    /// <param name="offset">Byte offset in the message.</param>
    /// <param name="field">"protected", "unprotected", "payload", "signature" or "COSE_Sign1" for the message itself.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public CoseFormatException(int offset, string field, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
        Problem = problem;
    }

    /// <summary>Byte offset in the message.</summary>
    public int Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }

    internal string Problem { get; }
}
