using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests;

/// <summary>Every published SEV-SNP case agrees, decoded values included.</summary>
public sealed class SnpConformanceTests
{
    const string Folder = "vectors/attestation";

    [Fact]
    public void Every_published_snp_case_agrees() => Agrees(item => item.Tee == "snp");

    [Fact]
    public void Every_tinfoil_sev_case_agrees() => Agrees(item => item.Tee == "conformance" && item.Kind.StartsWith("tinfoil_attestation-sev", StringComparison.Ordinal));

    static void Agrees(Func<ConformanceCase, bool> select)
    {
        var results = ConformanceRunner.Run(SharedData.Folder(Folder), select).ToList();
        Assert.NotEmpty(results);
        Assert.Empty(results.Where(result => !result.Agrees).Select(result => $"{result.Id}: {string.Join("; ", result.Problems)}"));
    }
}
