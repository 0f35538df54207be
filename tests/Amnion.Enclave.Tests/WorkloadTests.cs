using System.Text.Json;
using Amnion.Enclave.Workload;
using Amnion.Records;
using Amnion.Testing;

namespace Amnion.Enclave.Tests;

/// <summary>A foreign server behind the sealed endpoint: started when its model is there, asked over loopback, answered in the API's own words.</summary>
public sealed class WorkloadTests
{
    const string Question = """{"model":"clinic","messages":[{"role":"user","content":"When?"}],"user":"jane","metadata":{"who":"jane"},"safety_identifier":"jane"}""";

    static TestModel Model => TestEnclave.Model;

    [Fact]
    public async Task Starts_the_server_when_every_file_of_the_model_stands_in_its_directory()
    {
        await using var workload = await WorkloadEnclave.KeyedAsync();
        var waiting = workload.WaitForStartAsync();
        await workload.SendNotesAsync();
        Assert.Equal(EnclaveState.AwaitingWeights, workload.Enclave.Gate.State);
        Assert.False(workload.Started);

        await workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        await waiting;

        Assert.Equal(EnclaveState.Ready, workload.Enclave.Gate.State);
        Assert.Equal(Model.Plain, await File.ReadAllBytesAsync(Path.Combine(workload.Weights, TestModel.WeightsName), TestEnclave.Cancellation));
        Assert.Equal(Model.Notes, await File.ReadAllBytesAsync(Path.Combine(workload.Weights, TestModel.NotesName), TestEnclave.Cancellation));
        Assert.True(OperatingSystem.IsLinux());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(Path.Combine(workload.Weights, TestModel.WeightsName)));
        Assert.Equal(EnclaveCodes.WeightsNotExpected, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
    }

    [Fact]
    public async Task Takes_the_files_in_any_order_and_each_once()
    {
        await using var workload = await WorkloadEnclave.KeyedAsync();
        await workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed);
        Assert.Equal(EnclaveState.AwaitingWeights, workload.Enclave.Gate.State);
        Assert.Equal(EnclaveCodes.WeightsNotExpected, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
        var waiting = workload.WaitForStartAsync();
        await workload.SendNotesAsync();
        await waiting;
        Assert.Equal(EnclaveState.Ready, workload.Enclave.Gate.State);
    }

