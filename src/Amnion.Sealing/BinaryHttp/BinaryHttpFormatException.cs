namespace Amnion.Sealing;

/// <summary>A binary HTTP message does not parse or exceeds a limit (RFC 9292 §4).</summary>
public sealed class BinaryHttpFormatException(string field, long offset, string problem)
    : SealingFormatException(SealingCodes.BinaryHttpMalformed, field, offset, problem);
