using Amnion.Enclave.Api;

namespace Amnion.Enclave.Tests;

public sealed class ToolCallScannerTests
{
    const string Call = "<tool_call>\n{\"name\":\"f\",\"arguments\":{\"a\":1}}\n</tool_call>";

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("a < b and <tool", "a < b and <tool")]
    [InlineData(Call, "[f {\"a\":1}]")]
    [InlineData("Text. " + Call + "\n" + Call, "Text. [f {\"a\":1}][f {\"a\":1}]")]
    [InlineData(Call + " and more", "[f {\"a\":1}] and more")]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":{}}", "[f {}]")]
    [InlineData("<tool_call>not json</tool_call>", "<tool_call>not json</tool_call>")]
    [InlineData("<tool_call>{\"name\":\"unknown\",\"arguments\":{}}</tool_call>", "<tool_call>{\"name\":\"unknown\",\"arguments\":{}}</tool_call>")]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":[1]}</tool_call>!", "<tool_call>{\"name\":\"f\",\"arguments\":[1]}</tool_call>!")]
    [InlineData("<tool_call><tool_call>" + "{\"name\":\"f\",\"arguments\":{}}</tool_call>", "<tool_call><tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>")]
    [InlineData(" \n" + Call, "[f {\"a\":1}]")]
    [InlineData(Call + "\n\n", "[f {\"a\":1}]")]
    [InlineData(" \n x", " \n x")]
    [InlineData(" \n", " \n")]
    [InlineData("", "")]
    public void Finds_the_same_however_the_output_is_cut(string output, string expected)
    {
        for (var size = 1; size <= output.Length + 1; size++)
        {
            var items = new List<ScannedOutput>();
            var scanner = new ToolCallScanner(new HashSet<string> { "f" });
            for (var at = 0; at < output.Length; at += size)
            {
                scanner.Push(output.Substring(at, Math.Min(size, output.Length - at)), items);
            }

            scanner.End(items);
            Assert.Equal(expected, string.Concat(items.Select(item => item.ToolName is null ? item.Text : $"[{item.ToolName} {item.Arguments}]")));
        }
    }

    [Fact]
    public void Gives_text_out_as_soon_as_it_can_be_no_call()
    {
        var items = new List<ScannedOutput>();
        var scanner = new ToolCallScanner(new HashSet<string> { "f" });
        scanner.Push("Hello <tool", items);
        Assert.Equal("Hello ", Assert.Single(items).Text);
        scanner.Push("box", items);
        Assert.Equal("<toolbox", items[1].Text);
    }

    [Fact]
    public void Holds_no_more_than_a_call_can_be()
    {
        var items = new List<ScannedOutput>();
        var scanner = new ToolCallScanner(new HashSet<string> { "f" });
        scanner.Push("<tool_call>", items);
        for (var i = 0; i < 100; i++)
        {
            scanner.Push(new string('x', 1024), items);
        }

        Assert.NotEmpty(items);
        scanner.End(items);
        Assert.Equal(11 + (100 * 1024), items.Sum(item => item.Text.Length));
    }
}
