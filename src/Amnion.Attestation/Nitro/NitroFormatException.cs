namespace Amnion.Attestation.Nitro;

/// <summary>An attestation document was refused. The message names the field and never quotes its content.</summary>
public sealed class NitroFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the document.</param>
    /// <param name="field">The field of AWS's specification, for example "pcrs".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code"><see cref="NitroCodes.Malformed"/> or <see cref="NitroCodes.NitroTpm"/>.</param>
    public NitroFormatException(int offset, string field, string problem, string code = NitroCodes.Malformed)
        : base(offset, field, problem, code)
    {
    }
}
