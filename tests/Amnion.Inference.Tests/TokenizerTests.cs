namespace Amnion.Inference.Tests;

public sealed class TokenizerTests
{
    [Fact]
    public void A_control_token_written_out_counts_only_in_special_pieces()
    {
        var vocabulary = TestEngine.InProcess.Vocabulary;

        Assert.Single(vocabulary.TokensOf("<|im_start|>", special: true));
        Assert.Equal(12, vocabulary.TokensOf("<|im_start|>", special: false).Length);
    }

    [Fact]
    public void Merges_are_applied()
    {
        var vocabulary = TestEngine.InProcess.Vocabulary;

        Assert.Single(vocabulary.TokensOf(" the", special: false));
        Assert.Empty(vocabulary.TokensOf(string.Empty, special: false));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("zażółć gęślą jaźń €😀")]
    [InlineData("\0\u0001<|im_end|>")]
    public void Tokens_give_back_the_bytes(string text)
    {
        var vocabulary = TestEngine.InProcess.Vocabulary;
        var buffer = new byte[64];

        var bytes = vocabulary.TokensOf(text, special: false).SelectMany(t => buffer[..vocabulary.GetBytes(t, buffer)]).ToArray();

        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void Control_tokens_have_no_bytes()
    {
        var vocabulary = TestEngine.InProcess.Vocabulary;
        var end = vocabulary.TokensOf("<|im_end|>", special: true)[0];

        Assert.Equal(0, vocabulary.GetBytes(end, new byte[64]));
        Assert.True(vocabulary.EndsGeneration(end));
    }
}
