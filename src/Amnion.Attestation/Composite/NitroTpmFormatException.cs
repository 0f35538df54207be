namespace Amnion.Attestation.Composite;

/// <summary>A NitroTPM attestation document was refused. The message names the field and never quotes its content.</summary>
public sealed class NitroTpmFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the document.</param>
    /// <param name="field">The field of AWS's specification, for example "nitrotpm_pcrs".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code"><see cref="NitroTpmCodes.Malformed"/> or <see cref="NitroTpmCodes.EnclaveDocument"/>.</param>
    public NitroTpmFormatException(int offset, string field, string problem, string code = NitroTpmCodes.Malformed)
        : base(offset, field, problem, code)
    {
    }
}
