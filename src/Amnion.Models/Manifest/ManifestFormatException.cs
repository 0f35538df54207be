namespace Amnion.Models.Manifest;

/// <summary>A model manifest was refused. The message names the JSON path and what was expected; it never quotes content.</summary>
public sealed class ManifestFormatException : FormatException
{
    /// <param name="code">One of <see cref="ModelCodes"/>.</param>
    /// <param name="field">JSON path, "$" for the document itself.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Byte offset where known, otherwise -1.</param>
    public ManifestFormatException(string code, string field, string problem, long offset = -1)
        : base(offset < 0 ? $"Model manifest: {field}: {problem} ({code})" : $"Model manifest at byte {offset}: {field}: {problem} ({code})")
    {
        Code = code;
        Field = field;
        Offset = offset;
    }

    /// <summary>The stable code.</summary>
    public string Code { get; }

    /// <summary>JSON path.</summary>
    public string Field { get; }

    /// <summary>Byte offset, or -1.</summary>
    public long Offset { get; }
}
