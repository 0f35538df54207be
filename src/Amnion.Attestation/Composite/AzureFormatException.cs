namespace Amnion.Attestation.Composite;

/// <summary>Evidence in one of Azure's wrappings was refused. The message names the field and never quotes its content.</summary>
public sealed class AzureFormatException : EvidenceFormatException
{
    /// <param name="offset">Byte offset in the structure; 0 for fields of JSON.</param>
    /// <param name="field">The field, for example "hcl_report.data_size".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public AzureFormatException(int offset, string field, string problem)
        : base(offset, field, problem, AzureCodes.Malformed)
    {
    }
}
