using Amnion.Guard.Classifier;

namespace Amnion.Guard.Tests.Classifier;

public class LikelihoodGateTests
{
    const double Threshold = 6;

    [Fact]
    public async Task An_unlikely_run_after_a_long_ordinary_prompt_is_found()
    {
        var found = await Check([.. Enumerable.Repeat(-2f, 500), .. Enumerable.Repeat(-9f, 20)]);
        Assert.Equal(new GuardFinding(ClassifierCodes.UnlikelyTokens, "suffix.unlikely-tokens", new TextSpan(0, 4), 9 / 15.0), found);
    }

    [Fact]
    public async Task An_ordinary_prompt_with_a_few_rare_words_passes() =>
        Assert.Null(await Check([.. Enumerable.Repeat(-2f, 50), -18f, -19f, -17f, .. Enumerable.Repeat(-2f, 50)]));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public async Task One_token_without_a_probability_does_not_decide_alone(float odd) => Assert.Null(await Check([.. Enumerable.Repeat(-2f, 50), odd]));

    [Fact]
    public async Task Three_tokens_are_too_few_to_judge() => Assert.Null(await Check([-20f, -20f, -20f]));

    [Fact]
    public async Task A_prompt_shorter_than_a_run_is_judged_as_a_whole() => Assert.NotNull(await Check([-7f, -7f, -7f, -7f]));

    static async Task<GuardFinding?> Check(float[] logarithms) => await new LikelihoodGate(new FixedLikelihoods(logarithms), Threshold).CheckAsync("text", TestContext.Current.CancellationToken);
}
