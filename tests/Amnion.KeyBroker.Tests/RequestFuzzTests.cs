using System.Globalization;
using System.Text;
using Amnion.KeyBroker.KeyRelease;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.KeyBroker.Tests;

public sealed class RequestFuzzTests
{
    static readonly int s_iterations = int.Parse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS") ?? "400", CultureInfo.InvariantCulture);

    public static TheoryData<string> Malformed =>
    [
        "",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"challenge\":{}}",
        "{\"challenge\":null,\"evidence\":null}",
        "{\"challenge\":{},\"evidence\":{},\"more\":1}",
        "{\"challenge\":{},\"challenge\":{},\"evidence\":{}}",
        "{\"challenge\":{\"format\":\"\\ud800\"},\"evidence\":{}}",
        "{\"\\ud800\":{}}",
        "{\"challenge\":\"\\ud800\",\"evidence\":\"\\udc00\"}",
        "{\"challenge\":{\"format\":\"amnion/challenge/1\",\"challenge\":1e999},\"evidence\":{}}",
        "// comment\n{}",
        "{\"challenge\":{},}",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_json_is_refused(string json)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        await TestBroker.RefusedAsync(await broker.PostAsync(Encoding.UTF8.GetBytes(json)), 400, KeyBrokerCodes.RequestMalformed);
        Assert.Equal(1, broker.Admin.Audit().Total);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData(' ')]
    [InlineData('\0')]
    public async Task Long_and_deep_json_is_refused(char filler)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        var body = new byte[ReleaseRequest.MaxLength];
        body.AsSpan().Fill((byte)filler);
        await TestBroker.RefusedAsync(await broker.PostAsync(body), 400, KeyBrokerCodes.RequestMalformed);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_without_reading_it()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/keys/{TestBroker.KeyId}/release")
        {
            Content = new ByteArrayContent(new byte[ReleaseRequest.MaxLength + 1]),
        };
        request.Headers.ExpectContinue = true;
        await TestBroker.RefusedAsync(await broker.Client.SendAsync(request), 400, KeyBrokerCodes.RequestMalformed);
    }

    [Fact]
    public void No_altered_request_gets_a_key_and_none_breaks_the_broker()
    {
        var time = new ManualTime();
        using var folder = new TestFolder();
        using var store = folder.Open(time);
        store.Create("k", TestEnclave.Policy).Dispose();
        var book = new ChallengeBook(time, "b", TimeSpan.FromSeconds(60), 1 << 16, 1 << 16);
        var releaser = new KeyReleaser(store, book, new DecisionBudget(time, int.MaxValue), new DecisionBudget(time, int.MaxValue), time, NullLogger.Instance, _ => { });
        using var enclave = new TestEnclave();
        var random = new Random(20261121);
        var body = Array.Empty<byte>();
        var seen = new HashSet<string>();
        for (var i = 0; i < s_iterations; i++)
        {
            if (i % 50 == 0 || seen.Contains("used"))
            {
                var challenge = book.Issue("k")!;
                body = TestBroker.Body(challenge, enclave.Answer(challenge, time.GetUtcNow()));
                seen.Remove("used");
            }

            var mutated = Mutate(body, random);
            switch (releaser.Release("k", mutated))
            {
                case ReleaseAnswer.Refused(var refusal):
                    Assert.Contains(refusal.Status, new[] { 400, 403, 409 });
                    seen.Add(refusal.Code);
                    _ = refusal.Status == 400 || seen.Add("used");
                    break;
                case ReleaseAnswer.Released:
                    // White space and escapes do not change what was asked.
                    Assert.Equal(Meaning(body), Meaning(mutated));
                    seen.Add("used");
                    break;
                default:
                    Assert.Fail("A release is answered by a key or a refusal.");
                    break;
            }
        }

        Assert.Contains(KeyBrokerCodes.RequestMalformed, seen);
        Assert.Contains(KeyBrokerCodes.EvidenceRefused, seen);
        Assert.True(store.Audit().Intact);
    }

    static byte[] Meaning(byte[] body)
    {
        var request = ReleaseRequest.Parse(body);
        return TestBroker.Body(request.Challenge, request.Evidence);
    }

    static byte[] Mutate(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    // Stays inside base64url's alphabet, so that more than the JSON parser is reached.
                    bytes[at] = (byte)"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[random.Next(64)];
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                default:
                    var length = random.Next(1, Math.Min(64, bytes.Count - at + 1));
                    bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
                    break;
            }
        }

        return [.. bytes];
    }
}
