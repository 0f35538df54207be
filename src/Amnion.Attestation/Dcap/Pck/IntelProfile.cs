using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>Intel's certificates: P-256 and ECDSA with SHA-256 throughout, and a revocation list of every issuer.</summary>
static class IntelProfile
{
    public static readonly ChainProfile Pck = Named(PckChain.Name, "PCK certificate");

    public static readonly ChainProfile TcbInfo = Named("TCB info signing chain", "TCB signing certificate");

    public static readonly ChainProfile QeIdentity = Named("QE identity signing chain", "TCB signing certificate");

    static ChainProfile Named(string chain, string leaf) => new()
    {
        Name = chain,
        Label = (index, count) => index == 0 ? "root" : index == count - 1 ? leaf : "PCK CA",
        Keys = [KeyKind.P256],
        Signatures = [new SignatureAlgorithm(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256)],
        Lists = RevocationNeed.EveryIssuer,
    };
}
