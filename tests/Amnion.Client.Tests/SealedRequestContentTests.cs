using System.Text;
using Amnion.Sealing;

namespace Amnion.Client.Tests;

public sealed class SealedRequestContentTests
{
    static async Task<BinaryHttpRequest> EncodeAsync(HttpRequestMessage request, string? key = null) =>
        BinaryHttpRequest.Parse(await SealedRequestContent.EncodeAsync(request, key, TestContext.Current.CancellationToken));

    [Fact]
    public async Task What_identifies_the_callers_machine_stays_outside()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://my-laptop.example/v1/chat/completions?x=1") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("User-Agent", "SomeSdk/1.0");
        request.Headers.TryAddWithoutValidation("Cookie", "a=b");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer own");
        var inside = await EncodeAsync(request, "fallback");
        Assert.Equal("/v1/chat/completions?x=1", inside.Path);
        Assert.DoesNotContain("laptop", inside.Authority, StringComparison.Ordinal);
        Assert.Equal(["authorization", "content-type"], inside.Headers.Select(field => field.Name).Order());
        Assert.Equal("Bearer own", inside.FindHeader("authorization"));
        Assert.Equal("{}", Encoding.UTF8.GetString(inside.Content.Span));
    }

    [Fact]
    public async Task A_callers_own_key_is_not_replaced_and_a_missing_one_is_added()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://enclave.invalid/v1/models");
        Assert.Equal("Bearer fallback", (await EncodeAsync(request, "fallback")).FindHeader("authorization"));
        Assert.Null((await EncodeAsync(request)).FindHeader("authorization"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(900)]
    public async Task Length_on_the_wire_tells_only_its_bucket(int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://enclave.invalid/v1") { Content = new ByteArrayContent(new byte[length]) };
        var encoded = await SealedRequestContent.EncodeAsync(request, null, TestContext.Current.CancellationToken);
        Assert.Equal(PaddingBuckets.RoundUp(encoded.Length), encoded.Length);
    }

    [Fact]
    public async Task An_oversized_body_is_refused_with_its_code()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://enclave.invalid/v1") { Content = new ByteArrayContent(new byte[Records.Frames.FrameLimits.SealedRequest + 1]) };
        Assert.Equal(ClientCodes.RequestTooLarge, (await Assert.ThrowsAsync<AmnionClientException>(() => EncodeAsync(request))).Code);
    }
}
