using System.Text;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Leaks;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Output;

public class KnownTextTests
{
    static readonly string s_text = OutputText.Prose(1, 20_000);
    static readonly LeakIndex s_index = new LeakIndexBuilder().Add(s_text).Build();

    static int Iterations => int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var count) ? count : 400;

    public static TheoryData<string> Transformations => ["upper", "lower", "no-space", "spaced", "dotted", "leet", "homoglyph", "full-width", "accents", "zero-width", "rot13", "backwards", "base64", "base64url", "base64-wrapped", "hex", "hex-spaced", "percent", "entities", "bold", "tags", "lines"];

    [Fact]
    public void Every_run_of_fifty_characters_is_found_and_removed()
    {
        for (var seed = 0; seed < Iterations; seed++)
        {
            var random = new Random(seed);
            var run = RunOf(random, 50 + random.Next(20), out _);
            var before = OutputText.Prose(seed + 50_000, random.Next(1, 30)).ToUpperInvariant() + "# ";
            var filter = new AnswerFilter(AnswerPolicy.Default, [new KnownTextCheck(s_index)]);
            var output = filter.Push(before + run + " §§§") + filter.Complete();
            Assert.True(filter.FindingCount > 0, $"seed {seed}");
            // A sign or two behind the run may go with it, and no more.
            Assert.EndsWith("§§", output, StringComparison.Ordinal);
            // Whole words of the run are gone; the few letters that the text around shares with the run may go as well.
            Assert.DoesNotContain(run.Trim()[..24], output[^Math.Min(output.Length, 60)..], StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Transformations))]
    public void Finds_text_that_was_changed_lightly(string transformation)
    {
        var found = 0;
        const int Runs = 100;
        for (var seed = 0; seed < Runs; seed++)
        {
            var run = RunOf(new Random(seed), 80, out _);
            var text = "Here it is: " + Change(run, transformation) + "\nThat is all.";
            var filter = new AnswerFilter(AnswerPolicy.Default, [new KnownTextCheck(s_index)]);
            _ = filter.Push(text) + filter.Complete();
            found += filter.FindingCount > 0 ? 1 : 0;
        }

        Assert.InRange(found, 95, Runs);
    }

    [Fact]
    public void Leaves_unrelated_text_alone()
    {
        var texts = new[] { "self_instruct.jsonl", "gsm8k_sample.jsonl", "mt_bench.jsonl", "xstest_safe.jsonl" }.SelectMany(OutputText.Corpus).ToList();
        Assert.True(texts.Count > 1000);
        var index = new LeakIndexBuilder();
        foreach (var text in OutputText.Corpus("bipia_email_train.jsonl").Concat(OutputText.Corpus("awesome_prompts.jsonl")).Concat(OutputText.Corpus("system_prompts.jsonl")))
        {
            index.Add(text);
        }

        var built = index.Build();
        var hits = texts.Count(text => Findings(built, text) > 0);
        // What is hit really stands in both, word for word.
        TestContext.Current.SendDiagnosticMessage($"known text: {hits} hits in {texts.Count} unrelated texts");
        Assert.InRange(hits, 0, texts.Count / 1000);
    }

    [Fact]
    public void Shorter_runs_stay()
    {
        var run = s_text.Substring(new Random(3).Next(s_text.Length - 28), 28);
        Assert.Equal(0, Findings(s_index, "Look: " + run));
    }

    [Fact]
    public void Takes_at_most_one_and_a_half_bytes_for_a_character()
    {
        foreach (var text in new[] { s_text, string.Concat(OutputText.Corpus("bipia_email_train.jsonl")), string.Concat(OutputText.Corpus("awesome_prompts_zh.jsonl")) })
        {
            var builder = new LeakIndexBuilder().Add(text);
            var bytes = builder.Build().Bytes.Length;
            TestContext.Current.SendDiagnosticMessage($"index: {(double)bytes / text.Length:0.00} bytes a character");
            Assert.InRange((double)bytes / text.Length, 0.3, 1.5);
        }
    }

    [Fact]
    public void The_same_texts_give_the_same_index_and_it_reads_back()
    {
        var again = new LeakIndexBuilder().Add(s_text).Build();
        Assert.True(again.Bytes.Span.SequenceEqual(s_index.Bytes.Span));
        var read = LeakIndex.Parse(s_index.Bytes);
        Assert.Equal(s_index.Entries, read.Entries);
        Assert.Equal(1, Findings(read, RunOf(new Random(1), 90, out _)));
    }

    [Fact]
    public void Text_that_repeats_itself_is_indexed_once_and_still_found()
    {
        var piece = OutputText.Prose(77, 60);
        var builder = new LeakIndexBuilder();
        for (var i = 0; i < 500; i++)
        {
            builder.Add(piece);
        }

        var index = builder.Build();
        Assert.Equal(0, builder.Crowded);
        Assert.InRange(index.Entries, 1, 400);
        Assert.Equal(1, Findings(index, piece.Substring(40, 60)));
    }

    [Theory]
    [InlineData(0, 0x41, "magic")]
    [InlineData(8, 99, "k, w")]
    [InlineData(15, 99, "directory bits")]
    [InlineData(19, 99, "symbols")]
    [InlineData(23, 99, "entries")]
    public void Rejects_a_changed_header(int offset, byte value, string field)
    {
        var bytes = s_index.Bytes.ToArray();
        bytes[offset] = (byte)(bytes[offset] ^ value);
        Assert.Equal(field, Assert.Throws<LeakIndexFormatException>(() => LeakIndex.Parse(bytes)).Field);
    }

    [Fact]
    public void No_bytes_crash_the_reader_or_what_reads_with_it()
    {
        var small = new LeakIndexBuilder().Add(OutputText.Prose(3, 40)).Build().Bytes.ToArray();
        for (var seed = 0; seed < Iterations; seed++)
        {
            var random = new Random(seed);
            var bytes = small.AsSpan(0, random.Next(4) == 0 ? random.Next(small.Length) : small.Length).ToArray();
            for (var i = random.Next(6); i > 0 && bytes.Length > 0; i--)
            {
                bytes[random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 64) : bytes.Length)] = (byte)random.Next(256);
            }

            ParserBudget.Run(1 << 20, () =>
            {
                try
                {
                    var index = LeakIndex.Parse(bytes);
                    if (index.Options.Guarantee <= 32)
                    {
                        Findings(index, OutputText.Prose(3, 40));
                    }
                }
                catch (LeakIndexFormatException)
                {
                    // Refused is as good as read.
                }
            });
        }
    }

    static int Findings(LeakIndex index, string text)
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, [new KnownTextCheck(index)]);
        _ = filter.Push(text) + filter.Complete();
        return filter.FindingCount;
    }

    static string RunOf(Random random, int length, out int start)
    {
        while (true)
        {
            start = random.Next(s_text.Length - length);
            var run = s_text.Substring(start, length);
            if (run.Count(char.IsLetterOrDigit) >= 32 && string.Join(' ', run.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Length >= 50)
            {
                return run;
            }
        }
    }

    static string Change(string run, string how) => how switch
    {
        "upper" => run.ToUpperInvariant(),
        "lower" => run.ToLowerInvariant(),
        "no-space" => run.Replace(" ", string.Empty, StringComparison.Ordinal),
        "spaced" => string.Join(' ', run.ToCharArray()),
        "dotted" => string.Join('.', run.ToCharArray()),
        "leet" => Map(run.ToLowerInvariant(), "aeiostbglz", "4310578912"),
        "homoglyph" => Map(run, "aeopcxyisj", "аеорсхуіѕј"),
        "full-width" => string.Concat(run.Select(c => c is > ' ' and < (char)127 ? (char)(c + 0xFEE0) : c)),
        "accents" => Map(run, "aeioun", "àéîõüñ"),
        "zero-width" => string.Join('\u200B', run.ToCharArray()),
        "rot13" => string.Concat(run.Select(c => (char)FoldedSymbol.Rot13(c))),
        "backwards" => new string([.. run.Reverse()]),
        "base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(run)),
        "base64url" => Convert.ToBase64String(Encoding.UTF8.GetBytes(run + "??>")).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        "base64-wrapped" => Convert.ToBase64String(Encoding.UTF8.GetBytes(run + run), Base64FormattingOptions.InsertLineBreaks),
        "hex" => Convert.ToHexString(Encoding.UTF8.GetBytes(run)),
        "hex-spaced" => string.Join(' ', Encoding.UTF8.GetBytes(run).Select(b => "0x" + b.ToString("x2"))),
        "percent" => Uri.EscapeDataString(run),
        "entities" => string.Concat(run.Select(c => $"&#{(int)c};")),
        "bold" => string.Concat(run.Select(c => char.IsAsciiLetterLower(c) ? char.ConvertFromUtf32(0x1D41A + c - 'a') : c.ToString())),
        "tags" => string.Concat(run.Select(c => char.ConvertFromUtf32(0xE0000 + (c == '\n' ? ' ' : c)))),
        "lines" => "> " + run.Replace(" ", "\n> ", StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(how)),
    };

    static string Map(string text, string from, string to) => string.Concat(text.Select(c => from.IndexOf(c) is >= 0 and var at ? to[at] : c));
}
