using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>
/// No single bit of an accepted document can be changed. There are no unauthenticated bits to list: the envelope has one
/// accepted encoding (no tag, empty unprotected header, shortest heads) and everything else is signed. What remains free is not a
/// bit but a number, the ECDSA signature's s, which may be replaced by n - s; claims stay the same then.
/// AMNION_EXHAUSTIVE=1 flips every bit.
/// </summary>
public sealed class NitroBitFlipTests
{
    const int Sampled = 600;

    [Fact]
    public void No_document_with_one_bit_flipped_is_accepted()
    {
        var chain = new TestChain();
        var document = chain.Document();
        var context = TestChain.Context with { Cache = new AppraisalCache() };
        Assert.True(NitroAppraiser.Appraise(document, chain.Policy, context).Accepted);
        var accepted = Bits(document.Length).Where(bit =>
        {
            byte[] flipped = [.. document];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            return NitroAppraiser.Appraise(flipped, chain.Policy, context).Accepted;
        }).ToList();
        Assert.Empty(accepted);
    }

    static IEnumerable<int> Bits(int length)
    {
        var all = Enumerable.Range(0, length * 8);
        if (Environment.GetEnvironmentVariable("AMNION_EXHAUSTIVE") == "1")
        {
            return all;
        }

        // The envelope's own bytes always, the rest by chance with a fixed seed.
        var random = new Random(384);
        return Enumerable.Range(0, 10 * 8).Concat(Enumerable.Range((length - 98) * 8, 24)).Concat(Enumerable.Range(0, Sampled).Select(_ => random.Next(length * 8))).Distinct();
    }
}
