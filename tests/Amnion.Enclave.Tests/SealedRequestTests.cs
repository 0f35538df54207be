using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

public sealed class SealedRequestTests
{
    static readonly BinaryHttpRequest Models = SealedCaller.Get("/v1/models");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Serves_every_offered_suite(int keyIndex)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var reply = await (await SealedCaller.CreateAsync(enclave)).SendAsync(Models, keyIndex);
        Assert.Equal(200, reply.Status);
        Assert.Equal("clinic", reply.Json.GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Refuses_a_replayed_request()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(Models.Encode());
        opener.Dispose();
        _ = await caller.RelayAsync(request);
        Assert.Equal(EnclaveCodes.Replayed, await TestEnclave.CodeOfAsync(() => caller.RelayAsync(request)));

        // Neither another rest nor a broken one makes the same encapsulated key usable again.
        request[^1] ^= 1;
        Assert.Equal(EnclaveCodes.Replayed, await TestEnclave.CodeOfAsync(() => caller.RelayAsync(request)));
    }

    [Fact]
    public async Task Remembers_a_request_before_it_opens()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(Models.Encode());
        opener.Dispose();
        var altered = request.ToArray();
        altered[^1] ^= 1;
        Assert.Equal(EnclaveCodes.RequestOpen, await TestEnclave.CodeOfAsync(() => caller.RelayAsync(altered)));
        Assert.Equal(EnclaveCodes.Replayed, await TestEnclave.CodeOfAsync(() => caller.RelayAsync(request)));
    }

    [Fact]
    public async Task Refuses_an_unknown_key_id()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(Models.Encode(), keyId: 200);
        opener.Dispose();
        Assert.Equal(EnclaveCodes.KeyUnknown, await TestEnclave.CodeOfAsync(() => caller.RelayAsync(request)));
    }

    [Theory]
    [InlineData(HpkeAead.Aes128Gcm)]
    [InlineData(HpkeAead.ChaCha20Poly1305)]
    public async Task Refuses_suites_that_were_not_offered_with_the_key(HpkeAead aead)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var key = caller.Bundle.Keyset.Sealing[0];
        var config = new OhttpKeyConfig(key.Id, HpkePublicKey.Import(HpkeKem.P256, key.PublicKey.AsSpan()), [new OhttpSymmetricSuite(HpkeKdf.HkdfSha256, aead)]);
        using var sealer = ChunkedRequestSealer.Create(config);
        Assert.Equal(EnclaveCodes.SuiteNotOffered, await TestEnclave.CodeOfAsync(() => caller.RelayAsync([.. sealer.Header, .. sealer.SealMessage(Models.Encode())])));
    }

    /// <summary>A sealed request has no unauthenticated bits. AMNION_EXHAUSTIVE=1 flips each of a byte's bits instead of one.</summary>
    [Fact]
    public async Task Refuses_every_flipped_byte_of_a_request()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        string[] expected = [EnclaveCodes.RequestOpen, EnclaveCodes.RequestMalformed, EnclaveCodes.KeyUnknown, EnclaveCodes.SuiteNotOffered];
        var length = caller.Seal(Models.Encode()).Request.Length;
        byte[] masks = Environment.GetEnvironmentVariable("AMNION_EXHAUSTIVE") == "1" ? [1, 2, 4, 8, 16, 32, 64, 128] : [64];
        foreach (var (at, mask) in Enumerable.Range(0, length).SelectMany(at => masks.Select(mask => (at, mask))))
        {
            var (request, opener) = caller.Seal(Models.Encode());
            opener.Dispose();
            request[at] ^= mask;
            Assert.Contains(await TestEnclave.CodeOfAsync(() => caller.RelayAsync(request)), expected);
        }
    }

    [Fact]
    public async Task Refuses_a_truncated_request()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        foreach (var keep in new[] { 0.02, 0.3, 0.7, 0.999 })
        {
            var (request, opener) = caller.Seal(Models.Encode());
            opener.Dispose();
            Assert.Contains(await TestEnclave.CodeOfAsync(() => caller.RelayAsync(request[..(int)(request.Length * keep)])), new[] { EnclaveCodes.RequestMalformed, EnclaveCodes.RequestOpen });
        }
    }

    [Fact]
    public async Task Refuses_a_request_over_the_limit()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        await using var frames = await enclave.ConnectAsync();
        try
        {
            for (var sent = 0; sent <= FrameLimits.SealedRequest; sent += FrameLimits.SealedData)
            {
                await frames.WriteAsync(FrameType.RequestData, new byte[FrameLimits.SealedData], TestEnclave.Cancellation);
            }
        }
        catch (IOException)
        {
            // Refused while it was sent.
        }

        Assert.Equal(EnclaveCodes.RequestTooLong, await TestEnclave.CodeOfAsync(async () => await frames.ExpectAsync(FrameType.ResponseData, TestEnclave.Cancellation)));
    }

    [Fact]
    public async Task Answers_a_malformed_http_message_inside_the_seal()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal([9, 9, 9]);
        var reply = SealedReply.Open(request, await caller.RelayAsync(request), opener);
        Assert.Equal((400, "malformed_request"), (reply.Status, reply.ErrorCode));
        Assert.True(reply.Receipt.Verify(caller.Bundle.Keyset.ReceiptKey.AsSpan()));
    }

    [Fact]
    public async Task A_receipt_says_what_was_sealed_both_ways_under_the_keysets_receipt_key()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var reply = await caller.PostAsync("/v1/chat/completions", """{"model":"clinic","stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        var signed = reply.Receipt;
        var keyset = caller.Bundle.Keyset;
        var receipt = signed.Receipt;
        Assert.True(signed.Verify(keyset.ReceiptKey.AsSpan()));
        Assert.Equal(Receipt.IdOf(reply.Request.AsSpan(7, 65)), receipt.Id);
        Assert.Equal(receipt.Id, reply.Headers.Single(field => field.Name == "x-request-id").Value);
        Assert.Equal(new ReceiptEvent(Receipt.RequestReceived, Digest.Sha256(reply.Request), reply.Request.Length), receipt.Events[0]);

        // The chunk with the receipt is the last piece; everything before it is hashed.
        byte[] before = [.. reply.Pieces[..^1].SelectMany(piece => piece)];
        Assert.Equal(new ReceiptEvent(Receipt.ResponseReturned, Digest.Sha256(before), before.Length), receipt.Events[1]);
        Assert.Equal(0, reply.Pieces[^1][0]);
        Assert.Equal((keyset.ComputeDigest(), keyset.LogHead, TestEnclave.Model.Manifest.Digest), (receipt.Keyset, receipt.LogHead, receipt.Model));
        Assert.Equal((5L, 7, 5, "evidence", true), (receipt.ConfigurationVersion, receipt.PromptTokens, receipt.CompletionTokens, receipt.TimeSource, receipt.Emulated));
        Assert.InRange(receipt.Time, keyset.NotBefore, keyset.NotAfter);
    }

    [Fact]
    public async Task An_altered_receipt_does_not_verify()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var signed = (await caller.SendAsync(Models)).Receipt;
        var key = caller.Bundle.Keyset.ReceiptKey;
        Assert.False((signed with { Receipt = signed.Receipt with { CompletionTokens = 1 } }).Verify(key.AsSpan()));
        Assert.False((signed with { Signature = signed.Signature.SetItem(3, (byte)(signed.Signature[3] ^ 1)) }).Verify(key.AsSpan()));
    }

    [Fact]
    public async Task A_cut_or_altered_answer_does_not_open()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(SealedCaller.Post("/v1/chat/completions", """{"model":"clinic","stream":true,"messages":[{"role":"user","content":"Hi"}]}""").Encode());
        var pieces = await caller.RelayAsync(request);
        Assert.Throws<SealedMessageException>(() => SealedReply.Open(request, pieces[..^1], opener));

        (request, opener) = caller.Seal(Models.Encode());
        pieces = await caller.RelayAsync(request);
        Assert.Throws<SealedMessageException>(() => SealedReply.Open(request, [.. pieces[..^1], pieces[^1][..^1]], opener));

        (request, opener) = caller.Seal(Models.Encode());
        pieces = await caller.RelayAsync(request);
        pieces[0][50] ^= 1;
        Assert.Throws<SealedMessageException>(() => SealedReply.Open(request, pieces, opener));
    }

    [Fact]
    public async Task Every_chunk_but_the_last_has_a_buckets_length()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.Script = _ => Enumerable.Range(0, 60).Select(i => new string('x', 1 + (i * 7 % 90)));
        var caller = await SealedCaller.CreateAsync(enclave);
        foreach (var stream in new[] { "true", "false" })
        {
            var reply = await caller.PostAsync("/v1/chat/completions", $$"""{"model":"clinic","stream":{{stream}},"messages":[{"role":"user","content":"Hi"}]}""");
            Assert.All(reply.Chunks[..^1], chunk => Assert.Equal(PaddingBuckets.RoundUp(chunk.Length), chunk.Length));
            Assert.Equal(0, reply.Chunks.Sum(chunk => chunk.Length) % PaddingBuckets.Smallest);
        }
    }

    [Fact]
    public async Task Answers_that_fill_many_chunks_arrive_whole()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var words = Enumerable.Range(0, 5000).Select(i => $"word {i} äöü ").ToArray();
        enclave.Engine.Script = _ => words;
        var caller = await SealedCaller.CreateAsync(enclave);
        var reply = await caller.PostAsync("/v1/chat/completions", """{"model":"clinic","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(string.Concat(words), reply.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.True(reply.Chunks.Length > 5);
        Assert.All(reply.Chunks, chunk => Assert.InRange(chunk.Length, 1, OhttpLimits.ChunkPlaintext));
    }

    [Fact]
    public async Task Events_that_are_ready_at_once_share_a_chunk_and_late_ones_do_not_wait()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        using var gate = new SemaphoreSlim(0);
        enclave.Engine.Gate = gate;
        enclave.Engine.Script = _ => ["a", "b", "c", "d"];
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(SealedCaller.Post("/v1/chat/completions", """{"model":"clinic","stream":true,"messages":[{"role":"user","content":"Hi"}]}""").Encode());
        await using var frames = await enclave.ConnectAsync();
        await SealedCaller.SendFramesAsync(frames, request);
        gate.Release();
        opener.Push((await frames.ExpectAsync(FrameType.ResponseData, TestEnclave.Cancellation)).Span);
        Assert.True(opener.TryReadChunk(out var first, out _));
        Assert.Contains("\"content\":\"a\"", Encoding.UTF8.GetString(first), StringComparison.Ordinal);
        gate.Release(3);
        opener.Push((await frames.ExpectAsync(FrameType.ResponseData, TestEnclave.Cancellation)).Span);
        Assert.True(opener.TryReadChunk(out var second, out _));
        Assert.Contains("\"content\":\"b\"", Encoding.UTF8.GetString(second), StringComparison.Ordinal);
        opener.Dispose();
    }

    [Fact]
    public async Task The_engine_is_cancelled_where_the_caller_leaves()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        using var gate = new SemaphoreSlim(0);
        enclave.Engine.Gate = gate;
        var caller = await SealedCaller.CreateAsync(enclave);
        var (request, opener) = caller.Seal(SealedCaller.Post("/v1/chat/completions", """{"model":"clinic","stream":true,"messages":[{"role":"user","content":"Hi"}]}""").Encode());
        opener.Dispose();
        await using (var frames = await enclave.ConnectAsync())
        {
            await SealedCaller.SendFramesAsync(frames, request);
            gate.Release();
            _ = await frames.ExpectAsync(FrameType.ResponseData, TestEnclave.Cancellation);
        }

        await enclave.Engine.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestEnclave.Cancellation);
    }

    [Fact]
    public async Task A_receipt_travels_as_base64url_json()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var reply = await (await SealedCaller.CreateAsync(enclave)).SendAsync(Models);
        var field = Assert.Single(reply.Trailers);
        Assert.Equal("amnion-receipt", field.Name);
        Assert.Equal(reply.Receipt.ToJson(), Base64Url.DecodeFromChars(field.Value));
    }

    [Fact]
    public async Task Random_requests_never_open_and_never_harm()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        for (var i = 0; i < 50; i++)
        {
            var junk = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 300));
            junk[0] = caller.Bundle.Keyset.Sealing[0].Id;
            _ = await TestEnclave.CodeOfAsync(() => caller.RelayAsync(junk));
        }

        Assert.Equal(200, (await caller.SendAsync(Models)).Status);
    }
}
