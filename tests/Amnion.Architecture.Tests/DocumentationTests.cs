using System.Text.RegularExpressions;
using Amnion.Testing;

namespace Amnion.Architecture.Tests;

/// <summary>What the pages show is what the repository has.</summary>
public sealed partial class DocumentationTests
{
    // What a person sees of the README without scrolling.
    const int FirstScreen = 30;

    [GeneratedRegex(@"^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    static string Readme { get; } = Path.Combine(SharedData.Repository, "README.md");

    public static TheoryData<string> Samples => [.. Programs().Select(Source.Relative)];

    public static TheoryData<string> Pages => [.. AllPages().Select(Source.Relative)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_readme_shows_every_sample_as_it_is_compiled(string sample) =>
        Assert.Contains(
            File.ReadAllText(Path.Combine(SharedData.Repository, sample)),
            AllPages().Where(page => Path.GetFileName(page) == "README.md").SelectMany(page => CSharpBlock().Matches(File.ReadAllText(page))).Select(match => match.Groups[1].Value));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_piece_of_CSharp_in_a_page_is_a_sample(string page)
    {
        var programs = Pieces().Select(File.ReadAllText).ToList();
        Assert.All(CSharpBlock().Matches(File.ReadAllText(Path.Combine(SharedData.Repository, page))), match => Assert.Contains(match.Groups[1].Value, programs));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_within_the_repository_leads_somewhere(string page)
    {
        var path = Path.Combine(SharedData.Repository, page);
        var dead = Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value)
            .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, link)));
        Assert.Empty(dead);
    }

    [Fact]
    public void Every_sample_is_built_with_the_rest()
    {
        var solution = File.ReadAllText(Path.Combine(SharedData.Repository, "Amnion.slnx"));
        Assert.All(Programs(), program => Assert.Contains($"Path=\"{Source.Relative(Directory.GetFiles(Path.GetDirectoryName(program)!, "*.csproj").Single())}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void The_readme_begins_with_what_it_is_and_then_two_commands()
    {
        var lines = File.ReadLines(Readme).Take(FirstScreen).ToList();
        Assert.Equal("# Amnion", lines[0]);
        Assert.Matches(@"^Amnion [^.]+\.$", lines[2]);
        var start = lines.IndexOf("```sh");
        Assert.True(start > 2);
        Assert.Equal(["./amnion demo", "./test"], lines.Skip(start + 1).TakeWhile(line => line != "```").Select(line => line.Split('#')[0].Trim()));
    }

    static IEnumerable<string> Programs() => Directory.EnumerateDirectories(Path.Combine(SharedData.Repository, "samples"))
        .Select(folder => Path.Combine(folder, "Program.cs")).Where(File.Exists).Order(StringComparer.Ordinal);

    /// <summary>Programs, and the other files of samples that consist of several.</summary>
    static IEnumerable<string> Pieces() => Programs().SelectMany(program => Directory.EnumerateFiles(Path.GetDirectoryName(program)!, "*.cs"));

    static IEnumerable<string> AllPages() => Directory.EnumerateFiles(SharedData.Repository, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "docs"), "*.md", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "samples"), "*.md", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)))
        .Concat(Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "src"), "README.md", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal);
}
