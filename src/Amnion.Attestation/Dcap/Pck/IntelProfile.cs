using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>Intel's certificates: P-256 and ECDSA with SHA-256 throughout, and a revocation list of every issuer.</summary>
static class IntelProfile
{
    public static readonly IntelChain Pck = new(Named("PCK chain", "PCK certificate"), IntelNames.Pck);

    public static readonly IntelChain TcbInfo = new(Named("TCB info signing chain", "TCB signing certificate"), IntelNames.TcbSigning);

    public static readonly IntelChain QeIdentity = new(Named("QE identity signing chain", "TCB signing certificate"), IntelNames.TcbSigning);

    static ChainProfile Named(string chain, string leaf) => new()
    {
        Name = chain,
        Label = (index, count) => index == 0 ? "root" : index == count - 1 ? leaf : "PCK CA",
        Keys = [KeyKind.P256],
        Signatures = [new SignatureAlgorithm(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256)],
        Lists = RevocationNeed.EveryIssuer,
    };
}
