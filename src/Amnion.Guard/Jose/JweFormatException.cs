using Amnion.Guard.Fields;

namespace Amnion.Guard.Jose;

/// <summary>A text is no JWE (RFC 7516), or a key no JWK (RFC 7517), as accepted here. The message names the part and never quotes content.</summary>
public sealed class JweFormatException : FormatException
{
    /// <param name="field">The part: "protected", "encrypted_key", "iv", "ciphertext", "tag", "key" or a header's name.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Offset of the part in the text where known, otherwise -1.</param>
    public JweFormatException(string field, string problem, long offset = -1)
        : base(offset < 0 ? $"{field}: {problem}" : $"{field}: {problem} (offset {offset})")
    {
        Field = field;
        Offset = offset;
    }

    /// <summary><see cref="FieldCodes.MalformedJwe"/>.</summary>
    public string Code { get; } = FieldCodes.MalformedJwe;

    /// <summary>The part that was refused.</summary>
    public string Field { get; }

    /// <summary>Offset of the part in the text, or -1.</summary>
    public long Offset { get; }
}
