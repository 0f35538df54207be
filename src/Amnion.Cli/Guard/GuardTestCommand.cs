using System.CommandLine;
using System.Globalization;
using System.Text;
using Amnion.Cli.Commands;
using Amnion.Cli.Terminal;
using Amnion.Guard;
using Amnion.Guard.Packs;
using Amnion.Guard.Pipeline;

namespace Amnion.Cli.GuardCommands;

/// <summary>`amnion guard test FILE` and `amnion guard explain FILE`: what the guard would do with a text, without an enclave.</summary>
static class GuardTestCommand
{
    const int MaxLength = 16 * 1024 * 1024;

    /// <param name="explain">With the places found and their words, which only this terminal sees.</param>
    public static Command Create(bool explain)
    {
        var file = new Argument<string>("FILE") { Description = "The text" };
        var channel = new Option<string>("--channel") { Description = "Who wrote it: system, user, document, tool, or answer", HelpName = "NAME", DefaultValueFactory = _ => "user" };
        var pack = new PackOptions();
        var command = new Command(explain ? "explain" : "test", explain ? "Say what the guard finds in a text, and where" : "Say what the guard does with a text, and what the engine would see")
        {
            Arguments = { file },
            Options = { channel },
        };
        pack.AddTo(command);
        return command.Runs((parsed, output, _) =>
        {
            using var session = pack.Begin(parsed).Session;
            return Task.FromResult(Run(output, explain, Text(parsed.GetValue(file)!), Channel(parsed.GetValue(channel)!), session));
        });
    }

    static int Run(Output output, bool explain, string text, GuardChannel channel, GuardSession session)
    {
        var (passed, findings, refusedBy) = channel == GuardChannel.Answer ? Answer(session, text) : Request(session, text, channel);
        if (output.Json)
        {
            output.Object(json =>
            {
                json.WriteStartObject();
                json.WriteString("pack", session.PackName);
                json.WriteBoolean("dry_run", session.IsDryRun);
                json.WriteString("verdict", refusedBy is null ? "passed" : "refused");
                json.WriteString("refused_by", refusedBy);
                json.WriteString("text", passed);
                json.WriteStartArray("findings");
                foreach (var finding in findings)
                {
                    json.WriteStartObject();
                    json.WriteString("code", finding.Code);
                    json.WriteString("rule", finding.Rule);
                    json.WriteNumber("start", finding.Span.Start);
                    json.WriteNumber("length", finding.Span.Length);
                    json.WriteNumber("score", Math.Round(finding.Score, 3));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return refusedBy is null ? ExitCode.Accepted : ExitCode.Rejected;
        }

        output.Line(refusedBy is null ? "PASSED" : $"REFUSED  {refusedBy}");
        foreach (var count in session.Counts)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {PolicyNames.Of(count.Action),-7} {count.Code}  {count.Count} x{(session.IsDryRun ? "  (dry run: nothing was done)" : "")}"));
        }

        if (explain)
        {
            foreach (var finding in findings)
            {
                output.Line(string.Create(CultureInfo.InvariantCulture, $"  {finding.Code}  {finding.Rule}  characters {finding.Span.Start} to {finding.Span.End}  score {finding.Score:0.00}  {Excerpt(text, finding.Span)}"));
            }
        }
        else if (passed is not null)
        {
            output.Line(passed);
        }

        return refusedBy is null ? ExitCode.Accepted : ExitCode.Rejected;
    }

    static (string?, IReadOnlyList<GuardFinding>, string?) Request(GuardSession session, string text, GuardChannel channel)
    {
        var verdict = session.Check([new GuardedText(channel, text)]);
        return (verdict.RefusedBy is null ? verdict.Texts[0] : null, verdict.Findings.IsEmpty ? [] : verdict.Findings[0], verdict.RefusedBy);
    }

    static (string?, IReadOnlyList<GuardFinding>, string?) Answer(GuardSession session, string text)
    {
        var answer = session.Answer();
        var passed = answer.Push(text) + answer.Complete();
        return (passed, answer.Findings, answer.BlockedBy);
    }

    const int LongestExcerpt = 60;

    // On one line, and without what a terminal would obey.
    static string Excerpt(string text, TextSpan span)
    {
        var piece = text.AsSpan(span.Start, Math.Min(span.Length, LongestExcerpt));
        var shown = new StringBuilder();
        foreach (var c in piece)
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '.' : c);
        }

        return $"\"{shown}{(span.Length > LongestExcerpt ? "…" : "")}\"";
    }

    static string Text(string path)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(BoundedFile.Read(path, MaxLength));
        }
        catch (ArgumentException e)
        {
            throw new CliException(ExitCode.Malformed, $"\"{path}\" is not UTF-8 text", "convert it first", CliCodes.FileUnreadable, e);
        }
    }

    static GuardChannel Channel(string name) => Enum.GetValues<GuardChannel>().Where(channel => PolicyNames.Of(channel) == name).Select(channel => (GuardChannel?)channel).FirstOrDefault()
        ?? throw new CliException(ExitCode.Malformed, $"there is no channel \"{name}\"", "pass --channel system, user, document, tool or answer");
}
