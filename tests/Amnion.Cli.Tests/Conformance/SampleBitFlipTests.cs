using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>
/// One accepted sample of each kind of Evidence: no altered bit of it or of what came with it is accepted. Here a sample of the bits, the start and
/// end of every file among them; eng/nightly.sh bits-evidence goes through all bits of all samples.
/// </summary>
public sealed class SampleBitFlipTests
{
    const int Sampled = 120;
    const int Ends = 24;

    public static TheoryData<string> Tees => ["nitro", "snp", "tdx", "sgx", "tpm", "azure", "nvidia", "eventlog", "conformance"];

    [Theory]
    [MemberData(nameof(Tees))]
    public void No_altered_bit_of_a_sample_is_accepted(string tee)
    {
        var folder = SharedData.Folder("vectors/attestation");
        var item = BitFlips.Cases(folder, item => item.Tee == tee).OrderBy(item => item.Entries.Sum(entry => item.FileAt(entry.Path).Length)).First();
        foreach (var path in BitFlips.Files(item))
        {
            var result = BitFlips.Run(item, path, Bits(item.FileAt(path).Length * 8));
            Assert.True(result.Accepted.IsEmpty, $"{item.Id}, {path}: {string.Join("; ", result.Accepted)}");
            Assert.True(result.Bits > 0, path);
        }
    }

    static IEnumerable<long> Bits(int count)
    {
        var random = new Random(count);
        return Enumerable.Range(0, Math.Min(Ends, count)).Concat(Enumerable.Range(Math.Max(0, count - Ends), Math.Min(Ends, count))).Concat(Enumerable.Range(0, Sampled).Select(_ => random.Next(count))).Distinct().Select(bit => (long)bit);
    }
}
