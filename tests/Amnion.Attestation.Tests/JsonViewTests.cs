using System.Text;
using Amnion.Attestation.Json;

namespace Amnion.Attestation.Tests;

/// <summary>Containers of Evidence are read with the same strict JSON as every other document.</summary>
public sealed class JsonViewTests
{
    static string Parse(string json, int maxLength = 1024) =>
        JsonView.Parse(Encoding.UTF8.GetBytes(json), maxLength, static (path, problem) => new FormatException($"{path}: {problem}"), static root => root.Member("a").Text(10));

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":\"x\"} {}")]
    [InlineData("{\"a\":\"x\",}")]
    [InlineData("{\"a\":\"x\"/**/}")]
    [InlineData("{\"a\":\"x\",\"a\":\"x\"}")]
    [InlineData("{\"a\":\"x\",\"b\":{\"c\":1,\"\\u0063\":1}}")]
    [InlineData("{\"a\":\"x\",\"unread\":\"\\ud800\"}")]
    [InlineData("{\"a\":\"x\",\"\\ud800\":1}")]
    public void Refuses_what_is_no_strict_json_even_where_nobody_reads_it(string json) =>
        Assert.Equal("$: not valid JSON, a member twice, nested too deep, or text that is not Unicode", Assert.Throws<FormatException>(() => Parse(json)).Message);

    [Fact]
    public void Refuses_what_is_too_deep_or_too_long()
    {
        static string Nested(int depth) => $$"""{"a":"x","b":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        Assert.Equal("x", Parse(Nested(31)));
        Assert.StartsWith("$: not valid JSON", Assert.Throws<FormatException>(() => Parse(Nested(32))).Message, StringComparison.Ordinal);
        Assert.Equal("x", Parse("{\"a\":\"x\"}", 9));
        Assert.Equal("$: 9 bytes; at most 8 are accepted", Assert.Throws<FormatException>(() => Parse("{\"a\":\"x\"}", 8)).Message);
    }
}
