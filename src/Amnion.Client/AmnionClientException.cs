using Amnion.Attestation;

namespace Amnion.Client;

/// <summary>The client refused to go on. Nothing was sent in the clear, and no unauthenticated byte was handed to the caller.</summary>
public sealed class AmnionClientException : IOException
{
    /// <param name="code">One of <see cref="ClientCodes"/>.</param>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="detail">The peer's own code where it gave one.</param>
    /// <param name="result">The Attestation Result, where an appraisal refused.</param>
    /// <param name="inner">The cause.</param>
    public AmnionClientException(string code, string message, string? detail = null, AttestationResult? result = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Detail = detail;
        Result = result;
    }

    /// <summary>One of <see cref="ClientCodes"/>.</summary>
    public string Code { get; }

    /// <summary>The peer's own code, for example the enclave's.</summary>
    public string? Detail { get; }

    /// <summary>Every check of a refused appraisal.</summary>
    public AttestationResult? Result { get; }
}
