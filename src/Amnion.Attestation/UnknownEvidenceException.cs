namespace Amnion.Attestation;

/// <summary>No format that this build knows was recognised.</summary>
public sealed class UnknownEvidenceException : EvidenceFormatException
{
    internal UnknownEvidenceException()
        : base("the bytes are no Evidence of a format that this build knows", 0, "Evidence", AttestationCodes.UnknownFormat)
    {
    }
}
