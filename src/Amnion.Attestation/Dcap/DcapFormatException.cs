using System.Globalization;

namespace Amnion.Attestation.Dcap;

/// <summary>A DCAP quote, its certificates or Intel's collateral was refused. The message names the field and never quotes its content.</summary>
public sealed class DcapFormatException : FormatException
{
    /// <param name="offset">Byte offset in the quote or the collateral file.</param>
    /// <param name="field">The field of Intel's specification, for example "signature data".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code">One of <see cref="DcapCodes"/>.</param>
    public DcapFormatException(int offset, string field, string problem, string code = DcapCodes.Malformed)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Byte offset in the quote or the collateral file.</summary>
    public int Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }

    /// <summary><see cref="DcapCodes.Malformed"/> for quotes; collateral and certificates have codes of their own.</summary>
    public string Code { get; }
}
