using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Cli.Enclaves;
using Amnion.Images;
using Amnion.Images.Content;
using Amnion.Images.Eif;
using Amnion.Images.Signing;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Enclaves;

/// <summary>An image of a few bytes: right in form, and it would not boot.</summary>
static class SampleImage
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static string Write(string folder, string name = "sample.eif", ImageArchitecture architecture = ImageArchitecture.X64)
    {
        var path = Path.Combine(folder, name);
        using var file = File.Create(path);
        EifWriter.Write(file, architecture, Parts());
        return path;
    }

    public static string WriteSigned(string folder, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA384).CreateSelfSigned(Now.AddDays(-1), until);
        using var signer = EifSigner.FromPem(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), key.ExportPkcs8PrivateKeyPem());
        var path = Path.Combine(folder, "signed.eif");
        using var file = File.Create(path);
        _ = signer.Sign(EifImage.Open(Write(folder)), file);
        return path;
    }

    public static EnclaveImageFacts Facts(string folder) => EnclaveImageFacts.Read(Write(folder), Now);

    /// <summary>Compares with a file of tests/data; AMNION_UPDATE_API=1 writes it anew, for review.</summary>
    public static void Golden(string name, string text)
    {
        var path = Path.Combine(SharedData.Repository, "tests", "data", name);
        if (Environment.GetEnvironmentVariable("AMNION_UPDATE_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests with AMNION_UPDATE_API=1.");
        Assert.Equal(File.ReadAllText(path), text);
    }

    static EifPart[] Parts() =>
    [
        Part(EifSectionType.Kernel, "kernel"), Part(EifSectionType.CommandLine, "console=ttyS0"), Part(EifSectionType.Metadata, "{}"),
        Part(EifSectionType.Ramdisk, "bootstrap"), Part(EifSectionType.Ramdisk, "application"),
    ];

    static EifPart Part(EifSectionType type, string text) => EifPart.Of(type, ImageContent.FromBytes(Encoding.ASCII.GetBytes(text)));
}
