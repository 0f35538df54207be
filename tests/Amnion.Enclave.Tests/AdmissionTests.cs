namespace Amnion.Enclave.Tests;

public sealed class AdmissionTests
{
    const string Chat = """{"model":"clinic","messages":[{"role":"user","content":"Hi"}]}""";

    [Theory]
    [InlineData(null, "invalid_api_key")]
    [InlineData("sk-wrong", "invalid_api_key")]
    [InlineData(TestEnclave.RevokedKey, "api_key_revoked")]
    public async Task Refuses_callers_without_a_valid_key_inside_the_seal(string? key, string code)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var reply = await (await SealedCaller.CreateAsync(enclave)).PostAsync("/v1/chat/completions", Chat, key);
        Assert.Equal((401, code), (reply.Status, reply.ErrorCode));
        Assert.Null(enclave.Engine.LastRequest);
    }

    [Fact]
    public async Task Refuses_the_request_over_the_minutes_limit_and_admits_again_in_the_next()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        await enclave.ConfigureAsync(enclave.Configuration(version: 6, requests: 2));
        var caller = await SealedCaller.CreateAsync(enclave);
        Assert.Equal(200, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
        Assert.Equal(200, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
        enclave.Time.Advance(TimeSpan.FromSeconds(20));
        var refused = await caller.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal((429, "rate_limit_exceeded"), (refused.Status, refused.ErrorCode));
        Assert.Equal("40", refused.Headers.Single(field => field.Name == "retry-after").Value);
        Assert.Equal(200, (await caller.SendAsync(SealedCaller.Get("/v1/models"))).Status);
        enclave.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(200, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
    }

    [Fact]
    public async Task Refuses_where_the_hours_tokens_are_used_up()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        await enclave.ConfigureAsync(enclave.Configuration(version: 6, tokens: 12));
        var caller = await SealedCaller.CreateAsync(enclave);
        Assert.Equal(200, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
        var refused = await caller.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal((429, "insufficient_quota"), (refused.Status, refused.ErrorCode));
        enclave.Time.Advance(TimeSpan.FromMinutes(59));
        await enclave.ConfigureAsync(enclave.Configuration(version: 7, tokens: 12));
        caller = await SealedCaller.CreateAsync(enclave);
        Assert.Equal(429, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
        enclave.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
    }

    [Fact]
    public async Task Gives_each_tenant_its_own_engine()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        await (await SealedCaller.CreateAsync(enclave)).PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(["acme"], enclave.Engine.Tenants);
    }

    [Fact]
    public async Task Says_so_where_the_model_is_not_loaded_yet()
    {
        await using var enclave = await TestEnclave.BootedAsync();
        await enclave.ConfigureAsync(enclave.Configuration());
        var reply = await (await SealedCaller.CreateAsync(enclave)).PostAsync("/v1/chat/completions", Chat);
        Assert.Equal((503, "model_not_ready"), (reply.Status, reply.ErrorCode));
    }

    [Fact]
    public async Task Leaving_before_the_end_still_costs_the_prompt()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        await enclave.ConfigureAsync(enclave.Configuration(version: 6, tokens: 12));
        enclave.Engine.Gate = new SemaphoreSlim(0);
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(SealedCaller.Post("/v1/chat/completions", """{"model":"clinic","stream":true,"messages":[{"role":"user","content":"Hi"}]}""").EncodePadded());
        using (opener)
        {
            await using var frames = await enclave.ConnectAsync();
            await SealedCaller.SendFramesAsync(frames, request);
            enclave.Engine.Gate.Release();
            Assert.Equal(Amnion.Records.Frames.FrameType.ResponseData, (await frames.ReadAsync(TestEnclave.Cancellation))!.Value.Type);
        }

        await enclave.Engine.Cancelled.Task.WaitAsync(TestEnclave.Cancellation);
        enclave.Engine.Gate = null;
        var refused = await (await SealedCaller.CreateAsync(enclave)).PostAsync("/v1/chat/completions", Chat);
        Assert.Equal((429, "insufficient_quota"), (refused.Status, refused.ErrorCode));
    }

    [Theory]
    [InlineData(Amnion.Inference.InferenceCodes.Busy, 503)]
    [InlineData(Amnion.Inference.InferenceCodes.PromptTooLong, 400)]
    public async Task What_the_engine_refuses_costs_no_tokens(string code, int status)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        await enclave.ConfigureAsync(enclave.Configuration(version: 6, tokens: 12));
        enclave.Engine.Script = _ => [];
        enclave.Engine.FailureCode = code;
        var caller = await SealedCaller.CreateAsync(enclave);
        Assert.Equal(status, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
        enclave.Engine.FailureCode = null;
        Assert.Equal(200, (await caller.PostAsync("/v1/chat/completions", Chat)).Status);
    }

    [Fact]
    public async Task Embeddings_that_break_off_cost_what_was_begun()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        await enclave.ConfigureAsync(enclave.Configuration(version: 6, tokens: 12));
        enclave.Engine.FailureCode = Amnion.Inference.InferenceCodes.PromptTooLong;
        var caller = await SealedCaller.CreateAsync(enclave);
        Assert.Equal(400, (await caller.PostAsync("/v1/embeddings", """{"model":"clinic","input":["a text of some forty or so characters"]}""")).Status);
        enclave.Engine.FailureCode = null;
        Assert.Equal((429, "insufficient_quota"), await RefusedAsync());

        async Task<(int, string?)> RefusedAsync()
        {
            var reply = await caller.PostAsync("/v1/embeddings", """{"model":"clinic","input":["Hi"]}""");
            return (reply.Status, reply.ErrorCode);
        }
    }
}
