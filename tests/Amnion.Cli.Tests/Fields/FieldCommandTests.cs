using Amnion.Guard.Fields;

namespace Amnion.Cli.Tests.Fields;

/// <summary>`amnion field`: what it prints and what it returns.</summary>
public sealed class FieldCommandTests : IDisposable
{
    const int Limit = 120_000;
    const string Key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-field-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task A_document_is_encrypted_decrypted_byte_for_byte_and_refused_under_another_name()
    {
        const string Document = "{ \"name\": \"\u00c4nn\", \"weight\": 70.50 }\n";
        var (policy, key) = (Write("policy.json", """{"format":"amnion/field-policy/1","fields":[{"pointer":"/name","action":"encrypt"}]}"""), Write("key", Key + "\n"));
        var (exit, text, _) = await CliProcess.RunAsync(Document, "field", "encrypt", "--key", key, "--tenant", "acme", "--policy", policy, "--id", "doc-1");
        Assert.Equal(ExitCode.Accepted, exit);
        Assert.DoesNotContain("\u00c4nn", text, StringComparison.Ordinal);
        var path = Write("sealed.json", text);
        (exit, var opened, _) = await CliProcess.RunAsync(Key, "field", "decrypt", path, "--key", "-", "--tenant", "acme", "--policy", policy, "--id", "doc-1");
        Assert.Equal((ExitCode.Accepted, Document.TrimEnd()), (exit, opened));
        (exit, opened, var said) = await CliProcess.RunAsync("", "field", "decrypt", path, "--key", key, "--tenant", "acme", "--policy", policy, "--id", "doc-2");
        Assert.Equal((ExitCode.Rejected, ""), (exit, opened));
        Assert.Contains(FieldCodes.NotOpened, said, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Values_are_tokenised_and_restored_line_by_line()
    {
        var key = Write("key", Key);
        string[] card = ["field", "tokenize", "--key", key, "--tenant", "acme", "--field", "card", "--alphabet", "digits", "--separators", " ", "--keep-first", "6", "--luhn", "preserve"];
        var (exit, tokens, _) = await CliProcess.RunAsync("4111 1111 1111 1111\n5500000000000004\n", card);
        Assert.Equal(ExitCode.Accepted, exit);
        Assert.Matches("^4111 11[0-9]{2} [0-9]{4} [0-9]{4}\n550000[0-9]{10}\n$", tokens);
        Assert.Equal((ExitCode.Accepted, "4111 1111 1111 1111\n5500000000000004\n", ""), await CliProcess.RunAsync(tokens, [.. card, "--restore"]));
        (exit, tokens, var said) = await CliProcess.RunAsync("1234\n", "field", "tokenize", "--key", key, "--tenant", "acme", "--field", "last4", "--alphabet", "digits");
        Assert.Equal((ExitCode.Malformed, ""), (exit, tokens));
        Assert.Contains(FieldCodes.DomainTooSmall, said, StringComparison.Ordinal);
        (exit, _, said) = await CliProcess.RunAsync("det1.AAAAAAAAAAAAAAAAAAAAAA\n", "field", "tokenize", "--key", key, "--tenant", "acme", "--field", "email", "--restore");
        Assert.Equal(ExitCode.Rejected, exit);
        Assert.Contains(FieldCodes.TokenNotOpened, said, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_key_that_is_none_and_two_inputs_from_stdin_are_mistakes_of_the_command_line()
    {
        var (exit, _, said) = await CliProcess.RunAsync("x", "field", "tokenize", "--key", Write("key", "password"), "--tenant", "acme", "--field", "f");
        Assert.Equal(ExitCode.Malformed, exit);
        Assert.Contains(FieldCodes.MalformedKey, said, StringComparison.Ordinal);
        Assert.DoesNotContain("password", said, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Malformed, (await CliProcess.RunAsync(Key, "field", "tokenize", "--key", "-", "--tenant", "acme", "--field", "f")).Exit);
    }

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
