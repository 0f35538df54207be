namespace Amnion.Guard.Signatures;

/// <summary>A signature pack that breaks docs/specs/guard-inject.md, section "The signature pack". The message names the field, never the content.</summary>
public sealed class SignatureFormatException : Exception
{
    public SignatureFormatException()
    {
    }

    public SignatureFormatException(string message)
        : base(message)
    {
    }

    public SignatureFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal SignatureFormatException(int offset, int line, string field, string message)
        : base($"Line {line}, {field}: {message}")
    {
        Offset = offset;
        Field = field;
    }

    /// <summary>Where in the pack, in UTF-16 code units.</summary>
    public int Offset { get; }

    /// <summary>The part of the line.</summary>
    public string Field { get; } = string.Empty;
}
