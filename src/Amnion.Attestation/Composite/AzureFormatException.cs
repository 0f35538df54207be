using System.Globalization;

namespace Amnion.Attestation.Composite;

/// <summary>Evidence in one of Azure's wrappings was refused. The message names the field and never quotes its content.</summary>
public sealed class AzureFormatException : FormatException
{
    /// <param name="offset">Byte offset in the structure; 0 for fields of JSON.</param>
    /// <param name="field">The field, for example "hcl_report.data_size".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public AzureFormatException(int offset, string field, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
    }

    /// <summary>Byte offset in the structure.</summary>
    public int Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }
}
