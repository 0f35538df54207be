using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

public sealed class SnpEndorsementRequestTests
{
    static SnpEndorsementRequest For(SnpTestPlatform platform, int version = 3, Action<byte[]>? change = null, SnpProduct? declared = null) =>
        SnpEndorsementRequest.For(SnpReport.Parse(platform.Report(version, change)), declared);

    [Fact]
    public void Milan_is_asked_for_by_64_bytes_and_four_levels()
    {
        var request = For(SnpTestPlatform.Milan);
        Assert.Equal($"https://kdsintf.amd.com/vcek/v1/Milan/{Convert.ToHexStringLower(SnpTestPlatform.Milan.ChipId)}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219", request.EndorsementKey);
        Assert.Equal("https://kdsintf.amd.com/vcek/v1/Milan/cert_chain", request.CertificateChain);
        Assert.Equal("https://kdsintf.amd.com/vcek/v1/Milan/crl", request.RevocationList);
    }

    [Fact]
    public void Turin_is_asked_for_by_8_bytes_and_five_levels() =>
        Assert.Equal("https://kdsintf.amd.com/vcek/v1/Turin/0102030405060708?fmcSPL=01&blSPL=02&teeSPL=03&snpSPL=04&ucodeSPL=81", For(SnpTestPlatform.Turin, 5).EndorsementKey);

    [Fact]
    public void Siena_is_asked_for_as_genoa() => Assert.StartsWith("https://kdsintf.amd.com/vcek/v1/Genoa/", For(SnpTestPlatform.Genoa).EndorsementKey, StringComparison.Ordinal);

    [Fact]
    public void A_vlek_is_not_amds_to_give()
    {
        var request = For(SnpTestPlatform.Milan, change: bytes => bytes[0x48] = 4);
        Assert.Null(request.EndorsementKey);
        Assert.Equal("https://kdsintf.amd.com/vlek/v1/Milan/cert_chain", request.CertificateChain);
        Assert.Equal("https://kdsintf.amd.com/vlek/v1/Milan/crl", request.RevocationList);
    }

    [Fact]
    public void A_masked_chip_cannot_be_asked_for() => Assert.Null(For(SnpTestPlatform.Milan, change: bytes => bytes.AsSpan(0x1a0, 64).Clear()).EndorsementKey);

    [Fact]
    public void Version_2_needs_a_declared_product()
    {
        Assert.Throws<ArgumentException>(() => For(SnpTestPlatform.Genoa, 2));
        Assert.StartsWith("https://kdsintf.amd.com/vcek/v1/Genoa/", For(SnpTestPlatform.Genoa, 2, declared: SnpProduct.Genoa).EndorsementKey, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => For(SnpTestPlatform.Genoa, 2, declared: SnpProduct.Turin));
    }

    [Fact]
    public void A_declared_product_must_be_the_processors()
    {
        Assert.Throws<ArgumentException>(() => For(SnpTestPlatform.Genoa, declared: SnpProduct.Milan));
        Assert.Throws<ArgumentException>(() => For(SnpTestPlatform.Milan, change: bytes => bytes[0x188] = 0x17));
    }
}
