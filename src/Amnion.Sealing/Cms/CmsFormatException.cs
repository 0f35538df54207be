namespace Amnion.Sealing;

/// <summary>An enveloped key is not the CMS structure that AWS KMS makes (docs/specs/aws-kms.md §4).</summary>
public sealed class CmsFormatException(string field, long offset, string problem)
    : SealingFormatException(SealingCodes.EnvelopeMalformed, field, offset, problem);
