namespace Amnion.Models.Manifest;

/// <summary>A signature bundle was refused before its signature was looked at. The message never quotes content.</summary>
public sealed class BundleFormatException : FormatException
{
    /// <param name="field">JSON path, "$" for the document itself.</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    /// <param name="offset">Byte offset where known, otherwise -1.</param>
    public BundleFormatException(string field, string problem, long offset = -1)
        : base(offset < 0 ? $"Signature bundle: {field}: {problem} ({ModelCodes.BundleLayout})" : $"Signature bundle at byte {offset}: {field}: {problem} ({ModelCodes.BundleLayout})")
    {
        Field = field;
        Offset = offset;
    }

    /// <summary>Always <see cref="ModelCodes.BundleLayout"/>.</summary>
    public string Code { get; } = ModelCodes.BundleLayout;

    /// <summary>JSON path.</summary>
    public string Field { get; }

    /// <summary>Byte offset, or -1.</summary>
    public long Offset { get; }
}
