namespace Amnion.Inference;

/// <summary>Added to one token's logit before sampling. Negative infinity bans the token.</summary>
/// <param name="Token">The token's number in the vocabulary.</param>
/// <param name="Bias">The bias; OpenAI's range is -100 to 100.</param>
public readonly record struct LogitBias(int Token, float Bias);
