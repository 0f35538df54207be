namespace Amnion.Attestation.Tokens;

/// <summary>
/// A signed token as it was read, JWT or CWT. Nothing is verified by reading; algorithm, type and critical headers are kept so that each can be a
/// check of its own.
/// </summary>
sealed class TokenEnvelope
{
    /// <summary>The algorithm's JOSE name, from the signed header only; empty where there is none.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The media type without "application/", lower case; null where absent.</summary>
    public required string? Type { get; init; }

    public required string? KeyId { get; init; }

    /// <summary>Whether there are critical headers. None is implemented, so that every one must be refused (RFC 7515 §4.1.11, RFC 9052 §3.1).</summary>
    public required bool Critical { get; init; }

    /// <summary>The claims, JSON or CBOR.</summary>
    public required byte[] Payload { get; init; }

    public required byte[] Signature { get; init; }

    /// <summary>The exact bytes that were signed.</summary>
    public required byte[] Input { get; init; }
}
