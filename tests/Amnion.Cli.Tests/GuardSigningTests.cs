using System.Security.Cryptography;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Guard.Packs;

namespace Amnion.Cli.Tests;

/// <summary>`amnion guard sign | verify`, and what `amnion up --guard-signer` takes.</summary>
public sealed class GuardSigningTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-guard-").FullName;
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public GuardSigningTests()
    {
        File.WriteAllText(At("key.pem"), _key.ExportECPrivateKeyPem());
        File.WriteAllText(At("public.pem"), _key.ExportSubjectPublicKeyInfoPem());
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(At("other.pem"), other.ExportSubjectPublicKeyInfoPem());
        File.WriteAllBytes(At("plain.json"), GuardPolicy.Standard.ToJson());
    }

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_signed_policy_is_printed_for_its_signers_key_alone()
    {
        Assert.Equal(ExitCode.Accepted, (await RunAsync("guard", "sign", "standard", "--private-key", At("key.pem"), "--output", At("signed.json"))).Exit);
        var (exit, said) = await RunAsync("guard", "verify", At("signed.json"), "--signer", At("public.pem"));
        Assert.Equal(ExitCode.Accepted, exit);
        Assert.Contains("\"name\":\"standard\"", said, StringComparison.Ordinal);
        foreach (var (file, signer) in ((string, string)[])[("signed.json", "other.pem"), ("plain.json", "public.pem")])
        {
            var (refused, why) = await RunAsync("guard", "verify", At(file), "--signer", At(signer));
            Assert.Equal(ExitCode.Rejected, refused);
            Assert.Contains(PackCodes.NotSigned, why, StringComparison.Ordinal);
            Assert.DoesNotContain("\"name\"", why, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("guard", "sign", "standard", "--private-key", "public.pem", "--output", "x.json")]
    [InlineData("guard", "sign", "standard", "--private-key", "plain.json", "--output", "x.json")]
    [InlineData("guard", "verify", "plain.json", "--signer", "plain.json")]
    public async Task A_file_that_holds_no_such_key_is_refused(params string[] arguments)
    {
        var (exit, said) = await RunAsync([.. arguments.Select(argument => argument.Contains('.', StringComparison.Ordinal) ? At(argument) : argument)]);
        Assert.Equal(ExitCode.Malformed, exit);
        Assert.Contains(PackCodes.NotSigned, said, StringComparison.Ordinal);
        Assert.False(File.Exists(At("x.json")));
    }

    [Fact]
    public void A_signed_policy_is_taken_with_its_signer_and_never_without_or_for_a_newer_one()
    {
        var home = new AmnionHome(At("home"));
        var second = GuardPolicy.Standard with { Name = "clinic", Version = 2 };
        File.WriteAllBytes(At("2.json"), SignedGuardPolicy.Sign(second, _key).ToJson());
        File.WriteAllBytes(At("1.json"), SignedGuardPolicy.Sign(second with { Version = 1 }, _key).ToJson());
        Assert.Equal(PackCodes.NotSigned, Assert.Throws<CliException>(() => GuardFile.Choose(home, At("2.json"), null)).Code);
        Assert.Equal(PackCodes.NotSigned, Assert.Throws<CliException>(() => GuardFile.Choose(home, At("2.json"), At("other.pem"))).Code);
        Assert.Equal(PackCodes.NotSigned, Assert.Throws<CliException>(() => GuardFile.Choose(home, At("plain.json"), At("public.pem"))).Code);
        Assert.Equal(GuardPolicy.None.Digest, GuardFile.Read(home).Digest);
        Assert.Equal(second.Digest, GuardFile.Choose(home, At("2.json"), At("public.pem")).Digest);
        Assert.Equal(PackCodes.Older, Assert.Throws<CliException>(() => GuardFile.Choose(home, At("1.json"), At("public.pem"))).Code);
        Assert.Equal(second.Digest, GuardFile.Read(home).Digest);
    }

    static Task<(int Exit, string Said)> RunAsync(params string[] arguments) => CliProcess.RunAsync(arguments);

    string At(string name) => Path.Combine(_folder, name);
}
