namespace Amnion.Models.Gguf;

/// <summary>A GGUF file was refused. The message names offset, field and what was expected; of the file's content it
/// quotes only keys and tensor names (printable ASCII) and numbers.</summary>
public sealed class GgufFormatException : FormatException
{
    /// <param name="code">One of <see cref="ModelCodes"/>.</param>
    /// <param name="offset">Byte offset in the file where the refused item starts.</param>
    /// <param name="field">Header field, metadata key or tensor name.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public GgufFormatException(string code, long offset, string field, string problem)
        : base($"GGUF at byte {offset}: {field}: {problem} ({code})")
    {
        Code = code;
        Offset = offset;
        Field = field;
    }

    /// <summary>The stable code.</summary>
    public string Code { get; }

    /// <summary>Byte offset in the file.</summary>
    public long Offset { get; }

    /// <summary>Header field, metadata key or tensor name.</summary>
    public string Field { get; }
}
