using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap.Collateral;
using Amnion.Attestation.Dcap.Pck;
using Amnion.Attestation.Dcap.Sgx;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap;

/// <summary>
/// Verifies that a quote was signed on a genuine platform and what Intel says of that platform: Intel's quote verification library, §4.1.2.4. Knows
/// nothing of policies.
/// </summary>
public static class DcapVerifier
{
    /// <summary>Runs every check and lists all of them; the quote is authentic where none rejects. Whether the platform is up to date enough is the policy's to say.</summary>
    public static DcapVerificationResult Verify(DcapQuote quote, DcapVerification verification)
    {
        ArgumentNullException.ThrowIfNull(quote);
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var (fields, _, _) = Verify(quote, verification, checks);
        return new DcapVerificationResult(checks.ToImmutable(), [.. fields]);
    }

    internal static (List<EvidenceField> Fields, PckChain? Chain, TcbFindings Findings) Verify(DcapQuote quote, DcapVerification verification, CheckList checks)
    {
        var endorsed = EndorsedCertificates.Read(verification.Endorsements, verification.Cache, checks);
        var chain = PckChain.Resolve(quote, endorsed, verification, checks);
        QuoteSignatures.Check(quote, chain?.Leaf, verification.Cache, checks);
        IReadOnlyCollection<Certificate> pool = endorsed.All;
        var path = Context(verification);
        if (chain is not null)
        {
            CertificatePath.Verify(chain.RootFirst, IntelProfile.Pck.Profile, path, checks);
            IntelNames.Check(chain.RootFirst, IntelProfile.Pck, checks);

            // Intel's answers carry the root too; where they do not, the quote's own serves: it is the anchor, or nothing is accepted.
            pool = endorsed.Holds(chain.RootFirst[0].Der.Span) ? endorsed.All : [.. endorsed.All, chain.RootFirst[0]];
        }

        if (chain is not null && endorsed.All.Count > 0)
        {
            endorsed.CheckStray(pool, verification, checks);
        }

        var findings = new CollateralCheck(quote, chain, pool, verification, path, checks).Run();
        if (quote.TdReport is { } td)
        {
            TdReportRules.CheckModule(td, checks);
        }
        else
        {
            SgxReportRules.CheckInitialised(quote.Report!, checks);
        }

        var fields = DcapFields.Of(quote, verification.Cache);
        if (chain is { IsEndorsed: true, Extension: { } extension })
        {
            DcapFields.AddPck(fields, chain.Leaf, extension);
        }

        findings.AddFields(fields);
        return (fields, chain, findings);
    }

    static PathContext Context(DcapVerification verification) => new()
    {
        Anchors = verification.Anchors,
        At = verification.At,
        RevocationLists = verification.Endorsements.RevocationLists,
        Revoked = verification.Revoked,
        Cache = verification.Cache,
    };
}
