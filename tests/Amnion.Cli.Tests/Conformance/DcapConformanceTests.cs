using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>Every published SGX and TDX case, run as "amnion conformance" runs it.</summary>
public sealed class DcapConformanceTests
{
    const string Folder = "vectors/attestation";

    [Theory]
    [InlineData("sgx", "", 83)]
    [InlineData("tdx", "", 130)]
    [InlineData("intel", "", 1)]
    [InlineData("conformance", "tinfoil_attestation-tdx", 45)]
    public void Every_published_case_agrees(string tee, string kind, int least)
    {
        var folder = SharedData.Folder(Folder);
        var results = ConformanceRunner.Run(folder, item => item.Tee == tee && item.Kind.StartsWith(kind, StringComparison.Ordinal)).ToList();
        Assert.InRange(results.Count, least, int.MaxValue);
        Assert.Empty(results.Where(result => !result.Agrees).Select(result => $"{result.Id}: {string.Join("; ", result.Problems)} [{string.Join(' ', result.Codes)}]"));
    }
}
