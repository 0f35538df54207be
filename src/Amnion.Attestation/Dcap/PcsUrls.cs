using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap.Pck;

namespace Amnion.Attestation.Dcap;

/// <summary>
/// Where Intel publishes the collateral of a quote's platform, as text: nothing is fetched here. Intel PCS API version 4. Answers for TCB info and
/// identities carry their signing chain in a header ("TCB-Info-Issuer-Chain", "SGX-Enclave-Identity-Issuer-Chain", URL-encoded PEM).
/// </summary>
public static class PcsUrls
{
    const string Api = "https://api.trustedservices.intel.com/";

    /// <summary>The root's revocation list, DER; the root certificate names this address itself.</summary>
    public const string RootRevocationList = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

    /// <summary>TCB info of the platform's family; null where the quote carries no PCK certificate.</summary>
    public static string? TcbInfo(DcapQuote quote) => Leaf(quote) is { } leaf && Extension(leaf) is { } extension
        ? $"{Api}{Path(quote)}tcb?fmspc={Convert.ToHexString(extension.Fmspc.Span)}"
        : null;

    /// <summary>Identity of the quoting enclave.</summary>
    public static string QeIdentity(DcapQuote quote) => $"{Api}{Path(quote)}qe/identity";

    /// <summary>Revocation list of the CA that issued the PCK certificate, DER; null where the quote carries none, or none of Intel's.</summary>
    public static string? PckRevocationList(DcapQuote quote) => Leaf(quote) is { } leaf
        ? DistinguishedName.CommonName(leaf.Issuer) switch
        {
            IntelNames.PlatformCa => $"{Api}sgx/certification/v4/pckcrl?ca=platform&encoding=der",
            IntelNames.ProcessorCa => $"{Api}sgx/certification/v4/pckcrl?ca=processor&encoding=der",
            _ => null,
        }
        : null;

    static string Path(DcapQuote quote)
    {
        ArgumentNullException.ThrowIfNull(quote);
        return quote.TdReport is null ? "sgx/certification/v4/" : "tdx/certification/v4/";
    }

    static Certificate? Leaf(DcapQuote quote)
    {
        ArgumentNullException.ThrowIfNull(quote);
        try
        {
            return quote.CertificationType is DcapQuote.PckChain or DcapQuote.PckCertificate ? PemCertificates.Read(quote.CertificationData).LeafFirst[0] : null;
        }
        catch (DcapFormatException)
        {
            return null;
        }
    }

    static PckExtension? Extension(Certificate leaf)
    {
        try
        {
            return PckExtension.Read(leaf);
        }
        catch (DcapFormatException)
        {
            return null;
        }
    }
}
