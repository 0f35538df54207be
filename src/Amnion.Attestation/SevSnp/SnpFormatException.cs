namespace Amnion.Attestation.SevSnp;

/// <summary>An attestation report or its certificate table was refused. The message names the field and never quotes its content.</summary>
public sealed class SnpFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the Evidence.</param>
    /// <param name="field">The field of AMD's specification, for example "VERSION".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code"><see cref="SnpCodes.Malformed"/>, <see cref="SnpCodes.UnknownVersion"/> or <see cref="SnpCodes.CertificateTable"/>.</param>
    public SnpFormatException(int offset, string field, string problem, string code = SnpCodes.Malformed)
        : base(offset, field, problem, code)
    {
    }
}
