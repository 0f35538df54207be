namespace Amnion.Guard.Fields;

/// <summary>A document, a sealed document or a field policy does not parse. The message names the place and never quotes content.</summary>
public sealed class FieldFormatException : FormatException
{
    /// <param name="code">One of <see cref="FieldCodes"/>.</param>
    /// <param name="field">What part of the format was refused, for example "fields[2].pointer"; "$" for the whole.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Byte offset in the input where known, otherwise -1.</param>
    public FieldFormatException(string code, string field, string problem, long offset = -1)
        : base(offset < 0 ? $"{field}: {problem}" : $"{field}: {problem} (byte offset {offset})")
    {
        Code = code;
        Field = field;
        Offset = offset;
    }

    /// <summary>One of <see cref="FieldCodes"/>.</summary>
    public string Code { get; }

    /// <summary>What part of the format was refused.</summary>
    public string Field { get; }

    /// <summary>Byte offset in the input, or -1.</summary>
    public long Offset { get; }
}
