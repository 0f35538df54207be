namespace Amnion.Attestation.Dcap;

/// <summary>A DCAP quote, its certificates or Intel's collateral was refused. The message names the field and never quotes its content.</summary>
public sealed class DcapFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the quote or the collateral file.</param>
    /// <param name="field">The field of Intel's specification, for example "signature data".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code"><see cref="DcapCodes.Malformed"/> for quotes; collateral and certificates have codes of their own.</param>
    public DcapFormatException(int offset, string field, string problem, string code = DcapCodes.Malformed)
        : base(offset, field, problem, code)
    {
    }
}
