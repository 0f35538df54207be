namespace Amnion.Guard.Jose;

/// <summary>What came of opening a JWE.</summary>
public abstract record JweResult
{
    private protected JweResult()
    {
    }

    /// <summary>It opened.</summary>
    /// <param name="Plaintext">What was encrypted; whoever reads it zeroes it.</param>
    /// <param name="KeyAlgorithm">Its "alg".</param>
    /// <param name="ContentAlgorithm">Its "enc".</param>
    /// <param name="AdditionalData">Its "aad", decoded; empty where it has none. Only the JSON serialisations have one.</param>
    public sealed record Opened(byte[] Plaintext, string KeyAlgorithm, string ContentAlgorithm, byte[] AdditionalData) : JweResult;

    /// <summary>It was refused.</summary>
    /// <param name="Code">AMN-GUARD-0410, -0411 or -0412.</param>
    public sealed record Refused(string Code) : JweResult;
}
