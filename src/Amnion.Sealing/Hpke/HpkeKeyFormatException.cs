namespace Amnion.Sealing;

/// <summary>The bytes are not a valid key of the named KEM (RFC 9180 §7.1.1, §7.1.4).</summary>
public sealed class HpkeKeyFormatException(string field, string problem)
    : SealingFormatException(SealingCodes.KeyMalformed, field, 0, problem);
