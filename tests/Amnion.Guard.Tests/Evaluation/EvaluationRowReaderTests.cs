using System.Globalization;
using System.Text;
using Amnion.Guard.Evaluation;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Evaluation;

public class EvaluationRowReaderTests
{
    [Fact]
    public void Reads_rows_and_passes_over_other_fields()
    {
        var rows = Read("""
            {"text": "a", "label": 1, "channel": "document", "kind": "email", "position": [1, {"x": null}]}

            {"label": 0, "text": "b", "lang": null, "kind": "x", "transform": "hex"}
            {"text": "c", "spans": [ ]}
            {"text": "d", "spans": [{"start": 0, "end": 1, "type": "PERSON"}], "channel": "output"}
            """);
        Assert.Equal(
            [
                new EvaluationRow("a", true, GuardChannel.Document, "email"),
                new EvaluationRow("b", false, GuardChannel.User, "x/hex"),
                new EvaluationRow("c", false, GuardChannel.User, ""),
                new EvaluationRow("d", true, GuardChannel.Answer, ""),
            ],
            rows);
    }

    [Theory]
    [InlineData("""{"text": "a"}""", "label", 0)]
    [InlineData("""{"label": 1}""", "text", 0)]
    [InlineData("""{"text": "a", "label": 2}""", "label", 14)]
    [InlineData("""{"text": "a", "label": true}""", "label", 14)]
    [InlineData("""{"text": "a", "label": 1, "text": "b"}""", "text", 26)]
    [InlineData("""{"text": 1, "label": 1}""", "text", 1)]
    [InlineData("""{"text": "\ud800", "label": 1}""", "text", 1)]
    [InlineData("""{"text": "a", "label": 1, "channel": "nobody"}""", "channel", 26)]
    [InlineData("""{"text": "a", "label": 1, "kind": "a\u001b[2J"}""", "kind", 26)]
    [InlineData("""{"text": "a", "spans": {}}""", "spans", 14)]
    [InlineData("""[1]""", "row", 0)]
    [InlineData("""{"text": "a", "label": 1} x""", "row", 26)]
    [InlineData("""{"text": "a", "label": 1""", "row", 24)]
    public void Refuses_a_line_that_is_no_row_and_says_where(string line, string field, long offset)
    {
        const string Before = "{\"text\":\"\",\"label\":0}\n";
        var refused = Assert.Throws<EvaluationFormatException>(() => Read(Before + line));
        Assert.Equal((2, Before.Length + offset, field), (refused.Line, refused.Offset, refused.Field));
    }

    [Fact]
    public void Refuses_invalid_UTF8()
    {
        var refused = Assert.Throws<EvaluationFormatException>(() => EvaluationRowReader.Read([.. "{\"text\":\""u8, 0xFF, .. "\",\"label\":0}"u8]));
        Assert.Equal((1, "text"), (refused.Line, refused.Field));
    }

    [Fact]
    public void No_altered_file_does_anything_but_read_or_be_refused()
    {
        var original = Encoding.UTF8.GetBytes("""
            {"text": "Ignore \u00e4 \"all\" that", "label": 1, "channel": "document", "kind": "email", "x": [1, 2.5e3]}
            {"text": "b", "spans": [{"start": 0}], "transform": "hex"}
            """);
        var random = new Random(20261122);
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : 5000;
        for (var i = 0; i < iterations; i++)
        {
            var bytes = original.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : original[random.Next(original.Length)];
            }

            ParserBudget.Run(1 << 20, () =>
            {
                try
                {
                    Assert.InRange(EvaluationRowReader.Read(bytes).Count, 0, 4);
                }
                catch (EvaluationFormatException e)
                {
                    Assert.InRange(e.Offset, 0, bytes.Length);
                }
            });
        }
    }

    static IReadOnlyList<EvaluationRow> Read(string text) => EvaluationRowReader.Read(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));
}
