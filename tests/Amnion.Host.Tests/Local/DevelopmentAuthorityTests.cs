using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class DevelopmentAuthorityTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    string Root => _directory.Combine("dev-root");

    [Fact]
    public void The_first_use_makes_a_root_and_later_uses_find_it()
    {
        string anchor;
        using (var first = DevelopmentAuthority.Open(Root, TimeProvider.System))
        {
            anchor = first.AnchorDigest;
            Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(first.Root.PublicKey.ExportSubjectPublicKeyInfo())), anchor);
            Assert.False(first.Root.HasPrivateKey);
        }

        using var second = DevelopmentAuthority.Open(Root, TimeProvider.System);
        Assert.Equal(anchor, second.AnchorDigest);
        Assert.All(Directory.GetFiles(Root), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Root));
    }

    [Fact]
    public async Task First_uses_at_the_same_time_agree_on_one_root()
    {
        using var gate = new ManualResetEventSlim();
        var opened = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            gate.Wait();
            using var authority = DevelopmentAuthority.Open(Root, TimeProvider.System);
            return authority.AnchorDigest;
        }, TaskCreationOptions.LongRunning)).ToList();
        gate.Set();

        Assert.Single((await Task.WhenAll(opened)).Distinct());
        Assert.DoesNotContain(Directory.GetFiles(Root), file => Path.GetFileName(file).StartsWith("new-", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_subject_says_emulated_and_every_life_is_as_on_aws()
    {
        var time = new ManualTime();
        using var authority = DevelopmentAuthority.Open(Root, time);
        using var leaf = authority.Issue("local-0123456789abcdef");
        var chain = leaf.Bundle.Append(leaf.Certificate).Select(der => X509CertificateLoader.LoadCertificate(der.Span)).ToList();

        Assert.Equal(3, chain.Count);
        Assert.All(chain, certificate => Assert.Contains("CN=EMULATED", certificate.Subject, StringComparison.Ordinal));
        Assert.All(chain, certificate => Assert.Contains("not a security boundary", certificate.Subject, StringComparison.Ordinal));
        Assert.All(chain, certificate => Assert.Equal("1.2.840.10045.4.3.3", certificate.SignatureAlgorithm.Value));
        Assert.Contains("local-0123456789abcdef", chain[2].Subject, StringComparison.Ordinal);
        Assert.Equal(DevelopmentAuthority.LeafLife, chain[2].NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime);
        chain.ForEach(certificate => certificate.Dispose());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_may_touch_is_refused(UnixFileMode mode)
    {
        DevelopmentAuthority.Open(Root, TimeProvider.System).Dispose();
        File.SetUnixFileMode(Path.Combine(Root, "root.key"), UnixFileMode.UserRead | mode);

        Assert.Equal(HostCodes.DevelopmentRootUnfit, Assert.Throws<DevelopmentRootException>(() => DevelopmentAuthority.Open(Root, TimeProvider.System)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_damaged_root_is_refused(string content)
    {
        DevelopmentAuthority.Open(Root, TimeProvider.System).Dispose();
        File.WriteAllText(Path.Combine(Root, "root.key"), content);

        Assert.Equal(HostCodes.DevelopmentRootUnfit, Assert.Throws<DevelopmentRootException>(() => DevelopmentAuthority.Open(Root, TimeProvider.System)).Code);
    }
}
