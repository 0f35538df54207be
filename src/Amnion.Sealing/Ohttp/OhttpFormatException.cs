namespace Amnion.Sealing;

/// <summary>An OHTTP key configuration does not parse (RFC 9458 §3).</summary>
public sealed class OhttpFormatException(string field, long offset, string problem)
    : SealingFormatException(SealingCodes.KeyConfigMalformed, field, offset, problem);
