using System.Security.Cryptography;
using Amnion.Testing;

namespace Amnion.Sealing.Tests;

public sealed class ChunkedOhttpTests : IDisposable
{
    readonly HpkePrivateKey _key = HpkePrivateKey.Generate(HpkeKem.P256);
    readonly OhttpKeyConfig _config;

    public ChunkedOhttpTests() => _config = new OhttpKeyConfig(3, _key.PublicKey, [new(HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm)]);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_request_and_its_response_go_through_byte_by_byte()
    {
        using var client = ChunkedRequestSealer.Create(_config);
        byte[] wire = [.. client.Header, .. client.SealChunk("one"u8, false), .. client.SealChunk("two"u8, false), .. client.SealChunk("three"u8, true)];
        Assert.False(OhttpRequestHeader.TryParse(wire.AsSpan(0, 71), out _, out _));
        Assert.True(OhttpRequestHeader.TryParse(wire, out var header, out var consumed));
        Assert.Equal((3, HpkeSuite.P256Sha256Aes256Gcm, 72), (header.KeyId, header.Suite, consumed));

        using var server = ChunkedRequestOpener.Open(header, _config, _key);
        var chunks = new List<(string, bool)>();
        foreach (var octet in wire.AsSpan(consumed))
        {
            server.Push([octet]);
            while (server.TryReadChunk(out var plaintext, out var final))
            {
                chunks.Add((System.Text.Encoding.UTF8.GetString(plaintext), final));
            }
        }

        Assert.Equal([("one", false), ("two", false)], chunks);
        Assert.False(server.IsComplete);
        server.Complete();
        Assert.True(server.IsComplete);
        Assert.True(server.TryReadChunk(out var last, out var isFinal));
        Assert.Equal(("three", true), (System.Text.Encoding.UTF8.GetString(last), isFinal));
        Assert.False(server.TryReadChunk(out _, out _));

        using var response = server.CreateResponseSealer();
        Assert.Equal(32, response.Nonce.Length);
        using var opener = client.CreateResponseOpener();
        opener.Push([.. response.Nonce, .. response.SealChunk("token"u8, false)]);
        Assert.True(opener.TryReadChunk(out var token, out isFinal));
        Assert.Equal("token"u8, token);
        Assert.False(isFinal);
        opener.Push(response.SealChunk([], true));
        Assert.False(opener.TryReadChunk(out _, out _));
        opener.Complete();
        Assert.True(opener.TryReadChunk(out var end, out isFinal));
        Assert.Empty(end);
        Assert.True(isFinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(OhttpLimits.ChunkPlaintext)]
    [InlineData(OhttpLimits.ChunkPlaintext + 1)]
    [InlineData(5 * OhttpLimits.ChunkPlaintext)]
    [InlineData(100_000)]
    public void A_whole_message_is_split_and_joined(int length)
    {
        var message = RandomNumberGenerator.GetBytes(length);
        using var client = ChunkedRequestSealer.Create(_config, HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm);
        byte[] wire = [.. client.Header, .. client.SealMessage(message)];
        Assert.Equal(message, OpenRequest(wire));
    }

    [Fact]
    public void Every_flipped_bit_of_a_request_is_refused()
    {
        var wire = SealedRequest("abc", "defg", "hij");
        for (var bit = 0; bit < wire.Length * 8; bit++)
        {
            wire[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(() => OpenRequest(wire), bit);
            AssertRefused(() => OpenRequest(wire, withConfig: false), bit);
            wire[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal("abcdefghij"u8, OpenRequest(wire));
    }

    [Fact]
    public void Every_flipped_bit_of_a_response_is_refused()
    {
        using var exchange = new Exchange(this);
        var wire = exchange.SealedResponse("abc", "defg", "hij");
        for (var bit = 0; bit < wire.Length * 8; bit++)
        {
            wire[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(() => exchange.OpenResponse(wire), bit);
            wire[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal("abcdefghij"u8, exchange.OpenResponse(wire));
    }

    [Fact]
    public void Truncation_at_every_byte_and_extension_are_refused()
    {
        var request = SealedRequest("abc", "defg", "hij");
        using var exchange = new Exchange(this);
        var response = exchange.SealedResponse("abc", "defg", "hij");
        for (var length = 0; length < request.Length; length++)
        {
            AssertRefused(() => OpenRequest(request.AsSpan(0, length).ToArray()), length);
        }

        for (var length = 0; length < response.Length; length++)
        {
            AssertRefused(() => exchange.OpenResponse(response.AsSpan(0, length).ToArray()), length);
        }

        AssertRefused(() => OpenRequest([.. request, 0]), 0);
        AssertRefused(() => exchange.OpenResponse([.. response, 0]), 0);
    }

    [Fact]
    public void Chunks_reordered_repeated_dropped_or_promoted_to_final_are_refused()
    {
        using var exchange = new Exchange(this);
        var (nonce, one, two, end) = exchange.ResponseParts("same", "size", "");
        Assert.Equal("samesize"u8, exchange.OpenResponse([.. nonce, .. one, .. two, .. end]));
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. two, .. one, .. end]), 0);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. one, .. one, .. two, .. end]), 1);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. one, .. end]), 2);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. end]), 3);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. one, 0, .. two.AsSpan(1)]), 4);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. one, .. two, 16, .. end.AsSpan(1)]), 5);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. one, .. two, .. end, .. end]), 6);
    }

    [Fact]
    public void Chunks_of_another_response_or_direction_are_refused()
    {
        using var first = new Exchange(this);
        using var second = new Exchange(this);
        var (nonce, one, two, end) = first.ResponseParts("same", "size", "");
        var (otherNonce, otherOne, otherTwo, otherEnd) = second.ResponseParts("same", "size", "");
        AssertRefused(() => first.OpenResponse([.. otherNonce, .. otherOne, .. otherTwo, .. otherEnd]), 0);
        AssertRefused(() => first.OpenResponse([.. nonce, .. one, .. otherTwo, .. end]), 1);
        AssertRefused(() => first.OpenResponse([.. nonce, .. one, .. two, .. otherEnd]), 2);
        AssertRefused(() => first.OpenResponse([.. otherNonce, .. one, .. two, .. end]), 3);

        // A second response to the same request has a nonce of its own: its chunks fit no other either.
        var (thirdNonce, thirdOne, _, _) = first.ResponseParts("same", "size", "");
        Assert.NotEqual(nonce, thirdNonce);
        AssertRefused(() => first.OpenResponse([.. nonce, .. thirdOne, .. two, .. end]), 4);

        var request = SealedRequest("same", "size", "");
        var other = SealedRequest("same", "size", "");
        AssertRefused(() => OpenRequest([.. request.AsSpan(0, 72), .. other.AsSpan(72)]), 5);
        AssertRefused(() => first.OpenResponse([.. nonce, .. request.AsSpan(72)]), 6);
    }

    [Fact]
    public void A_failure_is_final_and_says_one_thing_only()
    {
        var wire = SealedRequest("abc", "def", "");
        Assert.True(OhttpRequestHeader.TryParse(wire, out var header, out var consumed));
        wire[consumed + 1] ^= 1;
        using var server = ChunkedRequestOpener.Open(header, _key);
        server.Push(wire.AsSpan(consumed));
        var failures = new[]
        {
            Assert.Throws<SealedMessageException>(() => server.TryReadChunk(out _, out _)),
            Assert.Throws<SealedMessageException>(() => server.TryReadChunk(out _, out _)),
            Assert.Throws<SealedMessageException>(() => server.Push([1])),
            Assert.Throws<SealedMessageException>(server.Complete),
            Assert.Throws<SealedMessageException>(() => server.CreateResponseSealer()),
        };
        Assert.All(failures, failure => Assert.Equal(("The sealed data could not be opened.", "AMN-SEAL-0001"), (failure.Message, failure.Code)));
        Assert.False(server.IsComplete);
    }

    [Fact]
    public void Lengths_have_one_encoding_and_limits()
    {
        using var exchange = new Exchange(this);
        var (nonce, one, two, end) = exchange.ResponseParts("same", "size", "");
        Assert.Equal(20, one[0]);
        AssertRefused(() => exchange.OpenResponse([.. nonce, 0x40, .. one, .. two, .. end]), 0);
        AssertRefused(() => exchange.OpenResponse([.. nonce, .. one, .. two, 0x40, .. end]), 1);
        foreach (var length in new ulong[] { 1, 15, 16, OhttpLimits.MaxSealedChunk + 1, 1UL << 30, (1UL << 62) - 1 })
        {
            var prefix = new byte[8];
            var written = VarInt.Write(prefix, length);
            using var opener = exchange.Client.CreateResponseOpener();
            opener.Push([.. nonce, .. prefix.AsSpan(0, written)]);
            Assert.Throws<SealedMessageException>(() => opener.TryReadChunk(out _, out _));
        }
    }

    [Fact]
    public void The_longest_chunk_goes_through_and_a_longer_one_is_not_made()
    {
        using var exchange = new Exchange(this);
        var longest = RandomNumberGenerator.GetBytes(OhttpLimits.MaxChunkPlaintext);
        using var sealer = exchange.Server.CreateResponseSealer();
        Assert.Throws<ArgumentOutOfRangeException>(() => sealer.SealChunk(new byte[OhttpLimits.MaxChunkPlaintext + 1], false));
        byte[] wire = [.. sealer.Nonce, .. sealer.SealChunk(longest, false), .. sealer.SealChunk(longest, true)];
        Assert.Equal([.. longest, .. longest], exchange.OpenResponse(wire));
    }

    [Fact]
    public void A_final_chunk_that_never_ends_and_bytes_never_read_are_refused_at_the_limit()
    {
        using var exchange = new Exchange(this);
        using var endless = exchange.Client.CreateResponseOpener();
        endless.Push([.. new byte[32], 0]);
        Assert.False(endless.TryReadChunk(out _, out _));
        endless.Push(new byte[OhttpLimits.MaxSealedChunk]);
        Assert.Throws<SealedMessageException>(() => endless.Push([1]));

        using var unread = exchange.Client.CreateResponseOpener();
        unread.Push(new byte[OhttpLimits.MaxBuffered]);
        Assert.Throws<SealedMessageException>(() => unread.Push([1]));
    }

    [Fact]
    public void Nothing_follows_the_final_chunk_and_only_it_may_be_empty()
    {
        using var client = ChunkedRequestSealer.Create(_config);
        Assert.Throws<ArgumentException>(() => client.SealChunk([], final: false));
        client.SealChunk([], final: true);
        Assert.Throws<InvalidOperationException>(() => client.SealChunk("more"u8, final: false));
        Assert.Throws<InvalidOperationException>(() => client.SealMessage("more"u8));
    }

    [Fact]
    public void A_request_for_another_key_or_with_algorithms_not_offered_is_refused()
    {
        using var other = HpkePrivateKey.Generate(HpkeKem.P256);
        using var p384 = HpkePrivateKey.Generate(HpkeKem.P384);
        var wire = SealedRequest("abc", "d", "");
        Assert.True(OhttpRequestHeader.TryParse(wire, out var header, out var consumed));
        Assert.Throws<SealedMessageException>(() => ChunkedRequestOpener.Open(header, p384));
        using var wrong = ChunkedRequestOpener.Open(header, other);
        wrong.Push(wire.AsSpan(consumed));
        Assert.Throws<SealedMessageException>(() => wrong.TryReadChunk(out _, out _));

        var narrow = new OhttpKeyConfig(3, _key.PublicKey, [new(HpkeKdf.HkdfSha256, HpkeAead.ChaCha20Poly1305)]);
        Assert.Throws<SealedMessageException>(() => ChunkedRequestOpener.Open(header, narrow, _key));
        var renamed = new OhttpKeyConfig(4, _key.PublicKey, _config.SymmetricSuites);
        Assert.Throws<SealedMessageException>(() => ChunkedRequestOpener.Open(header, renamed, _key));
    }

    [Fact]
    public void Sealing_a_chunk_allocates_the_returned_array_only()
    {
        using var exchange = new Exchange(this);
        using var sealer = exchange.Server.CreateResponseSealer();
        var token = new byte[256];
        sealer.SealChunk(token, final: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            sealer.SealChunk(token, final: false);
        }

        // 2 + 256 + 16 bytes, the array's own header, and rounding to 8.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 274, 274 + 32);
    }

    [Fact]
    public void Mutated_streams_are_refused_or_unchanged()
    {
        var random = new Random(4711);
        var request = SealedRequest("abc", "defg", "hij");
        using var exchange = new Exchange(this);
        var response = exchange.SealedResponse("abc", "defg", "hij");
        for (var i = 0; i < Vectors.FuzzIterations(400); i++)
        {
            var mutated = Mutation.Of(response, random);
            if (!mutated.AsSpan().SequenceEqual(response))
            {
                ParserBudget.Run(Mutation.BudgetBytes, () => AssertRefused(() => exchange.OpenResponse(mutated), i));
            }

            mutated = Mutation.Of(request, random);
            if (!mutated.AsSpan().SequenceEqual(request))
            {
                ParserBudget.Run(Mutation.BudgetBytes, () => AssertRefused(() => OpenRequest(mutated), i));
            }
        }
    }

    static void AssertRefused(Func<byte[]> open, int at)
    {
        try
        {
            open();
        }
        catch (SealedMessageException)
        {
            return;
        }

        Assert.Fail($"Opened although altered at {at}.");
    }

    byte[] SealedRequest(string one, string two, string last)
    {
        using var client = ChunkedRequestSealer.Create(_config);
        return [.. client.Header, .. client.SealChunk(Utf8(one), false), .. client.SealChunk(Utf8(two), false), .. client.SealChunk(Utf8(last), true)];
    }

    byte[] OpenRequest(byte[] wire, bool withConfig = true)
    {
        if (!OhttpRequestHeader.TryParse(wire, out var header, out var consumed))
        {
            throw new SealedMessageException();
        }

        using var server = withConfig ? ChunkedRequestOpener.Open(header, _config, _key) : ChunkedRequestOpener.Open(header, _key);
        var all = new List<byte>();
        server.Push(wire.AsSpan(consumed));
        while (server.TryReadChunk(out var plaintext, out _))
        {
            all.AddRange(plaintext);
        }

        server.Complete();
        Assert.True(server.TryReadChunk(out var last, out var final));
        Assert.True(final);
        return [.. all, .. last];
    }

    static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>One exchange whose request went through.</summary>
    sealed class Exchange : IDisposable
    {
        public Exchange(ChunkedOhttpTests test)
        {
            Client = ChunkedRequestSealer.Create(test._config);
            Assert.True(OhttpRequestHeader.TryParse(Client.Header, out var header, out _));
            Server = ChunkedRequestOpener.Open(header, test._key);
        }

        public ChunkedRequestSealer Client { get; }

        public ChunkedRequestOpener Server { get; }

        public (byte[] Nonce, byte[] One, byte[] Two, byte[] End) ResponseParts(string one, string two, string last)
        {
            using var sealer = Server.CreateResponseSealer();
            return (sealer.Nonce, sealer.SealChunk(Utf8(one), false), sealer.SealChunk(Utf8(two), false), sealer.SealChunk(Utf8(last), true));
        }

        public byte[] SealedResponse(string one, string two, string last)
        {
            var (nonce, first, second, end) = ResponseParts(one, two, last);
            return [.. nonce, .. first, .. second, .. end];
        }

        public byte[] OpenResponse(byte[] wire)
        {
            using var opener = Client.CreateResponseOpener();
            var all = new List<byte>();
            opener.Push(wire);
            opener.Complete();
            while (opener.TryReadChunk(out var plaintext, out _))
            {
                all.AddRange(plaintext);
            }

            return [.. all];
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
