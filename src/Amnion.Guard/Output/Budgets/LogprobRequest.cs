namespace Amnion.Guard.Output.Budgets;

/// <summary>What a request asks to know about token probabilities.</summary>
/// <param name="WantsLogprobs">Whether it asks for log-probabilities.</param>
/// <param name="Alternatives">How many alternatives a token (top_logprobs, or the older logprobs: n).</param>
/// <param name="BiasedTokens">How many tokens its logit_bias names.</param>
/// <param name="GreatestBias">The greatest absolute bias; 0 without any.</param>
public readonly record struct LogprobRequest(bool WantsLogprobs, int Alternatives, int BiasedTokens, double GreatestBias);
