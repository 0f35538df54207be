using Amnion.Attestation.Certificates;
using Amnion.Attestation.Dcap;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>The certificates that the library holds.</summary>
public sealed class DcapRootsTests
{
    [Fact]
    public void Both_signing_certificates_have_one_key_and_serial_number_and_different_years()
    {
        var certificates = DcapRoots.TcbSigningCertificates.Select(der => Certificate.Parse(der)).ToList();
        Assert.Equal([2025, 2032], certificates.Select(certificate => certificate.NotAfter.Year));
        Assert.Single(certificates.Select(certificate => certificate.Id).Distinct());
        Assert.Single(certificates.Select(certificate => Convert.ToHexString(certificate.SubjectPublicKeyInfo.Span)).Distinct());
        Assert.All(certificates, certificate => Assert.Equal("Intel SGX TCB Signing", DistinguishedName.CommonName(certificate.Subject)));
    }
}
