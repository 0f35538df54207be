using System.Globalization;

namespace Amnion.Attestation.Tokens;

/// <summary>A token was refused. The message names the field and never quotes its content.</summary>
public sealed class TokenFormatException : FormatException
{
    /// <param name="offset">Offset in bytes in the part that was read, or -1 where it is not known.</param>
    /// <param name="field">The part or claim, for example "header" or "submods.nitro.ear_status".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="code">One of <see cref="TokenCodes"/>.</param>
    public TokenFormatException(long offset, string field, string problem, string code = TokenCodes.Malformed)
        : base(offset < 0 ? $"{field}: {problem}" : string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Offset in bytes in the part that was read, or -1.</summary>
    public long Offset { get; }

    /// <summary>The refused part or claim.</summary>
    public string Field { get; }

    /// <summary>One of <see cref="TokenCodes"/>.</summary>
    public string Code { get; }
}
