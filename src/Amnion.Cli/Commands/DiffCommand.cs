using System.CommandLine;
using Amnion.Attestation;

namespace Amnion.Cli.Commands;

/// <summary>`amnion diff A B`: which decoded values of two pieces of Evidence differ. Neither is verified.</summary>
static class DiffCommand
{
    public static Command Create()
    {
        var a = new Argument<string>("A") { Description = "A file of Evidence" };
        var b = new Argument<string>("B") { Description = "Another one" };
        return new Command("diff", "Compare the decoded values of two files of Evidence; exit 10 where they differ")
        {
            Arguments = { a, b },
        }.Runs((parsed, output, _) =>
        {
            var left = EvidenceFile.Read(parsed.GetValue(a)!).Parsed;
            var right = EvidenceFile.Read(parsed.GetValue(b)!).Parsed;
            var differences = Compare(left, right).ToList();
            output.Line($"A: {left.Format}; B: {right.Format}");
            foreach (var (name, before, after, meaning) in differences)
            {
                output.Line($"{name}  ({meaning})");
                output.Line($"  A  {before ?? "absent"}");
                output.Line($"  B  {after ?? "absent"}");
            }

            output.Line(differences.Count == 0 ? "no decoded value differs" : $"{differences.Count} decoded values differ; neither file was verified");
            if (output.Json)
            {
                output.Object(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("a", left.Format);
                    json.WriteString("b", right.Format);
                    json.WriteStartArray("differences");
                    foreach (var (name, before, after, meaning) in differences)
                    {
                        json.WriteStartObject();
                        json.WriteString("field", name);
                        json.WriteString("a", before);
                        json.WriteString("b", after);
                        json.WriteString("meaning", meaning);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                });
            }

            return Task.FromResult(differences.Count == 0 ? ExitCode.Accepted : ExitCode.Rejected);
        });
    }

    static IEnumerable<(string Name, string? A, string? B, string Meaning)> Compare(ParsedEvidence a, ParsedEvidence b)
    {
        if (a.Platform != b.Platform)
        {
            yield return ("platform", a.Platform, b.Platform, "the platform that the Evidence speaks for");
        }

        foreach (var field in a.Fields)
        {
            var other = b.Fields.FirstOrDefault(other => other.Name == field.Name)?.Value;
            if (other != field.Value)
            {
                yield return (field.Name, field.Value, other, field.Meaning);
            }
        }

        foreach (var field in b.Fields.Where(field => !a.Fields.Any(other => other.Name == field.Name)))
        {
            yield return (field.Name, null, field.Value, field.Meaning);
        }
    }
}
