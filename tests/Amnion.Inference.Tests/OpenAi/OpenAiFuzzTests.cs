using System.Text;
using Amnion.Inference.OpenAi;

namespace Amnion.Inference.Tests.OpenAi;

/// <summary>Whatever bytes come, reading events ends with parts of an answer or with a code, nothing else.</summary>
public sealed class OpenAiFuzzTests
{
    static readonly string[] Seeds =
    [
        "data: {\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"content\":\"The\"}}],\"created\":1,\"id\":\"x\"}\n\ndata: {\"choices\":[{\"finish_reason\":\"stop\",\"index\":0,\"delta\":{}}]}\r\n\r\n: ping\ndata: [DONE]\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}\n\ndata: {\"choices\":[],\n data: \"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n",
        "event: x\nid: 1\nretry: 5\ndata: {\"choices\":[{\"text\":\" is \\u00fc\",\"index\":0,\"finish_reason\":\"length\"}],\ndata: \"usage\":{\"completion_tokens\":3,\"prompt_tokens\":2}}\n\n",
    ];

    [Fact]
    public async Task Reading_events_ends_with_an_answer_or_a_code()
    {
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var count) ? count : 3000;
        var random = new Random(1707);
        var parts = 0;
        for (var i = 0; i < iterations; i++)
        {
            var bytes = Mutate(Encoding.UTF8.GetBytes(Seeds[i % Seeds.Length]), random);
            using var stream = new Dripping(bytes, random.Next(1, 64));
            using var reader = new EventReader(stream, 4096, 64 * 1024);
            try
            {
                while (await reader.NextAsync(TestWorkload.Cancellation) is { } data)
                {
                    _ = AnswerPartReader.Read(data, chat: i % 2 == 0);
                    parts++;
                }
            }
            catch (WorkloadException e)
            {
                Assert.StartsWith("AMN-INF-05", e.Code, StringComparison.Ordinal);
            }
        }

        Assert.True(parts > iterations / 20);
    }

    [Theory]
    [InlineData("data: a\n\n", "a")]
    [InlineData("data:a\r\n\r\n", "a")]
    [InlineData("data:  a\n\n", " a")]
    [InlineData("\u00ef\u00bb\u00bfdata: a\n\n", "a")]
    [InlineData(": c\n\n\ndata: a\ndata: b\nid: 1\n\ndata\n\ndata: c", "a\nb|")]
    [InlineData("datax: a\n\n data: b\n\n", "")]
    public async Task Reads_events_as_the_standard_says(string input, string expected)
    {
        for (var step = 1; step < 6; step++)
        {
            using var stream = new Dripping(Encoding.Latin1.GetBytes(input), step);
            using var reader = new EventReader(stream, 100, 1000);
            var events = new List<string>();
            while (await reader.NextAsync(TestWorkload.Cancellation) is { } data)
            {
                events.Add(Encoding.Latin1.GetString(data.Span));
            }

            Assert.Equal(expected, string.Join('|', events));
        }
    }

    static byte[] Mutate(byte[] seed, Random random)
    {
        string[] tokens = ["null", "true", "-1", "1e999", "NaN", "\"\\ud800\"", "[]", "{}", "[[[[[[", "\n", "\r", "\n\n", "data: ", ":", "9999999999", ",", "\0", "\"error\":{}"];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(seed.Length);
            seed = random.Next(4) switch
            {
                0 => [.. seed[..at], (byte)random.Next(256), .. seed[(at + 1)..]],
                1 => [.. seed[..at], .. seed[Math.Min(seed.Length, at + random.Next(20))..], (byte)'\n'],
                2 => [.. seed[..at], .. Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]), .. seed[at..]],
                _ => [.. seed, .. seed[at..]],
            };
        }

        return seed;
    }

    /// <summary>Gives its bytes out a few at a time.</summary>
    sealed class Dripping(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span[..Math.Min(step, buffer.Length)]));
    }
}
