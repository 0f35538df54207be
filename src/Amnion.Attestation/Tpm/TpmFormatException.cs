namespace Amnion.Attestation.Tpm;

/// <summary>TPM 2.0 Evidence was refused. The message names the field and never quotes its content.</summary>
public sealed class TpmFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the structure or container.</param>
    /// <param name="field">The field of the TPM 2.0 Library, Part 2, for example "TPMS_ATTEST.extraData".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code"><see cref="TpmCodes.Malformed"/> or <see cref="TpmCodes.NotAQuote"/>.</param>
    public TpmFormatException(int offset, string field, string problem, string code = TpmCodes.Malformed)
        : base(offset, field, problem, code)
    {
    }
}
