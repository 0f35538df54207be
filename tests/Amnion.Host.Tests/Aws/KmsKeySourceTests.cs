using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Host.Aws;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Testing;

namespace Amnion.Host.Tests.Aws;

public sealed class KmsKeySourceTests
{
    const string Arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    static readonly KmsDataKey s_key = new() { KeyId = "model", KmsKey = Arn, Ciphertext = [1, 2, 3], EncryptionContext = ImmutableSortedDictionary<string, string>.Empty.Add("amnion:manifest", "sha384:00") };

    [Fact]
    public async Task Carries_document_and_answer_and_signs_what_it_sends()
    {
        var envelope = Sample();
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync("200 OK", JsonSerializer.Serialize(new { KeyId = Arn, CiphertextForRecipient = envelope, Plaintext = (string?)null })));
        var seen = new List<(FrameType, byte[])>();
        await using var enclave = Enclave(seen);

        await Source(kms).ReleaseAsync(enclave.Connect(), "model", default);

        Assert.Equal([FrameType.KeyChallenge, FrameType.WrappedKey], seen.Select(frame => frame.Item1));
        Assert.Equal(new RecipientRequest { KeyId = "model", Suite = Suites.RecipientRsa2048 }, RecipientRequest.Parse(seen[0].Item2));
        Assert.Equal(envelope, EnvelopedKey.Parse(seen[1].Item2).Envelope);
        var request = Assert.Single(kms.Seen);
        WireSignature.Verify(request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1", "kms");
        Assert.Equal(("POST", "/", "TrentService.Decrypt", "application/x-amz-json-1.1"), (request.Method, request.Target, request.Header("X-Amz-Target"), request.Header("Content-Type")));
        using var body = JsonDocument.Parse(request.Body);
        var root = body.RootElement;
        Assert.Equal(["CiphertextBlob", "KeyId", "EncryptionContext", "Recipient"], root.EnumerateObject().Select(member => member.Name));
        Assert.Equal([1, 2, 3], root.GetProperty("CiphertextBlob").GetBytesFromBase64());
        Assert.Equal("sha384:00", root.GetProperty("EncryptionContext").GetProperty("amnion:manifest").GetString());
        Assert.Equal("RSAES_OAEP_SHA_256", root.GetProperty("Recipient").GetProperty("KeyEncryptionAlgorithm").GetString());
        Assert.Equal(Samples.Bundle([1], Purpose.Release).Evidence, root.GetProperty("Recipient").GetProperty("AttestationDocument").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("400 Bad Request", "AccessDeniedException")]
    [InlineData("400 Bad Request", "com.amazonaws.kms#IncorrectKeyException")]
    [InlineData("400 Bad Request", "InvalidCiphertextException")]
    public async Task A_refusal_is_final_and_names_the_reason(string status, string type)
    {
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync(status, $$"""{"__type":"{{type}}","Message":"no\u001b[2J"}"""));
        await using var enclave = Enclave([]);

        var refused = await Assert.ThrowsAsync<KeyReleaseRefusedException>(() => Source(kms).ReleaseAsync(enclave.Connect(), "model", default));

        Assert.Equal(HostCodes.KmsRefused, refused.Code);
        Assert.EndsWith($"{type.Split('#')[^1]}: no[2J", refused.Message, StringComparison.Ordinal);
        Assert.Single(kms.Seen);
    }

    [Theory]
    [InlineData("500 Internal Server Error", """{"__type":"KMSInternalException"}""")]
    [InlineData("400 Bad Request", """{"__type":"ThrottlingException"}""")]
    [InlineData("400 Bad Request", "<html>")]
    [InlineData("302 Found", "")]
    public async Task Trouble_is_asked_about_again_and_then_given_up(string status, string body)
    {
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync(status, body, "Location: http://127.0.0.1:1/"));
        await using var enclave = Enclave([]);