    [Fact]
    public async Task A_file_that_does_not_open_leaves_nothing_behind()
    {
        await using var workload = await WorkloadEnclave.KeyedAsync();
        var changed = Model.Sealed.ToArray();
        changed[^20] ^= 1;
        Assert.Equal(EnclaveCodes.WeightsSegment, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, changed)));
        Assert.Equal(EnclaveCodes.WeightsLength, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed[..^1])));
        var other = Model.Plain.ToArray();
        other[^5] ^= 1;
        Assert.Equal(EnclaveCodes.WeightsDigest, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Seal(Model.DataKey, TestModel.WeightsName, other))));
        Assert.Empty(Directory.EnumerateFileSystemEntries(workload.Weights));
        Assert.False(workload.Started);

        await workload.SendAllAsync();
        Assert.Equal(EnclaveState.Ready, workload.Enclave.Gate.State);
    }

    [Fact]
    public async Task Answers_a_sealed_chat_in_its_own_words_and_passes_nobodys_name_on()
    {
        await using var workload = await WorkloadEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(workload.Enclave);

        var reply = await caller.PostAsync("/v1/chat/completions", Question);

        Assert.Equal(200, reply.Status);
        Assert.Equal("Hello, world.", reply.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", reply.Json.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("clinic", reply.Json.GetProperty("model").GetString());
        Assert.Equal((14, 5), (reply.Receipt.Receipt.PromptTokens, reply.Receipt.Receipt.CompletionTokens));
        var sent = workload.Server.Requests.Single();
        Assert.DoesNotContain("jane", sent.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("acme", sent.Body + string.Join('\n', sent.Headers), StringComparison.Ordinal);
        Assert.DoesNotContain(TestEnclave.ApiKey, sent.Body + string.Join('\n', sent.Headers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_tool_calls_completions_responses_and_embeddings_alike()
    {
        await using var workload = await WorkloadEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(workload.Enclave);
        var stream = await caller.PostAsync("/v1/chat/completions", Question.Replace("\"user\":", "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"user\":", StringComparison.Ordinal));
        Assert.Equal("Hello, world.", string.Concat(stream.Events.Where(item => item.Data != "[DONE]").Select(item => JsonDocument.Parse(item.Data).RootElement)
            .Where(item => item.GetProperty("choices").GetArrayLength() == 1)
            .Select(item => item.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : "")));

        var responses = await caller.PostAsync("/v1/responses", """{"model":"clinic","input":"When?"}""");
        Assert.Equal("Hello, world.", responses.Json.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());

        workload.Server.Say(FakeOpenAiServer.Events(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"abc","type":"function","function":{"name":"find","arguments":"{\"a\":1}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            "[DONE]"));
        var tools = await caller.PostAsync("/v1/chat/completions", """{"model":"clinic","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"my-own-id","type":"function","function":{"name":"find","arguments":"{}"}}]},{"role":"tool","tool_call_id":"my-own-id","content":"r"}],"tools":[{"type":"function","function":{"name":"find"}}],"tool_choice":"required"}""");
        var call = tools.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal(("find", """{"a":1}"""), (call.GetProperty("function").GetProperty("name").GetString(), call.GetProperty("function").GetProperty("arguments").GetString()));
        Assert.NotEqual("abc", call.GetProperty("id").GetString());
        Assert.Equal("tool_calls", tools.Json.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        var asked = workload.Server.Requests.Last().Body;
        Assert.DoesNotContain("my-own-id", asked, StringComparison.Ordinal);
        Assert.Equal(3, asked.Split("call00001").Length);

        workload.Server.Say(FakeOpenAiServer.Events("""{"choices":[{"index":0,"text":"x","finish_reason":"length"}]}""", "[DONE]"));
        var completion = await caller.PostAsync("/v1/completions", """{"model":"clinic","prompt":"The","max_tokens":1}""");
        Assert.Equal(("x", "length"), (completion.Json.GetProperty("choices")[0].GetProperty("text").GetString(), completion.Json.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));

        workload.Server.Say(FakeOpenAiServer.Response("application/json", """{"data":[{"embedding":[0,2]}],"usage":{"prompt_tokens":3}}"""));
        var embedding = await caller.PostAsync("/v1/embeddings", """{"model":"clinic","input":["a","b"]}""");
        Assert.Equal("[0,1]", embedding.Json.GetProperty("data")[1].GetProperty("embedding").GetRawText());
        Assert.Equal(6, embedding.Json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Theory]
    [InlineData("HTTP/1.1 400 x\r\nContent-Length: 12\r\n\r\nsecret words", 400, "engine_refused")]
    [InlineData("HTTP/1.1 500 x\r\nContent-Length: 12\r\n\r\nsecret words", 500, "engine_failed")]
    [InlineData("HTTP/1.1 503 x\r\nContent-Length: 12\r\n\r\nsecret words", 503, "engine_overloaded")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"error\":{\"message\":\"secret words\"}}\n\n", 500, "engine_failed")]
    public async Task Errors_of_the_server_become_the_apis_own(string response, int status, string code)
    {
        await using var workload = await WorkloadEnclave.ReadyAsync();
        workload.Server.Say(response);
        var reply = await (await SealedCaller.CreateAsync(workload.Enclave)).PostAsync("/v1/chat/completions", Question);
        Assert.Equal((status, code), (reply.Status, reply.ErrorCode));
        Assert.DoesNotContain("secret", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_the_servers_work()
    {
        await using var workload = await WorkloadEnclave.ReadyAsync();
        workload.Server.Answer = static (_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation);
        var caller = await SealedCaller.CreateAsync(workload.Enclave);
        var (request, opener) = caller.Seal(SealedCaller.Post("/v1/chat/completions", Question).EncodePadded());
        using (opener)
        {
            await using var frames = await workload.Enclave.ConnectAsync();
            await SealedCaller.SendFramesAsync(frames, request);
            while (workload.Server.Requests.IsEmpty)
            {
                await Task.Delay(1, TestEnclave.Cancellation);
            }
        }

        await workload.Server.Left.Task.WaitAsync(TestEnclave.Cancellation);
    }

    [Fact]
    public async Task A_server_that_ended_makes_the_enclave_say_so()
    {
        await using var workload = await WorkloadEnclave.ReadyAsync();
        workload.Server.StopListening();
        while (workload.Enclave.Gate.State != EnclaveState.Failed)
        {
            await Task.Delay(1, TestEnclave.Cancellation);
        }

        var reply = await (await SealedCaller.CreateAsync(workload.Enclave)).PostAsync("/v1/chat/completions", Question);
        Assert.Equal((503, "engine_ended"), (reply.Status, reply.ErrorCode));
    }

    [Fact]
    public async Task A_server_that_does_not_become_ready_cannot_be_started_again()
    {
        await using var workload = await WorkloadEnclave.KeyedAsync(options: static options => options with { ReadyWithin = TimeSpan.FromMilliseconds(50) });
        workload.Server.Health = static () => 503;
        await workload.SendNotesAsync();
        Assert.Equal(EnclaveCodes.WorkloadLoad, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
        Assert.Equal(EnclaveState.Failed, workload.Enclave.Gate.State);
        Assert.Equal(EnclaveCodes.WeightsNotExpected, await TestEnclave.CodeOfAsync(() => workload.Enclave.SendFileAsync(TestModel.WeightsName, Model.Sealed)));
        await workload.WaitForStartAsync();
    }

    [Fact]
    public async Task Register_17_names_the_server_and_the_manifests_register_stays_what_it_was()
    {
        await using var workload = WorkloadEnclave.Create();
        var log = await workload.Enclave.BootAsync(workload.BootRequest());
        Assert.Equal(Digest.Sha384(workload.Engine.ToJson()), log.Events.Single(entry => entry.Register == 17).Digest);
        Assert.Equal(Digest.Sha384(Model.Manifest.Bytes.Span), log.Events.Single(entry => entry.Register == 16).Digest);
        Assert.NotEqual(workload.Engine.ToJson(), (workload.Engine with { Workload = workload.Engine.Workload! with { Shared = true } }).ToJson());
    }

    [Theory]
    [InlineData("argv")]
    [InlineData("port")]
    [InlineData("shared")]
    [InlineData("image-port")]
    [InlineData("missing")]
    [InlineData("malformed")]
    [InlineData("type")]
    [InlineData("built-in")]
    public async Task Refuses_a_configuration_that_is_not_this_images(string what)
    {
        await using var workload = WorkloadEnclave.Create(what switch { "malformed" => "{", "type" => TestImage.Json(shared: true).Replace(":true", ":\"true\"", StringComparison.Ordinal), "image-port" => TestImage.Json(port: 1024), _ => null });
        var request = what switch
        {
            "argv" => workload.BootRequest(settings => settings with { Arguments = Digest.Sha384("other"u8) }),
            "port" => workload.BootRequest(settings => settings with { Port = settings.Port == 2000 ? 2001 : 2000 }),
            "shared" => workload.BootRequest(settings => settings with { Shared = true }),
            "built-in" => Model.Boot,
            _ => workload.BootRequest(),
        };
        if (what == "missing")
        {
            File.Delete(Path.Combine(workload.Image, "workload.argv"));
        }

        Assert.Equal(EnclaveCodes.EngineKind, await TestEnclave.CodeOfAsync(() => workload.Enclave.BootAsync(request)));
        Assert.Equal(EnclaveState.Failed, workload.Enclave.Gate.State);
    }

    [Fact]
    public async Task Finds_what_the_first_process_of_an_image_gives_it()
    {
        await using var workload = WorkloadEnclave.Create();
        Assert.Equal(new WorkloadOptions(5, 6, null), WorkloadOptions.OfImage(workload.Image));
        Assert.Null(WorkloadOptions.OfImage(workload.Weights));
    }

    [Fact]
    public void The_built_in_engine_takes_no_workload() =>
        Assert.Equal(EnclaveCodes.EngineKind, Assert.Throws<EnclaveRefusedException>(() => new Weights.LlamaLoader(TimeProvider.System).Check(
            Model.Engine with { Workload = new WorkloadSettings { Arguments = Digest.Sha384("a"u8), Model = "m" } })).Code);

    [Fact]
    public async Task Serves_one_tenant_for_its_whole_life_unless_the_image_shares_the_server()
    {
        await using var workload = await WorkloadEnclave.KeyedAsync();
        var release = workload.Enclave.Configuration();
        var second = release.Tenants[0] with { Id = "other", KeyHashes = [Digest.Sha256("another key"u8)], RevokedKeyHashes = [] };
        Assert.Equal(EnclaveCodes.ConfigurationTenants, await TestEnclave.CodeOfAsync(() => workload.Enclave.ConfigureAsync(release with { Tenants = [.. release.Tenants, second] })));
        await workload.Enclave.ConfigureAsync(release);
        Assert.Equal(EnclaveCodes.ConfigurationTenants, await TestEnclave.CodeOfAsync(() => workload.Enclave.ConfigureAsync(release with { Version = 6, Tenants = [second] })));
        await workload.Enclave.ConfigureAsync(release with { Version = 6, Tenants = [] });
        Assert.Equal(EnclaveCodes.ConfigurationTenants, await TestEnclave.CodeOfAsync(() => workload.Enclave.ConfigureAsync(release with { Version = 7, Tenants = [second] })));
        await workload.Enclave.ConfigureAsync(release with { Version = 7 });

        await using var shared = await WorkloadEnclave.KeyedAsync(TestImage.Json(shared: true), settings => settings with { Shared = true });
        await shared.Enclave.ConfigureAsync(release with { Tenants = [.. release.Tenants, second] });
    }

    [Theory]
    [InlineData("model.gguf", true)]
    [InlineData("tokenizer/vocab-1+2_3.json", true)]
    [InlineData("../model.gguf", false)]
    [InlineData("a/../b", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("a//b", false)]
    [InlineData(".hidden", false)]
    [InlineData("a\0b", false)]
    [InlineData("a b", false)]
    [InlineData("", false)]
    [InlineData("a/b/c/d/e/f/g/h/i", false)]
    public async Task Writes_files_below_its_directory_only(string name, bool accepted)
    {
        await using var workload = WorkloadEnclave.Create();
        var file = new Amnion.Models.Manifest.ModelFile(name, Digest.Sha256("x"u8), 3);
        if (!accepted)
        {
            Assert.Equal(EnclaveCodes.WeightsPath, Assert.Throws<EnclaveRefusedException>(() => workload.Loader.Create(file)).Code);
            Assert.Empty(Directory.EnumerateFileSystemEntries(workload.Weights));
            return;
        }

        using (var made = workload.Loader.Create(file))
        {
            made.Write(0, "abc"u8);
            made.Seal();
        }

        Assert.Equal("abc", await File.ReadAllTextAsync(Path.Combine(workload.Weights, name), TestEnclave.Cancellation));
        Assert.Equal(EnclaveCodes.WeightsNotExpected, Assert.Throws<EnclaveRefusedException>(() => workload.Loader.Create(file)).Code);
    }

    [Fact]
    public async Task Follows_no_link_in_the_directory()
    {
        await using var workload = WorkloadEnclave.Create();
        File.CreateSymbolicLink(Path.Combine(workload.Weights, "model.gguf"), "/tmp/elsewhere");
        File.CreateSymbolicLink(Path.Combine(workload.Weights, "sub"), "/tmp");
        foreach (var name in new[] { "model.gguf", "sub/file" })
        {
            Assert.Throws<EnclaveRefusedException>(() => workload.Loader.Create(new Amnion.Models.Manifest.ModelFile(name, Digest.Sha256("x"u8), 3)));
        }

        Assert.False(File.Exists("/tmp/elsewhere"));
    }
}
