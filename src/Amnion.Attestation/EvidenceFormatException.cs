namespace Amnion.Attestation;

/// <summary>Bytes are no Evidence of a known format, or malformed Evidence of one. The message names the field and never quotes content.</summary>
public sealed class EvidenceFormatException : FormatException
{
    /// <param name="code"><see cref="AttestationCodes.UnknownFormat"/> or the format's own code.</param>
    /// <param name="message">What was wrong.</param>
    /// <param name="inner">The format's own exception, with its offset; null where no format was recognised.</param>
    public EvidenceFormatException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>Stable code, in docs/diagnostics.md.</summary>
    public string Code { get; }
}
