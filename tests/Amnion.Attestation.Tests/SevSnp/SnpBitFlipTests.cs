using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

/// <summary>
/// No single bit of an accepted report can be changed, signed or not: what stands behind the signed bytes is the signature and zeros. What
/// remains free is a number, the signature's s, which may be replaced by n - s; claims stay the same then. AMNION_EXHAUSTIVE=1 flips every bit.
/// </summary>
public sealed class SnpBitFlipTests
{
    [Fact]
    public void No_report_with_one_bit_flipped_is_accepted()
    {
        var platform = SnpTestPlatform.Turin;
        var report = platform.Report(5);
        var context = platform.Context with { Cache = new AppraisalCache() };
        Assert.True(SnpAppraiser.Appraise(report, platform.Policy, context).Accepted);
        var accepted = Bits(report.Length).Where(bit =>
        {
            byte[] flipped = [.. report];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            return SnpAppraiser.Appraise(flipped, platform.Policy, context).Accepted;
        }).ToList();
        Assert.Empty(accepted);
    }

    /// <summary>One bit of each byte, another one each time.</summary>
    static IEnumerable<int> Bits(int length) =>
        Environment.GetEnvironmentVariable("AMNION_EXHAUSTIVE") == "1" ? Enumerable.Range(0, length * 8) : Enumerable.Range(0, length).Select(at => (at * 8) + (at * 5 % 8));
}
