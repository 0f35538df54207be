using System.Globalization;

namespace Amnion.Attestation.Composite;

/// <summary>Claims of Google Cloud's Confidential Space were refused. The message names the claim and never quotes its content.</summary>
public sealed class GcpFormatException : FormatException
{
    /// <param name="field">Path of the claim, for example "submods.container.image_digest".</param>
    /// <param name="problem">What was wrong and what was expected.</param>
    public GcpFormatException(string field, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem}")) => Field = field;

    /// <summary>The refused claim.</summary>
    public string Field { get; }
}
