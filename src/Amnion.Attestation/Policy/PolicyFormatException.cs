using System.Globalization;

namespace Amnion.Attestation;

/// <summary>A policy document was refused. The message names the member and never quotes more than its name.</summary>
public sealed class PolicyFormatException : FormatException
{
    /// <param name="field">JSON path of the member, "$" for the document itself.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Byte offset of the token.</param>
    public PolicyFormatException(string field, string problem, long offset)
        : base(string.Create(CultureInfo.InvariantCulture, $"policy: {field}: {problem} (byte offset {offset})"))
    {
        Field = field;
        Offset = offset;
    }

    /// <summary>The stable code, <see cref="AttestationCodes.PolicyMalformed"/>.</summary>
    public string Code { get; } = AttestationCodes.PolicyMalformed;

    /// <summary>JSON path of the refused member.</summary>
    public string Field { get; }

    /// <summary>Byte offset of the refused token.</summary>
    public long Offset { get; }
}
