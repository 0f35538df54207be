using Amnion.Cli.Enclaves;
using Amnion.Images;

namespace Amnion.Cli.Tests.Enclaves;

public sealed class EnclaveImageFactsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-facts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_image_is_measured()
    {
        var facts = SampleImage.Facts(_folder);
        Assert.Equal([0, 1, 2], facts.Registers.Keys);
        Assert.Equal(("bootstrapapplication".Length, false, "x86_64"), ((int)facts.RamdiskBytes, facts.IsSigned, facts.ArchitectureName));
        Assert.Equal(new FileInfo(facts.Path).Length, facts.Bytes);
        Assert.Equal("aarch64", EnclaveImageFacts.Read(SampleImage.Write(_folder, "arm.eif", ImageArchitecture.Arm64), SampleImage.Now).ArchitectureName);
    }

    [Fact]
    public void A_signature_counts_while_its_certificate_is_valid()
    {
        var path = SampleImage.WriteSigned(_folder, SampleImage.Now.AddDays(1));
        Assert.Equal([0, 1, 2, 8], EnclaveImageFacts.Read(path, SampleImage.Now).Registers.Keys);
        var refused = Assert.Throws<CliException>(() => EnclaveImageFacts.Read(path, SampleImage.Now.AddDays(2)));
        Assert.Equal((ExitCode.Rejected, ImageCodes.CertificateTime), (refused.ExitCode, refused.Code));
    }

    [Fact]
    public void A_damaged_image_is_refused()
    {
        var path = SampleImage.Write(_folder);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var refused = Assert.Throws<CliException>(() => EnclaveImageFacts.Read(path, SampleImage.Now));
        Assert.Equal((ExitCode.Rejected, ImageCodes.Checksum), (refused.ExitCode, refused.Code));
        File.WriteAllText(path, "no image");
        Assert.Equal((ExitCode.Malformed, ImageCodes.EifMalformed), Assert.Throws<CliException>(() => EnclaveImageFacts.Read(path, SampleImage.Now)) is { } other ? (other.ExitCode, other.Code!) : default);
    }
}
