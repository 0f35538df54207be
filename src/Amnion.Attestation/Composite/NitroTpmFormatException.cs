using System.Globalization;

namespace Amnion.Attestation.Composite;

/// <summary>A NitroTPM attestation document was refused. The message names the field and never quotes its content.</summary>
public sealed class NitroTpmFormatException : FormatException
{
    /// <param name="offset">Byte offset in the document.</param>
    /// <param name="field">The field of AWS's specification, for example "nitrotpm_pcrs".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code">One of <see cref="NitroTpmCodes"/>.</param>
    public NitroTpmFormatException(int offset, string field, string problem, string code = NitroTpmCodes.Malformed)
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

    /// <summary><see cref="NitroTpmCodes.Malformed"/> or <see cref="NitroTpmCodes.EnclaveDocument"/>.</summary>
    public string Code { get; }
}
