using System.Text.RegularExpressions;

namespace Amnion.Architecture.Tests;

/// <summary>Rules of the house that no analyzer has.</summary>
public sealed partial class StyleTests
{
    [GeneratedRegex(@"^(?:public |file |internal )?(?:static |sealed |abstract |readonly |partial |unsafe |ref )*(?:class|record struct|record|struct|interface|enum|delegate [\w<>\[\]?]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"(Utils|Helper|Helpers|Manager|Processor|Impl)$")]
    private static partial Regex EmptyName();

    // A bare catch, or one of Exception without a filter that names types.
    [GeneratedRegex(@"^\s*catch\s*(?:\(Exception\b[^)]*\)(?!.*\bis\b.*).*)?(?://.*)?$")]
    private static partial Regex BroadCatch();

    [GeneratedRegex(@"^public (?:partial |unsafe )*(?:class|record (?!struct))", RegexOptions.Multiline)]
    private static partial Regex OpenPublicType();

    [Fact]
    public void One_top_level_type_per_file_named_as_the_file()
    {
        var wrong = Source.Files().Where(path => Path.GetFileName(path) != "Program.cs")
            .Select(path => (path, types: TopLevelType().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).Distinct().ToArray()))
            .Where(file => file.types.Length > 1 || (file.types.Length == 1 && file.types[0] != Path.GetFileName(file.path).Split('.')[0]))
            .Select(file => $"{Source.Relative(file.path)}: {string.Join(", ", file.types)}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var wrong = Source.Files().SelectMany(path => TopLevelType().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value)).Where(name => EmptyName().IsMatch(name));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Public_classes_are_sealed_static_or_abstract()
    {
        var wrong = Source.Files().Where(path => OpenPublicType().IsMatch(File.ReadAllText(path))).Select(Source.Relative);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_exception_is_caught_only_at_a_boundary_that_says_so_or_is_thrown_again()
    {
        var wrong = new List<string>();
        foreach (var path in Source.Files())
        {
            var lines = File.ReadAllLines(path);
            for (var i = 0; i < lines.Length; i++)
            {
                if (BroadCatch().IsMatch(lines[i]) && !SaysBoundary(lines, i) && !ThrowsAgain(lines, i))
                {
                    wrong.Add($"{Source.Relative(path)}:{i + 1}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    static bool SaysBoundary(string[] lines, int at) => lines.Skip(Math.Max(0, at - 1)).Take(4).Any(line => line.Contains("boundary", StringComparison.OrdinalIgnoreCase));

    static bool ThrowsAgain(string[] lines, int at)
    {
        var end = lines[at][..lines[at].IndexOf("catch", StringComparison.Ordinal)] + "}";
        return lines.Skip(at + 1).TakeWhile(line => line != end).Any(line => line.TrimStart().StartsWith("throw", StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_is_at_most_forty_lines() =>
        Assert.All(Source.Files().Where(path => Path.GetFileName(path) == "Program.cs"), path => Assert.True(File.ReadAllLines(path).Length <= 40, Source.Relative(path)));

    [Fact]
    public void Nothing_is_left_unfinished()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "XX" + "X "];
        var wrong = Source.Files().Where(path => marks.Any(mark => File.ReadAllText(path).Contains(mark, StringComparison.Ordinal))).Select(Source.Relative);
        Assert.Empty(wrong);
    }
}
