using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>An attestation report or its certificate table was refused. The message names the field and never quotes its content.</summary>
public sealed class SnpFormatException : FormatException
{
    /// <param name="offset">Byte offset in the Evidence.</param>
    /// <param name="field">The field of AMD's specification, for example "VERSION".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code">One of <see cref="SnpCodes"/>.</param>
    public SnpFormatException(int offset, string field, string problem, string code = SnpCodes.Malformed)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Byte offset in the Evidence.</summary>
    public int Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }

    /// <summary><see cref="SnpCodes.Malformed"/>, <see cref="SnpCodes.UnknownVersion"/> or <see cref="SnpCodes.CertificateTable"/>.</summary>
    public string Code { get; }
}
