using System.Text;
using Amnion.Inference.Worker;

namespace Amnion.Inference.Tests;

public sealed class OutputFilterTests
{
    [Theory]
    [InlineData("hello world", "", "hello world", false)]
    [InlineData("hello STOP world", "STOP", "hello ", true)]
    [InlineData("aaab", "aab", "a", true)]
    [InlineData("ends with ST", "STOP", "ends with ST", false)]
    [InlineData("é€😀x", "€", "é", true)]
    [InlineData("abc", "abc", "", true)]
    [InlineData("xyz ab", "abc|yz", "x", true)]
    [InlineData("one END two STOP", "STOP|END", "one ", true)]
    public void However_the_text_is_cut_the_result_is_the_same(string text, string stops, string expected, bool stopped)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            using var filter = new OutputFilter([.. stops.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)]);
            var output = new StringBuilder();
            for (var at = 0; at < bytes.Length && !filter.Stopped; at += size)
            {
                output.Append(Strict(filter.Append(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)))));
                Assert.StartsWith(output.ToString(), expected, StringComparison.Ordinal);
            }

            output.Append(Strict(filter.Flush()));
            Assert.Equal(expected, output.ToString());
            Assert.Equal(stopped, filter.Stopped);
        }
    }

    [Fact]
    public void Ill_formed_and_unfinished_bytes_become_replacement_characters()
    {
        using var filter = new OutputFilter([]);

        Assert.Equal("a\uFFFDb", Strict(filter.Append([0x61, 0xFF, 0x62])));
        Assert.Equal(string.Empty, Strict(filter.Append([0xE2, 0x82])));
        Assert.Equal("\uFFFD", Strict(filter.Flush()));
    }

    [Fact]
    public void Any_bytes_in_any_cut_give_well_formed_text_without_the_stop()
    {
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var n) ? n : 2000;
        var random = new Random(20261121);
        for (var i = 0; i < iterations; i++)
        {
            var bytes = new byte[random.Next(1, 40)];
            for (var b = 0; b < bytes.Length; b++)
            {
                bytes[b] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"ab€"u8[random.Next(5)];
            }

            using var filter = new OutputFilter(["ab"u8.ToArray(), "b\u20AC"u8.ToArray()]);
            var output = new StringBuilder();
            for (var at = 0; at < bytes.Length && !filter.Stopped;)
            {
                var size = random.Next(1, bytes.Length - at + 1);
                output.Append(Strict(filter.Append(bytes.AsSpan(at, size))));
                at += size;
            }

            output.Append(Strict(filter.Flush()));
            Assert.DoesNotContain("ab", output.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("b€", output.ToString(), StringComparison.Ordinal);
        }
    }

    static string Strict(ReadOnlySpan<byte> bytes) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
}