        Assert.Equal(HostCodes.KmsUnreachable, (await Assert.ThrowsAsync<KmsException>(() => Source(kms).ReleaseAsync(enclave.Connect(), "model", default))).Code);
        Assert.Equal(4, kms.Seen.Count);
    }

    [Theory]
    [InlineData("""{"KeyId":"x"}""")]
    [InlineData("""{"CiphertextForRecipient":"%"}""")]
    [InlineData("""{"CiphertextForRecipient":7}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task An_answer_without_an_envelope_is_no_answer(string body)
    {
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync("200 OK", body));
        await using var enclave = Enclave([]);

        Assert.Equal(HostCodes.KmsUnreachable, (await Assert.ThrowsAsync<KmsException>(() => Source(kms).ReleaseAsync(enclave.Connect(), "model", default))).Code);
    }

    [Fact]
    public async Task A_key_in_the_clear_is_carried_to_nobody()
    {
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync("200 OK", """{"Plaintext":"c2VjcmV0","CiphertextForRecipient":"AAAA"}"""));
        var seen = new List<(FrameType, byte[])>();
        await using var enclave = Enclave(seen);

        var failed = await Assert.ThrowsAsync<KmsException>(() => Source(kms).ReleaseAsync(enclave.Connect(), "model", default));

        Assert.Equal(HostCodes.KmsPlaintext, failed.Code);
        Assert.DoesNotContain("c2VjcmV0", failed.ToString(), StringComparison.Ordinal);
        Assert.Equal([FrameType.KeyChallenge], seen.Select(frame => frame.Item1));
    }

    [Fact]
    public async Task A_key_of_another_model_is_not_asked_for()
    {
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync("200 OK", "{}"));
        await using var enclave = Enclave([]);

        Assert.Equal(HostCodes.KmsRefused, (await Assert.ThrowsAsync<KeyReleaseRefusedException>(() => Source(kms).ReleaseAsync(enclave.Connect(), "other", default))).Code);
        Assert.Empty(kms.Seen);
    }

    [Fact]
    public async Task What_the_enclave_refuses_surfaces_with_its_code()
    {
        await using var kms = new RawHttpServer(exchange => exchange.AnswerAsync("200 OK", JsonSerializer.Serialize(new { CiphertextForRecipient = Sample() })));
        await using var enclave = new FakeEnclave(async (frames, _, _, cancellation) =>
        {
            await frames.WriteAsync(FrameType.Evidence, Samples.Bundle([1], Purpose.Release).ToJson(), cancellation);
            _ = await frames.ReadAsync(cancellation);
            await frames.FailAsync("AMN-ENC-0025", cancellation);
        });

        Assert.Equal("AMN-ENC-0025", (await Assert.ThrowsAsync<FrameFailedException>(() => Source(kms).ReleaseAsync(enclave.Connect(), "model", default))).Code);
    }

    [Theory]
    [InlineData("http://kms.example.org/")]
    [InlineData("ftp://127.0.0.1/")]
    public void Keys_are_asked_for_over_https_only(string endpoint)
    {
        using var http = new HttpClient();
        Assert.Throws<ArgumentException>(() => new KmsClient(http, new Uri(endpoint), "eu-central-1", S3WeightsTests.Identity(), TimeProvider.System));
    }

    [Fact]
    public void A_wrapped_key_is_read_as_it_was_written_and_anything_else_refused()
    {
        var json = s_key.ToJson();
        var read = KmsDataKey.Parse(json);
        Assert.Equal(json, read.ToJson());
        Assert.Equal("eu-central-1", read.Region);
        Assert.Equal("https://kms.eu-central-1.amazonaws.com/", KmsClient.EndpointOf(read.Region).AbsoluteUri);
        Assert.Equal("https://kms.cn-north-1.amazonaws.com.cn/", KmsClient.EndpointOf("cn-north-1").AbsoluteUri);
        foreach (var wrong in (string[])["alias/x", "arn:aws:s3:::bucket", "arn:aws:kms:evil.example/:111122223333:key/x", "arn:aws:kms:eu-central-1:1:key/x"])
        {
            Assert.Throws<RecordFormatException>(() => KmsDataKey.Parse((s_key with { KmsKey = wrong }).ToJson()));
        }
    }

    static KmsKeySource Source(RawHttpServer kms) =>
        new(new KmsClient(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }), kms.Url, "eu-central-1", S3WeightsTests.Identity("token"), TimeProvider.System), s_key);

    static FakeEnclave Enclave(List<(FrameType, byte[])> seen) => new(async (frames, type, payload, cancellation) =>
    {
        seen.Add((type, payload));
        await frames.WriteAsync(FrameType.Evidence, Samples.Bundle([1], Purpose.Release).ToJson(), cancellation);
        if (await frames.ReadAsync(cancellation) is { } second)
        {
            seen.Add((second.Type, second.Payload.ToArray()));
            await frames.WriteAsync(FrameType.Done, default, cancellation);
        }
    });

    static byte[] Sample()
    {
        const string Folder = "vectors/protocols/cms-enveloped-kms";
        using var samples = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "aws-sdk-c-samples.json")));
        return Convert.FromHexString(samples.RootElement.GetProperty("input_ber").GetString()!);
    }
}
