using System.Text.Json;
using Amnion.Host.Aws;
using Amnion.Testing;

namespace Amnion.Host.Tests.Aws;

/// <summary>AWS's own suite for Signature Version 4, header form.</summary>
public sealed class SignatureV4Tests
{
    const string Folder = "vectors/protocols/aws-sigv4";

    public static TheoryData<string> Cases => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder)) ? [.. Suite().EnumerateObject().Select(item => item.Name)] : ["absent"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Signs_as_the_published_suite(string name)
    {
        _ = SharedData.Folder(Folder);
        var item = Suite().GetProperty(name);
        string Text(string file) => item.GetProperty(file).GetString()!.TrimEnd('\n');
        using var context = JsonDocument.Parse(Text("context.json"));
        var root = context.RootElement;
        var identity = root.GetProperty("credentials");
        var token = identity.TryGetProperty("token", out var value) ? value.GetString() : null;
        var credentials = new AwsCredentials(identity.GetProperty("access_key_id").GetString()!, identity.GetProperty("secret_access_key").GetString()!, token);
        var now = root.GetProperty("timestamp").GetDateTimeOffset();
        var (region, service) = (root.GetProperty("region").GetString()!, root.GetProperty("service").GetString()!);
        var request = Read(item.GetProperty("request.txt").GetString()!, root.GetProperty("normalize").GetBoolean(), root.GetProperty("sign_body").GetBoolean(), now, root.TryGetProperty("omit_session_token", out var omit) && omit.GetBoolean() ? null : token);

        Assert.Equal(Text("header-canonical-request.txt"), SignatureV4.Canonical(request));
        Assert.Equal(Text("header-string-to-sign.txt"), SignatureV4.StringToSign(request, region, service, now));
        Assert.EndsWith($"Signature={Text("header-signature.txt")}", SignatureV4.Authorization(request, credentials, region, service, now), StringComparison.Ordinal);
        Assert.Contains($"\nAuthorization:{SignatureV4.Authorization(request, credentials, region, service, now)}\n", Text("header-signed-request.txt") + "\n", StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_have_no_text()
    {
        Assert.Equal("AwsCredentials", new AwsCredentials("id", "secret", "token").ToString());
    }

    static SignedRequest Read(string text, bool normalize, bool signBody, DateTimeOffset now, string? token)
    {
        var parts = text.Split("\n\n", 2);
        var lines = parts[0].TrimEnd('\n').Split('\n');
        var target = lines[0][(lines[0].IndexOf(' ', StringComparison.Ordinal) + 1)..lines[0].LastIndexOf(' ')];
        var query = target.Contains('?', StringComparison.Ordinal) ? target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
        var hash = SignatureV4.Hash(System.Text.Encoding.UTF8.GetBytes(parts.Length > 1 ? parts[1] : ""));
        var headers = new List<(string, string)>();
        foreach (var line in lines.Skip(1))
        {
            if (line[0] == ' ')
            {
                headers[^1] = (headers[^1].Item1, headers[^1].Item2 + "\n" + line);
            }
            else
            {
                headers.Add((line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]));
            }
        }

        headers.Add(("X-Amz-Date", SignatureV4.Timestamp(now)));
        if (signBody)
        {
            headers.Add(("x-amz-content-sha256", hash));
        }

        if (token is not null)
        {
            headers.Add(("X-Amz-Security-Token", token));
        }

        return new SignedRequest
        {
            Method = lines[0].Split(' ')[0],
            Path = target.Split('?')[0],
            Query = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair.Length > 1 ? pair[1] : ""))],
            Headers = [.. headers],
            PayloadHash = hash,
            NormalizePath = normalize,
        };
    }

    static JsonElement Suite()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root!, Folder, "sigv4-suite.json")));
        return document.RootElement.Clone();
    }
}
