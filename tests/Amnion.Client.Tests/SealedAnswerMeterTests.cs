using System.Security.Cryptography;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Client.Tests;

/// <summary>The meter must stop exactly where the final chunk starts, however the stream is cut.</summary>
public sealed class SealedAnswerMeterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void Hashes_what_stands_before_the_final_chunk(int piece)
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        var config = new OhttpKeyConfig(1, key.PublicKey, [new OhttpSymmetricSuite(HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm)]);
        using var request = ChunkedRequestSealer.Create(config);
        byte[] wire = [.. request.Header, .. request.SealMessage("question"u8)];
        Assert.True(OhttpRequestHeader.TryParse(wire, out var header, out var consumed));
        using var opener = ChunkedRequestOpener.Open(header, key);
        opener.Push(wire.AsSpan(consumed));
        opener.Complete();
        while (opener.TryReadChunk(out _, out var last) && !last)
        {
        }

        using var sealer = opener.CreateResponseSealer();
        byte[] before = [.. sealer.Nonce, .. sealer.SealChunk(new byte[10], false), .. sealer.SealChunk(new byte[300], false), .. sealer.SealChunk(new byte[16000], false)];
        byte[] all = [.. before, .. sealer.SealChunk(new byte[50], true)];
        using var meter = new SealedAnswerMeter(sealer.Nonce.Length);
        foreach (var part in all.Chunk(piece))
        {
            meter.Push(part);
        }

        Assert.True(meter.FinalSeen);
        Assert.Equal(before.Length, meter.Length);
        Assert.Equal(Digest.FromBytes(SHA256.HashData(before)), meter.ComputeDigest());
    }
}
