using System.CommandLine;
using System.Text.RegularExpressions;
using Amnion.Cli.Commands;
using Amnion.Cli.EndorsementCollection;
using Amnion.Cli.Fields;
using Amnion.Cli.GuardCommands;
using Amnion.Testing;

namespace Amnion.Cli.Tests;

/// <summary>Every `amnion …` that a page shows is a command this program has, with options it has.</summary>
public sealed partial class DocumentedCommandTests
{
    [GeneratedRegex(@"^```(sh|text)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"`(?:\./)?amnion ([^`\n]+)`")]
    private static partial Regex Inline();

    // A word, or something in quotes.
    [GeneratedRegex("\"([^\"]*)\"|'([^']*)'|(\\S+)")]
    private static partial Regex Word();

    public static TheoryData<string> Pages =>
    [
        .. Directory.EnumerateFiles(SharedData.Repository, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(SharedData.Repository, path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_shown_is_one_that_exists(string page)
    {
        var text = File.ReadAllText(Path.Combine(SharedData.Repository, page));
        var root = Root();
        var wrong = new List<string>();

        // To be typed as it stands: complete, with every argument it needs.
        foreach (var line in Block().Matches(text).Where(block => block.Groups[1].Value == "sh").SelectMany(block => Lines(block.Groups[2].Value)))
        {
            var parsed = root.Parse(Words(line));
            if (parsed.Errors.Count > 0)
            {
                wrong.Add($"{line}: {parsed.Errors[0].Message}");
            }
        }

        // A mention may leave arguments out.
        foreach (Match match in Inline().Matches(text))
        {
            var parsed = root.Parse(Words(match.Groups[1].Value));
            if (parsed.UnmatchedTokens.Count > 0)
            {
                wrong.Add($"{match.Value}: {parsed.UnmatchedTokens[0]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("verify http://127.0.0.1:1 --no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("key no-such-command")]
    public void A_command_that_does_not_exist_would_be_found(string line) => Assert.NotEmpty(Root().Parse(Words(line)).UnmatchedTokens);

    static RootCommand Root()
    {
        var root = new RootCommand();
        root.Options.Add(CommandFrame.Json);
        foreach (var command in (Command[])[.. LinuxCommands.Create(), VerifyCommand.Create(), PolicyCommand.Create(), DiffCommand.Create(), ConformanceCommand.Create(), EndorsementsCommand.Create(), ReceiptCommand.Create(), GuardCommand.Create(), FieldCommand.Create(), ProxyCommand.Create(), DoctorCommand.Create()])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    static IEnumerable<string> Lines(string block) => block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        .Select(line => line.Trim())
        .Where(line => line.StartsWith("./amnion ", StringComparison.Ordinal) || line.StartsWith("amnion ", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    // Up to a comment, a pipe or what stands for "and so on".
    static string[] Words(string line) =>
    [
        .. Word().Matches(line).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Success ? match.Groups[2].Value : match.Groups[3].Value)
            .TakeWhile(word => word is not ("#" or "|" or ">" or ">>" or "&&" or ";" or "…" or "COMMAND" or "NOUN")),
    ];
}
