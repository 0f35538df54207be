using Amnion.Enclave.Weights;
using Amnion.Inference;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

public sealed class SegmentPipelineTests
{
    const int Length = 3 * SealedStreamFormat.SegmentLength;

    [Fact]
    public async Task Weights_that_find_no_memory_are_not_called_altered()
    {
        using var key = SecretBytes.Random(SealedStreamFormat.KeyLength);
        using var memory = WeightsMemory.Create(Length);
        // The kernel refuses to write into it, as it does where no page is left.
        memory.Seal();

        Assert.Equal(EnclaveCodes.WeightsMemory, await RefusedAsync(key, memory, Seal(key)));
    }

    [Fact]
    public async Task Weights_of_another_key_are_called_altered()
    {
        using var key = SecretBytes.Random(SealedStreamFormat.KeyLength);
        using var other = SecretBytes.Random(SealedStreamFormat.KeyLength);
        using var memory = WeightsMemory.Create(Length);

        Assert.Equal(EnclaveCodes.WeightsSegment, await RefusedAsync(key, memory, Seal(other)));
        Assert.Equal(0, memory.Written);
    }

    static async Task<string> RefusedAsync(SecretBytes key, WeightsMemory memory, byte[] ciphertext)
    {
        using var pipeline = new SegmentPipeline(key, [], new MemoryWeights(memory), Length);
        return (await Assert.ThrowsAsync<EnclaveRefusedException>(async () =>
        {
            await pipeline.PushAsync(ciphertext, TestContext.Current.CancellationToken);
            pipeline.Complete();
        })).Code;
    }

    static byte[] Seal(SecretBytes key)
    {
        using var sealer = SealedStreamSealer.Create(key, []);
        using var output = new MemoryStream();
        output.Write(sealer.Header);
        var segments = SealedStreamFormat.SegmentCount(Length);
        var segment = new byte[SealedStreamFormat.SegmentLength];
        for (uint i = 0; i < segments; i++)
        {
            var plain = new byte[SealedStreamFormat.SegmentPlaintextLength(i, Length)];
            output.Write(segment.AsSpan(0, sealer.SealSegment(i, i == segments - 1, plain, segment)));
        }

        return output.ToArray();
    }
}
