using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Nitro;
using Amnion.Client;
using Amnion.Host;
using Amnion.Host.Local;
using Amnion.Records;

namespace Amnion.EndToEnd.Tests;

/// <summary>What a relay can do is drop things. Everything else it tries is refused, each with its code, and no plain text ever reaches it.</summary>
[Collection(StackGroup.Name)]
public sealed class HostileRelayTests
{
    const int Limit = 60_000;
    const string EnclaveKeyUnknown = "AMN-ENC-0051";
    const string EnclaveReplayed = "AMN-ENC-0053";
    const string EnclaveRequestOpen = "AMN-ENC-0054";

    readonly Stack _stack;
    readonly string _canary = "canary-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    public HostileRelayTests(Stack stack)
    {
        EndToEnd.RequireProgram();
        _stack = stack;
    }

    [Fact(Timeout = Limit)]
    public async Task An_honest_relay_sees_no_plain_text()
    {
        using var relay = new HostileRelay();
        var answer = Chat.Text(await AskAsync(relay));
        Assert.NotEmpty(answer);
        Assert.False(relay.Saw(answer));
        AssertSealed(relay);
    }

    [Fact(Timeout = Limit)]
    public async Task Replayed_Evidence_is_refused_before_anything_is_sent()
    {
        using var before = new HostileRelay();
        _ = await AskAsync(before);
        using var relay = new HostileRelay { OnEvidence = _ => before.Evidence[0] };
        await EvidenceRefusedAsync(relay, NitroCodes.Nonce);
    }

