using System.Text;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Weights;

namespace Amnion.Guard.Tests.Output;

public class WeightTests
{
    static readonly byte[] s_weights = Weights();
    static readonly WeightIndex s_index = WeightIndex.Build([s_weights.AsMemory(0, 500_000), s_weights.AsMemory(500_000)]);

    [Fact]
    public void Every_slice_of_64_bytes_is_found_in_every_form_and_alignment()
    {
        var random = new Random(1);
        for (var i = 0; i < 60; i++)
        {
            var start = random.Next(499_000);
            var slice = s_weights.AsSpan(start, WeightIndex.Slice).ToArray();
            foreach (var form in Forms(slice, random))
            {
                var (output, code) = Filter("Data: " + form + " end");
                Assert.Equal(OutputCodes.WeightSlice, code);
                // Up to four characters are those of the bytes before the slice.
                Assert.InRange(output.Length, 0, 10);
            }
        }
    }

    [Fact]
    public void Other_data_passes()
    {
        var random = new Random(2);
        for (var i = 0; i < 50; i++)
        {
            var bytes = new byte[3000];
            random.NextBytes(bytes);
            Assert.Null(Filter(Convert.ToBase64String(bytes)).Code);
            Assert.Null(Filter(Convert.ToHexString(bytes)).Code);
        }

        Assert.Null(Filter(Convert.ToBase64String(new byte[3000])).Code);
        Assert.Null(Filter("GGUF is a file format; safetensors is another. GGUF version 3.").Code);
    }

    [Fact]
    public void The_index_takes_an_eighth_of_the_weights_at_most()
    {
        Assert.Equal(0, s_index.Skipped);
        Assert.InRange(s_index.Memory, 1, s_weights.Length / 8);
    }

    [Theory]
    [InlineData("R0dVRgMAAAAhAQAAAAAAAA")]
    [InlineData("4747554603000000")]
    [InlineData("GGUF\u0003\0\0\0")]
    [InlineData("QAAAAAAAAAB7Im1vZGVsIjp7")]
    [InlineData("40000000000000007b226d")]
    public void The_beginning_of_a_model_file_is_refused(string text)
    {
        Assert.Equal(OutputCodes.ModelFile, Filter("x: " + text + " y").Code);
    }

    static IEnumerable<string> Forms(byte[] slice, Random random)
    {
        yield return Convert.ToHexString(slice);
        yield return string.Join(' ', slice.Select(b => b.ToString("x2")));
        yield return string.Join(", ", slice.Select(b => "0x" + b.ToString("X2")));
        yield return "a" + Convert.ToHexString(slice);
        for (var before = 0; before < 3; before++)
        {
            var head = new byte[before];
            random.NextBytes(head);
            yield return Convert.ToBase64String([.. head, .. slice]);
            yield return Convert.ToBase64String([.. head, .. slice, 1, 2], Base64FormattingOptions.InsertLineBreaks);
        }

        yield return Encoding.Latin1.GetString(slice);
    }

    static (string Output, string? Code) Filter(string text)
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, [new WeightCheck(s_index)]);
        var output = filter.Push(text) + filter.Complete();
        return (output, filter.BlockedBy);
    }

    static byte[] Weights()
    {
        var random = new Random(3);
        var weights = new byte[1_000_000];
        random.NextBytes(weights);
        for (var i = 500_000; i + 2 <= weights.Length; i += 2)
        {
            BitConverter.TryWriteBytes(weights.AsSpan(i), (Half)(random.NextSingle() - 0.5f));
        }

        return weights;
    }
}
