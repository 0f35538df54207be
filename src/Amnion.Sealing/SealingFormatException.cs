namespace Amnion.Sealing;

/// <summary>Untrusted bytes that do not parse, with where and in which field. Never carries the bytes themselves.</summary>
public abstract class SealingFormatException : FormatException
{
    private protected SealingFormatException(string code, string field, long offset, string problem)
        : base($"{field} at offset {offset}: {problem}")
    {
        Code = code;
        Field = field;
        Offset = offset;
    }

    /// <summary>The stable code, one of <see cref="SealingCodes"/>.</summary>
    public string Code { get; }

    /// <summary>The field as its specification names it.</summary>
    public string Field { get; }

    /// <summary>Offset in bytes from the start of the parsed input.</summary>
    public long Offset { get; }
}
