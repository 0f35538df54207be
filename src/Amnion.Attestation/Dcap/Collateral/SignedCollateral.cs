using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>What TCB info and enclave identities share: signature, identifier, window and number.</summary>
abstract record SignedCollateral
{
    readonly VerifiedSignature _verified = new();

    private protected SignedCollateral()
    {
    }

    /// <summary>The exact bytes of the inner object, which Intel signed.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>r‖s on P-256, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>"SGX" or "TDX" for TCB info, "QE" or "TD_QE" for the identity of a quoting enclave.</summary>
    public required string Id { get; init; }

    public required int Version { get; init; }

    public required DateTimeOffset IssueDate { get; init; }

    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>Rises with every recovery of a TCB.</summary>
    public required long EvaluationDataNumber { get; init; }

    /// <summary><see cref="IssueDate"/> as checks show it.</summary>
    public string IssueText => field ??= DcapFields.Time(IssueDate);

    /// <summary><see cref="NextUpdate"/> as checks show it.</summary>
    public string UpdateText => field ??= DcapFields.Time(NextUpdate);

    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    public bool IsSignedBy(Certificate signer) =>
        _verified.IsBy(signer, this, static (key, collateral) => key.Kind == KeyKind.P256 && key.VerifyFixed(collateral.Signed.Span, collateral.Signature.Span, HashAlgorithmName.SHA256));

    public bool IsCurrent(DateTimeOffset at) => IssueDate <= at && at <= NextUpdate;
}
