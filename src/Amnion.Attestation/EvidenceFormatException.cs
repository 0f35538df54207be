using System.Globalization;

namespace Amnion.Attestation;

/// <summary>Evidence was refused because it is not of its format; each format has its own kind. Messages name the field and never quote content.</summary>
public abstract class EvidenceFormatException : FormatException
{
    private protected EvidenceFormatException(int offset, string field, string problem, string code)
        : this(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"), offset, field, code)
    {
    }

    private protected EvidenceFormatException(string message, int offset, string field, string code)
        : base(message)
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Byte offset in the structure that was read; 0 for fields of JSON.</summary>
    public int Offset { get; }

    /// <summary>The refused field, in the words of the format's specification.</summary>
    public string Field { get; }

    /// <summary>Stable code, in docs/diagnostics.md.</summary>
    public string Code { get; }
}
