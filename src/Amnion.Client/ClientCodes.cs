namespace Amnion.Client;

/// <summary>Stable codes of what a client refuses. Catalogued in docs/diagnostics.md.</summary>
public static class ClientCodes
{
    /// <summary>The Evidence bundle could not be read.</summary>
    public const string EvidenceMalformed = "AMN-CLIENT-0001";

    /// <summary>The Evidence was read and the policy refuses it.</summary>
    public const string EvidenceRefused = "AMN-CLIENT-0002";

    /// <summary>The relay did not answer, or answered with an HTTP error.</summary>
    public const string RelayUnavailable = "AMN-CLIENT-0003";

    /// <summary>The answer is not a sealed answer (plain 200, redirect, other media type).</summary>
    public const string AnswerNotSealed = "AMN-CLIENT-0004";

    /// <summary>The sealed answer does not open: changed, reordered, replayed or for another request.</summary>
    public const string AnswerRefused = "AMN-CLIENT-0005";

    /// <summary>The sealed answer ended before its authenticated end.</summary>
    public const string AnswerTruncated = "AMN-CLIENT-0006";

    /// <summary>The answer carries no receipt, or one that does not verify.</summary>
    public const string ReceiptRefused = "AMN-CLIENT-0007";

    /// <summary>No suite of the policy is offered by the keyset.</summary>
    public const string NoCommonSuite = "AMN-CLIENT-0008";

    /// <summary>The relay says that the enclave refused the sealed request before opening it.</summary>
    public const string RequestRefused = "AMN-CLIENT-0009";

    /// <summary>The request is larger than an enclave accepts.</summary>
    public const string RequestTooLarge = "AMN-CLIENT-0010";

    /// <summary>The request is not one HTTP allows to be sealed.</summary>
    public const string RequestMalformed = "AMN-CLIENT-0011";
}
