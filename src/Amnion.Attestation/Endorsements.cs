using System.Collections.Immutable;

namespace Amnion.Attestation;

/// <summary>
/// What others state about an attester: RFC 9334 §8.3 (Endorsements). They are inputs; nothing is ever fetched. All are hostile until
/// verified: an appraisal uses only what leads to the policy's trust anchors. At most <see cref="MaxCount"/> of each kind are looked at.
/// </summary>
public sealed record Endorsements
{
    /// <summary>Most items of one kind; more are refused, so that work stays bounded.</summary>
    public const int MaxCount = 64;

    /// <summary>Certificates, DER, in any order: VCEK, VLEK, ASK, ARK, TCB signing, PCK, AK, EK and their CAs.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>Revocation lists, DER; each is used for the certificates whose issuer it names.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>Intel TCB info, the exact bytes of the Provisioning Certification Service's answers (version 4 of its API).</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> TcbInfos { get; init; } = [];

    /// <summary>Intel identities of quoting enclaves, the exact bytes of the answers.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> EnclaveIdentities { get; init; } = [];

    /// <summary>NVIDIA Reference Integrity Manifests, signed XML.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Rims { get; init; } = [];

    /// <summary>OCSP responses, DER: RFC 6960.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> OcspResponses { get; init; } = [];
}
