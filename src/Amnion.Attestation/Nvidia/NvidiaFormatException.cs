namespace Amnion.Attestation.Nvidia;

/// <summary>An NVIDIA report, manifest or container is not of the form that its specification and this reader's limits allow.</summary>
public sealed class NvidiaFormatException : EvidenceFormatException
{
    internal NvidiaFormatException(int offset, string field, string problem, string code = NvidiaCodes.Malformed)
        : base(offset, field, problem, code)
    {
    }
}
