using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Amnion.Guard.Packs;
using Amnion.Images;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Tree;

namespace Amnion.Cli.Tests;

/// <summary>`amnion image`: what it prints, in nitro-cli's shapes, and what it returns.</summary>
public sealed class ImageCommandTests : IDisposable
{
    const int Limit = 120_000;
    const string Guarded = "format: amnion/image-spec/1\nname: a\nversion: 1.0.0\narchitecture: x86_64\nguard:\n  policy: guard.json\n";

    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-image-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task Describe_prints_the_members_of_describe_eif_in_their_order()
    {
        var path = Write("a.eif", "one\ntwo\n");
        var (exit, said) = await RunAsync("image", "describe", path, "--json");
        Assert.Equal(ExitCode.Accepted, exit);
        using var document = JsonDocument.Parse(said);
        Assert.Equal(["EifVersion", "Measurements", "IsSigned", "CheckCRC", "ImageName", "ImageVersion", "Metadata"], document.RootElement.EnumerateObject().Select(member => member.Name));
        var measurements = document.RootElement.GetProperty("Measurements");
        Assert.Equal("Sha384 { ... }", measurements.GetProperty("HashAlgorithm").GetString());
        Assert.Equal(EifImage.Open(path).Measure().Registers.Image.Hex, measurements.GetProperty("PCR0").GetString());
        Assert.Equal(["BuildTime", "DockerInfo", "Owner"], document.RootElement.GetProperty("Metadata").EnumerateObject().Select(member => member.Name));
    }

