using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap.Pck;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>The certificate that signed collateral, with its path.</summary>
/// <param name="RootFirst">Root first, signer last; null where no path could be put together.</param>
/// <param name="Leaf">The signer.</param>
/// <param name="HasSigned">Whether the collateral's signature verifies under the signer's key.</param>
sealed record CollateralSigner(IReadOnlyList<Certificate>? RootFirst, Certificate Leaf, bool HasSigned)
{
    /// <summary>
    /// Picks the signer among those given: first by signature, then by validity, because Intel's TCB signing certificates of 2018 and 2025
    /// have the same name, key and serial number. Null where none was given.
    /// </summary>
    public static CollateralSigner? Of(SignedCollateral collateral, IReadOnlyCollection<Certificate> pool, DateTimeOffset at)
    {
        CollateralSigner? best = null;
        foreach (var candidate in pool)
        {
            if (candidate.CommonName == IntelNames.TcbSigning)
            {
                var signer = new CollateralSigner(CertificatePath.Build(candidate, pool, at), candidate, collateral.IsSignedBy(candidate));
                best = best is null || signer.Rank(at) > best.Rank(at) ? signer : best;
            }
        }

        return best;
    }

    /// <summary>Of two equally good ones the first given is taken.</summary>
    int Rank(DateTimeOffset at) => (HasSigned ? 4 : 0) + (Leaf.NotBefore <= at && Leaf.NotAfter >= at ? 2 : 0) + (RootFirst is not null ? 1 : 0);
}
