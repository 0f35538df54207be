namespace Amnion.Sealing;

/// <summary>A sealed stream's header or length is impossible (docs/specs/sealed-stream.md).</summary>
public sealed class SealedStreamFormatException(string field, long offset, string problem)
    : SealingFormatException(SealingCodes.StreamMalformed, field, offset, problem);
