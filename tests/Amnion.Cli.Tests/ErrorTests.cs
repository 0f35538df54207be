using System.Text;
using Amnion.Cli.Commands;
using Amnion.KeyBroker;
using Amnion.Models;
using Amnion.Models.Chat;
using Amnion.Models.Gguf;
using Amnion.Models.Sealed;

namespace Amnion.Cli.Tests;

/// <summary>Exit codes and messages: what was typed wrong, what was refused, what did not arrive.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ErrorTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("amnion-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_code_is_shown_once()
    {
        var failures = (Exception[])
        [
            new GgufFormatException(ModelCodes.GgufMagic, 0, "magic", "is \"PK\"; expected \"GGUF\""),
            new SealedPackageException(ModelCodes.GgufMagic, "The package is not whole."),
            new ChatTemplateException(ModelCodes.TemplateUnknown, "The chat template is none of the known ones."),
            Assert.Throws<KeyBrokerException>(() => KeyStore.Open(Path.Combine(_folder, "broker"), Path.Combine(_folder, "absent"))),
        ];
        foreach (var failure in failures)
        {
            var (_, message, _, code) = CommandFrame.Describe(failure);
            Assert.NotNull(code);
            Assert.DoesNotContain(code, message, StringComparison.Ordinal);
            Assert.Contains(code, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_that_does_not_exist_is_a_mistake_of_the_command_line()
    {
        using var store = KeyStore.Open(Path.Combine(_folder, "broker"));
        var (exit, message, _, code) = CommandFrame.Describe(Assert.Throws<KeyBrokerException>(() => store.Revoke("absent")));
        Assert.Equal((ExitCode.Malformed, "there is no key 'absent'", KeyBrokerCodes.KeyUnknown), (exit, message, code));
    }

    [Theory]
    [InlineData("http//127.0.0.1:8443")]
    [InlineData("")]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("http://0.0.0.0:8443")]
    [InlineData("http://[::]:8443")]
    [InlineData("http://127.0.0.1:8443/path")]
    [InlineData("http://127.0.0.1:99999")]
    public void An_address_that_cannot_be_listened_on_is_malformed(string text)
    {
        var refused = Assert.Throws<CliException>(() => HttpUrl.Listening(text, "--relay"));
        Assert.Equal((ExitCode.Malformed, CliCodes.UrlMalformed), (refused.ExitCode, refused.Code));
    }

    [Theory]
    [InlineData("127.0.0.1:8443")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://")]
    public void A_relay_that_is_no_url_is_malformed(string text)
    {
        var refused = Assert.Throws<CliException>(() => HttpUrl.Relay(text));
        Assert.Equal((ExitCode.Malformed, CliCodes.UrlMalformed), (refused.ExitCode, refused.Code));
    }

    [Fact]
    public void Good_addresses_pass()
    {
        Assert.Equal("http://127.0.0.1:0/", HttpUrl.Listening("http://127.0.0.1:0", "--relay").AbsoluteUri);
        Assert.Equal("https://relay.example/a/", HttpUrl.Relay("https://relay.example/a").AbsoluteUri);
    }

    [Theory]
    [InlineData(502, "AMN-CLIENT-0002", ExitCode.Rejected, "AMN-CLIENT-0002")]
    [InlineData(502, "AMN-CLIENT-0006", ExitCode.Rejected, "AMN-CLIENT-0006")]
    [InlineData(502, "AMN-CLIENT-0009", ExitCode.Internal, "AMN-CLIENT-0009")]
    [InlineData(503, "AMN-CLIENT-0003", ExitCode.Internal, "AMN-CLIENT-0003")]
    [InlineData(503, "AMN-HOST-0006", ExitCode.Internal, "AMN-HOST-0006")]
    [InlineData(502, null, ExitCode.Internal, "AMN-CLIENT-0003")]
    [InlineData(401, "invalid_api_key", ExitCode.Rejected, null)]
    [InlineData(429, "rate_limit_exceeded", ExitCode.Internal, null)]
    public void What_could_not_be_trusted_is_rejected_and_what_did_not_arrive_is_not(int status, string? code, int exit, string? shown)
    {
        var body = code is null ? "<html>502 Bad Gateway</html>" : $$$"""{"error":{"message":"The reason.","type":"amnion_error","param":null,"code":"{{{code}}}"}}""";
        var error = ProxyError.Describe(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((exit, shown), (error.ExitCode, error.Code));
        Assert.DoesNotContain("html", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revocation_list_is_read_as_der_or_pem()
    {
        byte[] der = [0x30, 0x03, 0x02, 0x01, 0x05];
        var (plain, pem, other) = (Path.Combine(_folder, "a.crl"), Path.Combine(_folder, "a.pem"), Path.Combine(_folder, "b.pem"));
        File.WriteAllBytes(plain, der);
        File.WriteAllText(pem, System.Security.Cryptography.PemEncoding.WriteString("X509 CRL", der));
        File.WriteAllText(other, System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", der));
        Assert.All(RevocationFiles.Read([plain, pem]), list => Assert.Equal(der, list.ToArray()));
        Assert.Empty(RevocationFiles.Read(null));
        foreach (var path in new[] { other, Path.Combine(_folder, "absent") })
        {
            Assert.Equal(CliCodes.FileUnreadable, Assert.Throws<CliException>(() => RevocationFiles.Read([path])).Code);
        }
    }

    [Theory]
    [InlineData("chatml", "chatml")]
    [InlineData("none", "none")]
    [InlineData(null, null)]
    [InlineData("{% for m in messages %}<|im_start|>{{ m.role }}{% endfor %}", "chatml")]
    public void A_chat_template_is_named_or_recognised_in_a_file(string? given, string? name)
    {
        if (given?.Contains('%', StringComparison.Ordinal) == true)
        {
            var path = Path.Combine(_folder, "template.jinja");
            File.WriteAllText(path, given);
            given = path;
        }

        Assert.Equal(name, ModelCommand.TemplateName(given));
    }

    [Fact]
    public void A_chat_template_that_is_not_known_is_refused()
    {
        Assert.Equal(ExitCode.Malformed, Assert.Throws<CliException>(() => ModelCommand.TemplateName("absent")).ExitCode);
        var path = Path.Combine(_folder, "template.jinja");
        File.WriteAllText(path, "{{ messages }}");
        var refused = Assert.Throws<CliException>(() => ModelCommand.TemplateName(path));
        Assert.Equal((ExitCode.Unsupported, ModelCodes.TemplateUnknown), (refused.ExitCode, refused.Code));
    }
}
