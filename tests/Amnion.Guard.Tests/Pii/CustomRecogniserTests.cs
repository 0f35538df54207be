using Amnion.Guard.Pii;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Pii;

public class CustomRecogniserTests
{
    [Theory]
    [InlineData(@"EMP-\d{6}", "badge EMP-123456 lost", "EMP-123456")]
    [InlineData(@"EMP-\d{6}", "badge EMP-1234567 lost", null)]
    [InlineData(@"\u{2,3}\d{4}[A-F]?", "see ABC1234F now", "ABC1234F")]
    [InlineData(@"K\-?\d{2}\s?\d{2}", "K12 34, K-1234", "K12 34")]
    public void Matches_its_pattern_where_words_begin_and_end(string pattern, string text, string? value)
    {
        var scanner = new PiiScanner(new PiiScannerOptions { Types = [], Custom = [new CustomRecogniser("STAFF_NO", [pattern])] });
        var findings = scanner.Scan(text);
        Assert.Equal(value, findings.Length == 0 ? null : text.Substring(findings[0].Span.Start, findings[0].Span.Length));
        Assert.All(findings, finding => Assert.Equal((PiiCodes.Custom, "pii.staff-no"), (finding.Type.Code, finding.Type.Rule)));
    }

    [Fact]
    public void Heeds_its_check_and_its_context()
    {
        var scanner = new PiiScanner(new PiiScannerOptions { Types = [], Custom = [new CustomRecogniser("LOYALTY", [@"\d{8}"], ["bonus"], "luhn", score: 0.2, scoreInContext: 0.9)] });
        Assert.Empty(scanner.Scan("number 12345674 here"));
        Assert.Empty(scanner.Scan("bonus 12345675"));
        Assert.True(Assert.Single(scanner.Scan("bonus 12345674")).Checked);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a*", 1)]
    [InlineData("(a|b)", 0)]
    [InlineData(@"\d{65}", 6)]
    [InlineData(@"\d{3,1}", 6)]
    [InlineData(@"\d{", 2)]
    [InlineData("[z-a]", 3)]
    [InlineData("[]", 1)]
    [InlineData("[abc", 3)]
    [InlineData(@"a\q", 2)]
    [InlineData("a?b?", 0)]
    [InlineData("ü", 0)]
    public void Refuses_a_malformed_pattern_at_its_place(string pattern, int offset)
    {
        var refused = Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("X_Y", [pattern]));
        Assert.Equal(("patterns[0]", offset), (refused.Field, refused.Offset));
    }

    [Fact]
    public void Refuses_names_checks_and_words_outside_their_limits()
    {
        Assert.Equal("name", Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("A1", ["a"])).Field);
        Assert.Equal("name", Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("PERSON", ["a"])).Field);
        Assert.Equal("name", Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("TEXT", ["a"])).Field);
        Assert.Equal("validator", Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("AB", ["a"], validator: "crc")).Field);
        Assert.Equal("context", Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("AB", ["a"], ["two words"])).Field);
        Assert.Equal("patterns", Assert.Throws<PiiPatternFormatException>(() => new CustomRecogniser("AB", [])).Field);
        Assert.Throws<ArgumentException>(() => new PiiScanner(new PiiScannerOptions { Custom = [new CustomRecogniser("AB", ["a"]), new CustomRecogniser("AB", ["b"])] }));
    }

    [Fact]
    public void Any_pattern_is_read_or_refused_and_never_runs_away()
    {
        var random = new Random(7);
        const string Alphabet = @"ad\\[]{}?,-0139 wusl|*^";
        for (var i = 0; i < (int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var asked) ? asked : 3000); i++)
        {
            var pattern = new string([.. Enumerable.Range(0, random.Next(1, 16)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            try
            {
                var recogniser = new CustomRecogniser("FUZZ", [pattern]);
                if (i % 50 == 0)
                {
                    var scanner = new PiiScanner(new PiiScannerOptions { Types = [], Custom = [recogniser] });
                    ParserBudget.Run(64 << 20, () => scanner.Scan(string.Concat(Enumerable.Repeat("a1 d 9-", 2000))));
                }
            }
            catch (PiiPatternFormatException refused)
            {
                Assert.InRange(refused.Offset, 0, pattern.Length);
            }
        }
    }
}