    [Fact(Timeout = Limit)]
    public async Task A_swapped_keyset_is_refused_before_anything_is_sent()
    {
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = own.ExportParameters(includePrivateParameters: false).Q;
        using var relay = new HostileRelay
        {
            OnEvidence = answer => Change(answer, keyset => keyset with { Sealing = [keyset.Sealing[0] with { PublicKey = [4, .. point.X!, .. point.Y!] }] }),
        };
        await EvidenceRefusedAsync(relay, NitroCodes.UserData);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keyset_of_another_enclave_is_refused_before_anything_is_sent()
    {
        using var relay = new HostileRelay { OnEvidence = answer => Change(answer, keyset => keyset with { Enclave = new string('0', 32) }) };
        await EvidenceRefusedAsync(relay, NitroCodes.UserData);
    }

    [Fact(Timeout = Limit)]
    public async Task Stripped_suites_are_refused_before_anything_is_sent()
    {
        using var relay = new HostileRelay
        {
            OnEvidence = answer => Change(answer, keyset => keyset with { Sealing = [.. keyset.Sealing.Select(key => key with { Suites = [key.Suites[^1]] })] }),
        };
        await EvidenceRefusedAsync(relay, NitroCodes.UserData);
    }

    [Fact(Timeout = Limit)]
    public async Task Evidence_that_is_something_else_is_malformed()
    {
        using var relay = new HostileRelay { OnEvidence = _ => Plain };
        var refused = await Assert.ThrowsAsync<AmnionClientException>(() => AskAsync(relay));
        Assert.Equal(ClientCodes.EvidenceMalformed, refused.Code);
        Assert.Empty(relay.Requests);
    }

    [Fact(Timeout = Limit)]
    public async Task A_redirect_of_the_Evidence_is_not_followed()
    {
        using var relay = new HostileRelay { OnEvidence = _ => Redirect };
        var refused = await Assert.ThrowsAsync<AmnionClientException>(() => AskAsync(relay));
        Assert.Equal(ClientCodes.RelayUnavailable, refused.Code);
        Assert.Single(relay.Evidence);
        Assert.Empty(relay.Requests);
    }

    [Fact(Timeout = Limit)]
    public async Task Another_callers_answer_is_refused()
    {
        using var first = new HostileRelay();
        _ = await AskAsync(first);
        await AnswerRefusedAsync(_ => first.Answers[0], ClientCodes.AnswerRefused);
    }

    [Fact(Timeout = Limit)]
    public Task An_answer_without_its_final_chunk_is_truncated() =>
        AnswerRefusedAsync(answer => answer with { Body = answer.Body[..SealedFraming.Chunks(answer.Body)[^1].Start.Value] }, ClientCodes.AnswerTruncated, stream: true);

    [Fact(Timeout = Limit)]
    public Task An_answer_cut_inside_a_chunk_is_truncated() =>
        AnswerRefusedAsync(answer => answer with { Body = answer.Body[..(SealedFraming.Chunks(answer.Body)[^2].End.Value - 7)] }, ClientCodes.AnswerTruncated, stream: true);

    [Fact(Timeout = Limit)]
    public Task A_connection_that_breaks_inside_an_answer_is_a_truncation() =>
        AnswerRefusedAsync(answer => answer with { Body = answer.Body[..(answer.Body.Length / 2)], Breaks = true }, ClientCodes.AnswerTruncated, stream: true);

    [Fact(Timeout = Limit)]
    public Task An_answer_without_its_last_byte_is_refused() => AnswerRefusedAsync(answer => answer with { Body = answer.Body[..^1] }, ClientCodes.AnswerRefused);

    [Fact(Timeout = Limit)]
    public Task A_changed_bit_in_an_answer_is_refused() => AnswerRefusedAsync(answer =>
    {
        var changed = (byte[])answer.Body.Clone();
        changed[changed.Length / 2] ^= 0x10;
        return answer with { Body = changed };
    }, ClientCodes.AnswerRefused);

    [Fact(Timeout = Limit)]
    public Task Reordered_chunks_are_refused() => AnswerRefusedAsync(answer => answer with { Body = SealedFraming.Swap(answer.Body, 1, 2) }, ClientCodes.AnswerRefused, stream: true);

    [Fact(Timeout = Limit)]
    public Task A_plain_200_is_refused() => AnswerRefusedAsync(_ => Plain, ClientCodes.AnswerNotSealed);

    [Fact(Timeout = Limit)]
    public Task A_redirect_is_not_followed() => AnswerRefusedAsync(_ => Redirect, ClientCodes.AnswerNotSealed);

    [Fact(Timeout = Limit)]
    public async Task A_changed_bit_in_a_request_is_refused_by_the_enclave()
    {
        using var relay = new HostileRelay
        {
            OnRequest = request =>
            {
                var changed = (byte[])request.Clone();
                changed[^20] ^= 1;
                return changed;
            },
        };
        var refused = await Assert.ThrowsAsync<AmnionClientException>(() => AskAsync(relay));
        Assert.Equal((ClientCodes.RequestRefused, EnclaveRequestOpen), (refused.Code, refused.Detail));
        AssertSealed(relay);
    }

    [Theory(Timeout = Limit)]
    [InlineData(400)]
    [InlineData(422)]
    public Task A_relay_that_hides_an_answer_behind_a_refusal_does_not_get_a_second_one(int status) =>
        AnswerRefusedAsync(_ => new RelayAnswer(status, "application/problem+json", "{}"u8.ToArray()), ClientCodes.RequestRefused);

    [Fact(Timeout = Limit)]
    public async Task A_replayed_request_is_refused_by_the_enclave()
    {
        using var relay = new HostileRelay();
        _ = await AskAsync(relay);
        using var http = new HttpClient();
        using var again = new ByteArrayContent(relay.Requests[0]);
        again.Headers.ContentType = MediaTypeHeaderValue.Parse("message/ohttp-chunked-req");
        using var response = await http.PostAsync(new Uri(_stack.Relay, "ohttp"), again, EndToEnd.Cancellation);
        Assert.Equal(409, (int)response.StatusCode);
        Assert.Contains($"\"{EnclaveReplayed}\"", await response.Content.ReadAsStringAsync(EndToEnd.Cancellation), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task An_enclave_restarted_under_a_caller_is_verified_anew_before_it_is_asked()
    {
        using var relay = new HostileRelay();
        using var handler = new SealedHttpHandler(_stack.Client(relay));
        _ = await AskAsync(handler, stream: false);
        var starts = _stack.Host.Supervisor.View.Starts;
        using (var enclave = Process.GetProcessById(((LocalEnclave)_stack.Host.Supervisor.Enclave!).ProcessId))
        {
            enclave.Kill();
        }

        await Eventually.TrueAsync("the enclave serves again", TimeSpan.FromSeconds(40), () => _stack.Host.Supervisor.View is { State: EnclaveState.Ready } view && view.Starts > starts);
        Assert.NotEmpty(Chat.Text(await AskAsync(handler, stream: false)));
        Assert.Equal(2, relay.Evidence.Count);
        var refused = Encoding.UTF8.GetString(relay.Answers[1].Body);
        Assert.True(refused.Contains(EnclaveKeyUnknown, StringComparison.Ordinal) || refused.Contains(EnclaveRequestOpen, StringComparison.Ordinal), refused);
        AssertSealed(relay);
    }

    static RelayAnswer Plain { get; } = new(200, "application/json", """{"choices":[{"message":{"role":"assistant","content":"Hello."}}]}"""u8.ToArray());

    static RelayAnswer Redirect { get; } = new(302, null, []) { Location = new Uri("http://127.0.0.1:9/ohttp") };

    static RelayAnswer Change(RelayAnswer answer, Func<Keyset, Keyset> change)
    {
        var bundle = EvidenceBundle.Parse(answer.Body);
        return answer with { Body = (bundle with { Keyset = change(bundle.Keyset) }).ToJson() };
    }

    async Task EvidenceRefusedAsync(HostileRelay relay, string check)
    {
        var refused = await Assert.ThrowsAsync<AmnionClientException>(() => AskAsync(relay));
        Assert.Equal(ClientCodes.EvidenceRefused, refused.Code);
        Assert.Contains(check, refused.Result!.Failures.Select(failure => failure.Code));
        Assert.Empty(relay.Requests);
        AssertSealed(relay);
    }

    async Task AnswerRefusedAsync(Func<RelayAnswer, RelayAnswer> change, string code, bool stream = false)
    {
        using var relay = new HostileRelay { OnAnswer = change };
        var refused = await Assert.ThrowsAsync<AmnionClientException>(() => AskAsync(relay, stream));
        Assert.Equal(code, refused.Code);
        Assert.Single(relay.Requests);
        AssertSealed(relay);
    }

    void AssertSealed(HostileRelay relay)
    {
        Assert.False(relay.Saw(_canary), "the prompt passed the relay in the clear");
        Assert.False(relay.Saw(_stack.ApiKey), "the API key passed the relay in the clear");
    }

    async Task<string> AskAsync(HostileRelay relay, bool stream = false)
    {
        using var handler = new SealedHttpHandler(_stack.Client(relay));
        return await AskAsync(handler, stream);
    }

    async Task<string> AskAsync(SealedHttpHandler handler, bool stream)
    {
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        // A stream has to be long enough for several chunks; the canary then goes along without changing the answer.
        var body = stream ? Chat.Body(Chat.Endless, stream: true, Chat.ManyTokens, stop: _canary) : Chat.Body($"{Chat.Question} {_canary}", tokens: 16);
        using var request = Chat.Request(SealedOpenAITransport.Endpoint, body, _stack.ApiKey);
        using var response = await invoker.SendAsync(request, EndToEnd.Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(EndToEnd.Cancellation));
        return await reader.ReadToEndAsync(EndToEnd.Cancellation);
    }
}
