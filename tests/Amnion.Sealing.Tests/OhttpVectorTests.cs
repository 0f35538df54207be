namespace Amnion.Sealing.Tests;

/// <summary>The complete examples of RFC 9458 (appendix A) and of draft-ietf-ohai-chunked-ohttp (appendix A), both ways.</summary>
public sealed class OhttpVectorTests
{
    static void RequireX25519()
    {
        if (!Hpke.IsSupported(HpkeKem.X25519))
        {
            Assert.Skip("X25519 is not available on this platform.");
        }
    }

    [Fact]
    public void Rfc_9458_example_is_reproduced()
    {
        RequireX25519();
        var blocks = Vectors.Single("ohttp-rfc9458", "example-hexblocks.json").GetProperty("order_of_appearance_in_appendix_A")
            .EnumerateArray().Select(block => Convert.FromHexString(block.GetString()!)).ToArray();
        var (secretKey, keyConfig, request, ephemeralSecret, sealedRequest, response, sealedResponse) =
            (blocks[0], blocks[1], blocks[2], blocks[3], blocks[6], blocks[7], blocks[13]);

        var config = OhttpKeyConfig.Parse(keyConfig);
        using var gateway = HpkePrivateKey.Import(HpkeKem.X25519, secretKey);
        Assert.Equal(config.PublicKey, gateway.PublicKey);
        Assert.Equal(keyConfig, config.Encode());

        using var ephemeral = HpkePrivateKey.Import(HpkeKem.X25519, ephemeralSecret);
        Assert.Equal(sealedRequest, OhttpMessage.SealRequest(config, HpkeKdf.HkdfSha256, HpkeAead.Aes128Gcm, request, ephemeral, out var clientKey));
        Assert.Equal(request, OhttpMessage.OpenRequest(sealedRequest, gateway, out var gatewayKey));
        using (clientKey)
        using (gatewayKey)
        {
            Assert.Equal(sealedResponse, gatewayKey.Seal(sealedResponse.AsSpan(0, 16), response));
            Assert.Equal(response, clientKey.Open(sealedResponse));
            Assert.Equal(response, clientKey.Open(gatewayKey.Seal(response)));
            foreach (var bit in Enumerable.Range(0, sealedResponse.Length * 8))
            {
                Assert.Throws<SealedMessageException>(() => clientKey.Open(Flip(sealedResponse, bit)));
            }

            foreach (var length in Enumerable.Range(0, sealedResponse.Length))
            {
                Assert.Throws<SealedMessageException>(() => clientKey.Open(sealedResponse.AsSpan(0, length)));
            }
        }

        foreach (var bit in Enumerable.Range(0, sealedRequest.Length * 8))
        {
            // The key id is bound, too: the gateway that looks the key up by it would not find this one.
            Assert.Throws<SealedMessageException>(() => OhttpMessage.OpenRequest(Flip(sealedRequest, bit), gateway, out _));
        }

        foreach (var length in Enumerable.Range(0, sealedRequest.Length))
        {
            Assert.Throws<SealedMessageException>(() => OhttpMessage.OpenRequest(sealedRequest.AsSpan(0, length), gateway, out _));
        }

        Assert.Equal("https://example.com/", Describe(BinaryHttpRequest.Parse(request)));
        Assert.Equal(200, BinaryHttpResponse.Parse(response).Status);
    }

    [Fact]
    public void Chunked_draft_example_is_reproduced()
    {
        RequireX25519();
        var example = Vectors.Single("ohttp-chunked", "example.json");
        var config = OhttpKeyConfig.Parse(example.Hex("key_config"));
        using var gateway = HpkePrivateKey.Import(HpkeKem.X25519, example.Hex("gateway_sk"));
        Assert.Equal(config.PublicKey, gateway.PublicKey);

        // Request split 12, 13, 0; response split 1, 2, 0: read off the lengths in the example.
        var request = example.Hex("bhttp_request");
        using var ephemeral = HpkePrivateKey.Import(HpkeKem.X25519, example.Hex("client_eph_sk"));
        using var client = ChunkedRequestSealer.Create(config, HpkeKdf.HkdfSha256, HpkeAead.Aes128Gcm, ephemeral);
        byte[] sealedRequest =
        [
            .. client.Header,
            .. client.SealChunk(request.AsSpan(0, 12), final: false),
            .. client.SealChunk(request.AsSpan(12), final: false),
            .. client.SealChunk([], final: true),
        ];
        Assert.Equal(example.Hex("encapsulated_request"), sealedRequest);

        Assert.True(OhttpRequestHeader.TryParse(sealedRequest, out var header, out var consumed));
        Assert.Equal(example.Hex("client_eph_pk"), header.Enc.ToArray());
        using var server = ChunkedRequestOpener.Open(header, config, gateway);
        server.Push(sealedRequest.AsSpan(consumed));
        server.Complete();
        Assert.Equal(request, Drain(server.TryReadChunk));
        Assert.True(server.IsComplete);

        var expected = example.Hex("encapsulated_response");
        var response = example.Hex("bhttp_response");
        using var responseSealer = server.CreateResponseSealer(expected.AsSpan(0, 16).ToArray());
        byte[] sealedResponse =
        [
            .. responseSealer.Nonce,
            .. responseSealer.SealChunk(response.AsSpan(0, 1), final: false),
            .. responseSealer.SealChunk(response.AsSpan(1), final: false),
            .. responseSealer.SealChunk([], final: true),
        ];
        Assert.Equal(expected, sealedResponse);

        using var opener = client.CreateResponseOpener();
        opener.Push(sealedResponse);
        opener.Complete();
        Assert.Equal(response, Drain(opener.TryReadChunk));
    }

    delegate bool TryReadChunk(out byte[] plaintext, out bool final);

    static byte[] Drain(TryReadChunk read)
    {
        var all = new List<byte>();
        var sawFinal = false;
        while (read(out var plaintext, out var final))
        {
            Assert.False(sawFinal);
            all.AddRange(plaintext);
            sawFinal = final;
        }

        Assert.True(sawFinal);
        return [.. all];
    }

    static byte[] Flip(byte[] bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    static string Describe(BinaryHttpRequest request) => $"{request.Scheme}://{request.Authority}{request.Path}";
}
