using Amnion.Attestation.Dcap;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>Addresses of collateral, as text.</summary>
public sealed class PcsUrlsTests
{
    [Fact]
    public void Names_the_collateral_of_a_trust_domain()
    {
        var quote = DcapQuote.Parse(new DcapTestPki().TdxQuote());
        Assert.Equal("https://api.trustedservices.intel.com/tdx/certification/v4/tcb?fmspc=90C06F000000", PcsUrls.TcbInfo(quote));
        Assert.Equal("https://api.trustedservices.intel.com/tdx/certification/v4/qe/identity", PcsUrls.QeIdentity(quote));
        Assert.Equal("https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=platform&encoding=der", PcsUrls.PckRevocationList(quote));
    }

    [Fact]
    public void Names_the_collateral_of_an_enclave()
    {
        var pki = new DcapTestPki();
        pki.Ca.Name = "Intel SGX PCK Processor CA";
        var quote = DcapQuote.Parse(pki.SgxQuote());
        Assert.Equal("https://api.trustedservices.intel.com/sgx/certification/v4/tcb?fmspc=90C06F000000", PcsUrls.TcbInfo(quote));
        Assert.Equal("https://api.trustedservices.intel.com/sgx/certification/v4/qe/identity", PcsUrls.QeIdentity(quote));
        Assert.Equal("https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=processor&encoding=der", PcsUrls.PckRevocationList(quote));
    }

    [Fact]
    public void Names_nothing_of_a_platform_that_the_quote_does_not_certify()
    {
        var quote = DcapQuote.Parse(new DcapTestPki().SgxQuote(certificationType: 2));
        Assert.Null(PcsUrls.TcbInfo(quote));
        Assert.Null(PcsUrls.PckRevocationList(quote));
    }
}
