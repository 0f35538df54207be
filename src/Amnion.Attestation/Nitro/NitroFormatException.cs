using System.Globalization;

namespace Amnion.Attestation.Nitro;

/// <summary>An attestation document was refused. The message names the field and never quotes its content.</summary>
public sealed class NitroFormatException : FormatException
{
    /// <param name="offset">Byte offset in the document.</param>
    /// <param name="field">The field of AWS's specification, for example "pcrs".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code">One of <see cref="NitroCodes"/>.</param>
    public NitroFormatException(int offset, string field, string problem, string code = NitroCodes.Malformed)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Byte offset in the document.</summary>
    public int Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }

    /// <summary><see cref="NitroCodes.Malformed"/> or <see cref="NitroCodes.NitroTpm"/>.</summary>
    public string Code { get; }
}
