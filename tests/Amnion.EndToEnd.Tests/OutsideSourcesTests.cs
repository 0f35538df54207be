using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation.Nitro;
using Amnion.Testing;

namespace Amnion.EndToEnd.Tests;

/// <summary>`amnion up` with weights in a bucket whose connections break, and the data key in a stand-in for AWS KMS.</summary>
public sealed class OutsideSourcesTests : IDisposable
{
    const int Limit = 120_000;
    const string Arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    readonly string _home = Directory.CreateTempSubdirectory("amnion-e2e-").FullName;
    readonly ConcurrentDictionary<string, byte[]> _wrapped = new();
    readonly ConcurrentQueue<NitroDocument> _documents = new();

    public OutsideSourcesTests() => EndToEnd.RequireProgram();

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task A_model_in_a_bucket_whose_key_KMS_keeps_is_served()
    {
        await using var kms = new RawHttpServer(AnswerAsync);
        var folder = Path.Combine(_home, "sealed");
        var sealing = await AmnionAsync(kms, null, "model", "seal", EndToEnd.Weights, "--out", folder, "--kms-key", Arn, "--json");
        Assert.True(sealing.Exit == 0, sealing.Errors);
        Assert.Equal(folder + ".kms.json", sealing.Json.GetProperty("kms_file").GetString());
        var dataKey = Assert.Single(_wrapped).Value;

        // The bucket alone holds the sealed file from here on; every connection breaks after a third of it.
        var sealedFile = Assert.Single(Directory.EnumerateFiles(Path.Combine(folder, "files")));
        var content = await File.ReadAllBytesAsync(sealedFile, EndToEnd.Cancellation);
        Directory.Delete(Path.Combine(folder, "files"), recursive: true);
        await using var bucket = new RawHttpServer(exchange => exchange.Target == $"/models/clinic/files/{Path.GetFileName(sealedFile)}"
            ? exchange.ObjectAsync(content, (content.Length / 3) + 1)
            : exchange.AnswerAsync("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>"));
        try
        {
            var up = await AmnionAsync(kms, bucket, "up", "--json", "--model", folder, "--weights", "s3://models/clinic", "--keys", "aws-kms", "--listen", "http://127.0.0.1:0", "--relay", "http://127.0.0.1:0", "--dangerous-allow-missing-layers");
            Assert.True(up.Exit == 0, up.Output + up.Errors);
            Assert.Contains("key released by AWS KMS", up.Errors, StringComparison.Ordinal);

            Assert.Equal(3, bucket.Seen.Count);
            Assert.All(bucket.Seen, request => Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", request.Header("Authorization"), StringComparison.Ordinal));
            var document = Assert.Single(_documents);
            Assert.Equal(48, document.Pcrs[16].Bytes.Length);
            Assert.Equal(48, document.Pcrs[17].Bytes.Length);
            await AnswersAsync(up.Json);
            HoldsNowhere(dataKey);
            HoldsNowhere(System.Text.Encoding.ASCII.GetBytes(Secret));
        }
        finally
        {
            _ = await CommandRun.AmnionAsync(_home, "down");
        }
    }

    // KMS as far as this needs it: Encrypt keeps the plaintext, Decrypt gives it to the document's public key only.
    async Task AnswerAsync(RawExchange exchange)
    {
        using var request = JsonDocument.Parse(exchange.Body);
        var root = request.RootElement;
        if (exchange.Header("X-Amz-Target") == "TrentService.Encrypt")
        {
            var blob = Convert.ToBase64String(RandomNumberGenerator.GetBytes(100));
            _wrapped[blob] = root.GetProperty("Plaintext").GetBytesFromBase64();
            await exchange.AnswerAsync("200 OK", JsonSerializer.Serialize(new { CiphertextBlob = blob, KeyId = Arn }));
            return;
        }

        var document = NitroDocument.Parse(root.GetProperty("Recipient").GetProperty("AttestationDocument").GetBytesFromBase64());
        _documents.Enqueue(document);
        var envelope = RecipientCms.Encrypt(document.PublicKey!.Value.Span, _wrapped[root.GetProperty("CiphertextBlob").GetString()!]);
        await exchange.AnswerAsync("200 OK", JsonSerializer.Serialize(new { CiphertextForRecipient = envelope, KeyId = Arn }));
    }

    async Task AnswersAsync(JsonElement up)
    {
        using var http = new HttpClient();
        using var request = Chat.Request(new Uri(up.GetProperty("base_url").GetString()!), Chat.Body(Chat.Question), up.GetProperty("api_key").GetString()!);
        using var response = await http.SendAsync(request, EndToEnd.Cancellation);
        var body = await response.Content.ReadAsStringAsync(EndToEnd.Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.NotEmpty(Chat.Text(body));
    }

    // Neither in a file of the home nor on a command line that anybody on the machine can read.
    void HoldsNowhere(byte[] secret)
    {
        foreach (var path in Directory.EnumerateFiles(_home, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device }).Where(path => new FileInfo(path).UnixFileMode != UnixFileMode.None && !path.EndsWith(".sock", StringComparison.Ordinal)))
        {
            // Held by the host while it runs, and empty.
            if (Path.GetFileName(path) == "lock" && new FileInfo(path).Length == 0)
            {
                continue;
            }

            Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf(secret) < 0, path);
        }

        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                Assert.True(File.ReadAllBytes(Path.Combine(process, "cmdline")).AsSpan().IndexOf(secret) < 0, process);
            }
            catch (IOException)
            {
                // It ended.
            }
        }
    }

    Task<CommandRun> AmnionAsync(RawHttpServer kms, RawHttpServer? bucket, params string[] arguments) => CommandRun.RunAsync(
        EndToEnd.Dotnet,
        _home,
        [EndToEnd.CommandLine, .. arguments],
        [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", Secret), ("AWS_ENDPOINT_URL_KMS", kms.Url.AbsoluteUri), .. bucket is null ? [] : ((string, string)[])[("AWS_ENDPOINT_URL_S3", bucket.Url.AbsoluteUri)]]);
}