    [Theory(Timeout = Limit)]
    [InlineData("""{"ImageName":"a\ud800"}""")]
    [InlineData("""{"ImageName":"a","CustomMetadata":{"\udc00":1}}""")]
    [InlineData("{\"ImageName\":")]
    public async Task Metadata_that_is_no_text_is_left_out(string metadata)
    {
        var path = Write("a.eif", "one\n", Encoding.UTF8.GetBytes(metadata));
        var (exit, said) = await RunAsync("image", "describe", path, "--json");
        Assert.Equal(ExitCode.Accepted, exit);
        using var document = JsonDocument.Parse(said);
        Assert.Equal(["EifVersion", "Measurements", "IsSigned", "CheckCRC"], document.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(ExitCode.Accepted, (await RunAsync("image", "describe", path)).Exit);
    }

    [Fact(Timeout = Limit)]
    public async Task An_image_is_signed_verified_and_refused_once_altered()
    {
        var path = Write("a.eif", "one\ntwo\n");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP384))
        using (var certificate = new CertificateRequest("CN=signer, O=test", key, HashAlgorithmName.SHA384).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)))
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "cert.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(_folder, "key.pem"), key.ExportECPrivateKeyPem(), TestContext.Current.CancellationToken);
        }

        Assert.Equal(ExitCode.Rejected, (await RunAsync("image", "verify", path)).Exit);
        Assert.Equal(ExitCode.Accepted, (await RunAsync("image", "sign", path, "--certificate", Path.Combine(_folder, "cert.pem"), "--private-key", Path.Combine(_folder, "key.pem"))).Exit);
        Assert.Equal(ExitCode.Accepted, (await RunAsync("image", "verify", path)).Exit);
        var (_, said) = await RunAsync("image", "describe", path, "--json");
        using (var document = JsonDocument.Parse(said))
        {
            Assert.True(document.RootElement.GetProperty("SignatureCheck").GetBoolean());
            Assert.Equal("signer", document.RootElement.GetProperty("SigningCertificate").GetProperty("IssuerName").GetProperty("commonName").GetString());
            var (_, pcr) = await RunAsync("image", "pcr", "--signing-certificate", Path.Combine(_folder, "cert.pem"), "--json");
            using var single = JsonDocument.Parse(pcr);
            Assert.Equal(document.RootElement.GetProperty("Measurements").GetProperty("PCR8").GetString(), single.RootElement.GetProperty("PCR8").GetString());
        }

        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[560] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var (exit, refused) = await RunAsync("image", "verify", path);
        Assert.Equal(ExitCode.Rejected, exit);
        Assert.Contains(ImageCodes.SignedRegister, refused, StringComparison.Ordinal);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Malformed, (await RunAsync("image", "verify", path)).Exit);
    }

    [Fact(Timeout = Limit)]
    public async Task Explain_names_the_file_and_the_line()
    {
        var (a, b) = (Write("a.eif", "one\ntwo\n"), Write("b.eif", "one\nthree\n"));
        var (exit, said) = await RunAsync("image", "explain", a, b);
        Assert.Equal(ExitCode.Rejected, exit);
        Assert.Equal("Registers that differ: PCR0, PCR2\n  ramdisk1 app/text (PCR0, PCR2): changed\n      line 2: - two\n      line 2: + three\n", said);
        Assert.Equal(ExitCode.Accepted, (await RunAsync("image", "explain", a, a)).Exit);
        await File.WriteAllTextAsync(Path.Combine(_folder, "pcrs.json"), (await RunAsync("image", "describe", b, "--json")).Said, TestContext.Current.CancellationToken);
        Assert.Contains("ramdisk1", (await RunAsync("image", "explain", a, "--expected", Path.Combine(_folder, "pcrs.json"))).Said, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Rejected, (await RunAsync("image", "verify", a, "--allow-unsigned", "--expected", Path.Combine(_folder, "pcrs.json"))).Exit);
    }

    [Fact(Timeout = Limit)]
    public async Task An_unknown_key_of_the_declarative_file_is_refused_with_its_line()
    {
        var path = Path.Combine(_folder, "amnion.yaml");
        await File.WriteAllTextAsync(path, "name: a\nengines: 1\n", TestContext.Current.CancellationToken);
        var (exit, said) = await RunAsync("image", "build", path, "--output", Path.Combine(_folder, "a.eif"));
        Assert.Equal(ExitCode.Malformed, exit);
        Assert.Contains("line 2: the key \"engines\" is not known", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_guard_policy_that_is_none_is_refused_before_anything_is_built()
    {
        var path = Path.Combine(_folder, "amnion.yaml");
        await File.WriteAllTextAsync(path, Guarded, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "guard.json"), "{\"anything\":1}", TestContext.Current.CancellationToken);
        var (exit, said) = await RunAsync("image", "build", path, "--output", Path.Combine(_folder, "a.eif"));
        Assert.Equal(ExitCode.Malformed, exit);
        Assert.Contains(PackCodes.PolicyMalformed, said, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_guard_policy_goes_into_the_image_as_boot_sends_it_however_its_file_is_laid_out()
    {
        foreach (var name in (string[])["kernel", "config", "init", "filter.bpf"])
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, name), "12345678", TestContext.Current.CancellationToken);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "runtime"));
        File.Copy("/bin/true", Path.Combine(_folder, "runtime", "amnion-enclave"));
        var sent = GuardPolicy.Standard.ToJson();
        using var policy = JsonDocument.Parse(sent);
        var indented = JsonSerializer.Serialize(policy.RootElement, s_indented);
        Assert.Equal(await RegistersAsync(Encoding.UTF8.GetString(sent)), await RegistersAsync(indented));
        Assert.NotEqual(await RegistersAsync(indented), await RegistersAsync(Encoding.UTF8.GetString(GuardPolicy.None.ToJson())));

        async Task<string> RegistersAsync(string guard)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "guard.json"), guard, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(_folder, "amnion.yaml"), Guarded, TestContext.Current.CancellationToken);
            var (exit, said) = await RunAsync(
                "image", "build", Path.Combine(_folder, "amnion.yaml"), "--output", Path.Combine(_folder, "guarded.eif"), "--kernel", Path.Combine(_folder, "kernel"), "--kernel-config", Path.Combine(_folder, "config"),
                "--init", Path.Combine(_folder, "init"), "--runtime", Path.Combine(_folder, "runtime"), "--filter", Path.Combine(_folder, "filter.bpf"), "--json");
            Assert.Equal(ExitCode.Accepted, exit);
            return said;
        }
    }

    string Write(string name, string text, byte[]? metadata = null)
    {
        var tree = new FileTree();
        tree.AddFile("app/text", Encoding.UTF8.GetBytes(text));
        var bootstrap = new FileTree();
        bootstrap.AddFile("init", "init"u8.ToArray());
        var path = Path.Combine(_folder, name);
        using var file = File.Create(path);
        EifWriter.Write(file, ImageArchitecture.X64,
        [
            Part(EifSectionType.Kernel, "kernel"u8), Part(EifSectionType.CommandLine, "reboot=k"u8),
            Part(EifSectionType.Metadata, metadata ?? """{"ImageName":"a","ImageVersion":"1","BuildMetadata":{"BuildTime":"1970-01-01T00:00:00+00:00"},"DockerInfo":null,"CustomMetadata":{"Owner":"me"}}"""u8.ToArray()),
            Part(EifSectionType.Ramdisk, new CpioWriter(bootstrap).ToArray()), Part(EifSectionType.Ramdisk, new CpioWriter(tree).ToArray()),
        ]);
        return path;
    }

    static EifPart Part(EifSectionType type, ReadOnlySpan<byte> data) => EifPart.Of(type, ImageContent.FromBytes(data.ToArray()));

    static Task<(int Exit, string Said)> RunAsync(params string[] arguments) => CliProcess.RunAsync(arguments);
}
