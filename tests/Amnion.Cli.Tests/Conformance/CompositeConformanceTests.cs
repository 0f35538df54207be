using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>Every published case of TPMs, event logs, Azure and Google Cloud, run as "amnion conformance" runs it.</summary>
public sealed class CompositeConformanceTests
{
    const string Folder = "vectors/attestation";

    [Theory]
    [InlineData("tpm", 19)]
    [InlineData("azure", 9)]
    [InlineData("eventlog", 17)]
    [InlineData("gcp", 4)]
    public void Every_published_case_agrees(string tee, int least)
    {
        var folder = SharedData.Folder(Folder);
        var results = ConformanceRunner.Run(folder, item => item.Tee == tee).ToList();
        Assert.InRange(results.Count, least, int.MaxValue);
        var wrong = results.Where(result => !result.Agrees).Select(result => $"{result.Id}: {string.Join("; ", result.Problems)} [{string.Join(' ', result.Codes)}]").ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
