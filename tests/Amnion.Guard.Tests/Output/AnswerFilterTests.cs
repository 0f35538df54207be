using System.Diagnostics;
using System.Text;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Leaks;
using Amnion.Guard.Output.Links;
using Amnion.Guard.Output.Prompts;
using Amnion.Guard.Output.Secrets;
using Amnion.Guard.Output.Weights;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Output;

public class AnswerFilterTests
{
    static readonly string s_protected = OutputText.Prose(7, 3000);
    static readonly LeakIndex s_index = new LeakIndexBuilder().Add(s_protected).Build();
    static readonly SystemPrompt s_prompt = new(OutputText.Prose(8, 60) + "The password is \"zebra-41\".");
    static readonly LinkPolicy s_links = new() { AllowedHosts = ["docs.acme.example"] };

    static int Iterations => int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var count) ? count : 150;

    static IAnswerCheck[] Checks() => [new KnownTextCheck(s_index), new SystemPromptCheck(s_prompt), new SecretCheck(), new LinkCheck(s_links), new WeightCheck(null)];

    [Fact]
    public void The_output_depends_on_the_text_and_not_on_its_chunks()
    {
        for (var seed = 0; seed < Iterations; seed++)
        {
            var random = new Random(seed);
            var text = OutputText.Mixed(random, s_protected);
            var whole = new AnswerFilter(AnswerPolicy.Default, Checks());
            var expected = whole.Push(text) + whole.Complete();
            var filter = new AnswerFilter(AnswerPolicy.Default, Checks());
            var output = new StringBuilder();
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(text.Length - at, random.Next(1, random.Next(2, 60)));
                output.Append(filter.Push(text.AsSpan(at, length)));
                Assert.StartsWith(output.ToString(), expected, StringComparison.Ordinal);
                at += length;
            }

            output.Append(filter.Complete());
            Assert.Equal(expected, output.ToString());
            Assert.Equal(whole.Findings, filter.Findings);
        }
    }

    [Fact]
    public void Everything_but_the_hits_comes_out_and_nothing_of_them()
    {
        for (var seed = 0; seed < Iterations; seed++)
        {
            var text = OutputText.Mixed(new Random(seed + 100_000), s_protected);
            var filter = new AnswerFilter(AnswerPolicy.Default, Checks());
            var output = filter.Push(text) + filter.Complete();
            Assert.False(filter.Blocked);

            // The findings, united where they touch, with the placeholder of the first: written once more, the simple way.
            var expected = new StringBuilder();
            var at = 0;
            var hitEnd = -1;
            foreach (var finding in filter.Findings)
            {
                if (finding.Span.Start > hitEnd)
                {
                    expected.Append(text, at, finding.Span.Start - at).Append(AnswerPolicy.PlaceholderFor(finding.Code));
                }

                hitEnd = Math.Max(hitEnd, finding.Span.End);
                at = Math.Max(at, hitEnd);
            }

            expected.Append(text, at, text.Length - at);
            Assert.Equal(expected.ToString(), output);
        }
    }

    [Fact]
    public void Holds_back_few_characters_of_plain_text()
    {
        var text = OutputText.Prose(99, 4000);
        var filter = new AnswerFilter(AnswerPolicy.Default, Checks());
        var most = 0;
        var sum = 0L;
        foreach (var c in text)
        {
            filter.Push([c]);
            most = Math.Max(most, filter.Held);
            sum += filter.Held;
        }

        Assert.InRange(most, 1, 256);
        Assert.InRange(sum / text.Length, 1, 64);
    }

    [Fact]
    public void Never_holds_back_more_than_the_bound()
    {
        foreach (var hostile in Hostile(6_000))
        {
            var filter = new AnswerFilter(AnswerPolicy.Default, Checks());
            foreach (var c in hostile)
            {
                filter.Push([c]);
                Assert.InRange(filter.Held, 0, AnswerFilter.LongestHold);
                if (filter.Held == AnswerFilter.LongestHold)
                {
                    Assert.Fail("A check held so much that the filter let go.");
                }
            }
        }
    }

    [Fact]
    public void Hostile_answers_take_linear_time_and_memory()
    {
        var size = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out _) ? 1 << 20 : 1 << 14;
        foreach (var hostile in Hostile(size))
        {
            var before = Environment.CpuUsage.TotalTime;
            ParserBudget.Run(256L * size, () =>
            {
                var filter = new AnswerFilter(AnswerPolicy.Default, Checks());
                for (var at = 0; at < hostile.Length && !filter.Blocked; at += 4096)
                {
                    filter.Push(hostile.AsSpan(at, Math.Min(4096, hostile.Length - at)));
                }

                filter.Complete();
            });
            TestContext.Current.SendDiagnosticMessage($"hostile, {size} characters: {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds:0} ms of CPU");
        }
    }

    [Fact]
    public void Adds_less_than_two_milliseconds_to_a_token()
    {
        var text = OutputText.Prose(5, 6000);
        var filter = new AnswerFilter(AnswerPolicy.Default, Checks());
        filter.Push(OutputText.Prose(6, 2000));
        var times = new List<double>();
        for (var at = 0; at + 4 <= text.Length; at += 4)
        {
            var started = Stopwatch.GetTimestamp();
            filter.Push(text.AsSpan(at, 4));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        TestContext.Current.SendDiagnosticMessage($"per token of 4 characters: p50 {times[times.Count / 2] * 1000:0.0} µs, p99 {times[times.Count * 99 / 100] * 1000:0.0} µs");
        Assert.InRange(times[times.Count * 99 / 100], 0, 2.0);
    }

    [Fact]
    public void A_blocking_hit_ends_the_answer_where_it_begins()
    {
        var canary = SessionCanary.New();
        var filter = new AnswerFilter(AnswerPolicy.Default, [new SystemPromptCheck(s_prompt, canary)]);
        var output = filter.Push($"My mark is {canary.Text} and more") + filter.Push("more") + filter.Complete();
        Assert.Equal("My mark is ", output);
        Assert.True(filter.Blocked);
        Assert.Equal(OutputCodes.Canary, filter.BlockedBy);
    }

    [Fact]
    public void A_flagged_hit_passes_and_is_counted()
    {
        var policy = new AnswerPolicy { Otherwise = GuardAction.Flag };
        var filter = new AnswerFilter(policy, [new SecretCheck()]);
        const string Text = "password: Tr0ub4dor&3 ok";
        Assert.Equal(Text, filter.Push(Text) + filter.Complete());
        Assert.Equal(new TextSpan(10, 11), Assert.Single(filter.Findings).Span);
    }

    [Fact]
    public void An_answer_that_is_too_long_ends_there_and_is_a_finding()
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, []);
        var piece = new string('a', 1 << 20);
        for (var i = 0; i < AnswerFilter.LongestAnswer / piece.Length; i++)
        {
            Assert.Equal(piece, filter.Push(piece));
        }

        Assert.False(filter.Blocked);
        Assert.Equal(string.Empty, filter.Push("b"));
        Assert.Equal(OutputCodes.TooLong, filter.BlockedBy);
        Assert.Equal(OutputCodes.TooLong, Assert.Single(filter.Findings).Code);
    }

    [Fact]
    public void Takes_nothing_after_its_end()
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, []);
        Assert.Equal("a", filter.Push("a") + filter.Complete());
        Assert.Equal(string.Empty, filter.Complete());
        Assert.Throws<InvalidOperationException>(() => filter.Push("b"));
    }

    static IEnumerable<string> Hostile(int length)
    {
        string Repeat(string piece) => string.Concat(Enumerable.Repeat(piece, (length / piece.Length) + 1))[..length];
        yield return Repeat("a");
        yield return Repeat("sk-");
        yield return Repeat("://");
        yield return Repeat("password: ");
        yield return Repeat("-----BEGIN ");
        yield return Repeat("eyJ");
        yield return Repeat("[");
        yield return Repeat("![");
        yield return Repeat("](");
        yield return Repeat("<a b=\"");
        yield return Repeat("`~");
        yield return Repeat("\u001b]8;");
        yield return Repeat("http:");
        yield return Repeat("%41&#65;\\x41");
        yield return Repeat("QUJD");
        yield return Repeat("😀");
        yield return Repeat(s_protected[..40] + " ");
        yield return Repeat(new string(' ', 63) + "x");
        yield return Repeat("glpat-ghp_AKIAxoxb-");
        yield return Repeat("glpat-");
        yield return Repeat("sig=");
        yield return Repeat("-sk.eyJ");
        yield return Repeat("glpat-q7Zt3RkW9xLm2VbN");
        yield return "-----BEGIN PRIVATE KEY-----" + new string(' ', length - 27);
        yield return Repeat("zebra-4 ");
    }
}
