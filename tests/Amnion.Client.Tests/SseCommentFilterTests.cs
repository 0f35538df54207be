using System.Text;

namespace Amnion.Client.Tests;

public sealed class SseCommentFilterTests
{
    static string Filter(string text, int piece)
    {
        var filter = new SseCommentFilter();
        var output = new StringBuilder();
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(piece))
        {
            var kept = filter.Filter(part);
            output.Append(Encoding.UTF8.GetString(part, 0, kept));
        }

        return output.ToString();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Padding_is_taken_out_and_events_stay(int piece)
    {
        const string events = "data: {\"a\":1}\n\n";
        Assert.Equal(events + events, Filter(events + ":      \n\n" + events + ":  x  \n\n", piece));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_colon_inside_a_line_is_content(int piece) => Assert.Equal("data: a:b\nevent: x\n\n", Filter("data: a:b\nevent: x\n\n", piece));
}
