using System.Text.RegularExpressions;
using Amnion.Testing;

namespace Amnion.Architecture.Tests;

/// <summary>Every error code is catalogued in docs/diagnostics.md, and nothing else is.</summary>
public sealed partial class DiagnosticsTests
{
    [GeneratedRegex("\"(AMN-[A-Z][A-Z0-9]*-[0-9]{4})\"")]
    private static partial Regex Code();

    [GeneratedRegex(@"^### (AMN-[A-Z][A-Z0-9]*-[0-9]{4})", RegexOptions.Multiline)]
    private static partial Regex Entry();

    static string Catalogue { get; } = Path.Combine(SharedData.Repository, "docs", "diagnostics.md");

    static SortedSet<string> InSource { get; } = [.. Source.Files().SelectMany(path => Code().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value))];

    [Fact]
    public void Every_code_in_the_source_is_catalogued()
    {
        var entries = Entry().Matches(File.ReadAllText(Catalogue)).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Empty(InSource.Except(entries));
    }

    [Fact]
    public void No_code_is_catalogued_that_the_source_does_not_have()
    {
        var entries = Entry().Matches(File.ReadAllText(Catalogue)).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(entries.Length, entries.Distinct().Count());
        Assert.Empty(entries.Except(InSource));
    }

    [Fact]
    public void Every_entry_says_cause_who_must_act_command_and_whether_data_was_at_risk()
    {
        var sections = File.ReadAllText(Catalogue).Split("\n### ").Skip(1);
        Assert.All(sections, section =>
        {
            foreach (var part in new[] { "**Cause.**", "**Who acts.**", "**Command.**", "**Data at risk.**" })
            {
                Assert.Contains(part, section, StringComparison.Ordinal);
            }
        });
    }
}
