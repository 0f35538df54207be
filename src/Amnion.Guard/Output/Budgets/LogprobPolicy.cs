namespace Amnion.Guard.Output.Budgets;

/// <summary>
/// What callers may learn about token probabilities. Off by default: with exact probabilities and a logit bias the last layer and its width can be computed (Carlini et al., ICML 2024; Finlayson et al., 2024), and membership in the training set is told from losses.
/// </summary>
public sealed record LogprobPolicy
{
    /// <summary>No probabilities, labels only.</summary>
    public static LogprobPolicy Default { get; } = new();

    /// <summary>Whether log-probabilities are given at all.</summary>
    public bool AllowLogprobs { get; init; }

    /// <summary>How many alternatives a token may have, at most 5.</summary>
    public int MostAlternatives { get; init; } = 5;

    /// <summary>Decimals that stay of a log-probability (natural logarithm), at most 2.</summary>
    public int Decimals { get; init; } = 2;

    /// <summary>The least log-probability that is told; what is lower is told as this.</summary>
    public double Floor { get; init; } = -8;

    /// <summary>Whether a logit bias is accepted where no probabilities are asked for.</summary>
    public bool AllowLogitBias { get; init; } = true;

    /// <summary>The greatest bias, either way. Stronger ones turn sampling into a comparison of two tokens.</summary>
    public double GreatestBias { get; init; } = 20;

    /// <summary>Judges a request; null where it may pass.</summary>
    public LogprobRefusal? Judge(LogprobRequest request)
    {
        if (request.BiasedTokens > 0 && !AllowLogitBias)
        {
            return new LogprobRefusal("logit_bias", "no logit_bias");
        }

        if (!(request.GreatestBias <= GreatestBias))
        {
            return new LogprobRefusal("logit_bias", $"biases of at most {GreatestBias}");
        }

        if (!request.WantsLogprobs)
        {
            return request.Alternatives > 0 ? new LogprobRefusal("top_logprobs", "logprobs with top_logprobs") : null;
        }

        return !AllowLogprobs ? new LogprobRefusal("logprobs", "no logprobs")
            : request.BiasedTokens > 0 ? new LogprobRefusal("logit_bias", "no logit_bias with logprobs")
            : request.Alternatives > Math.Min(5, MostAlternatives) ? new LogprobRefusal("top_logprobs", $"at most {Math.Min(5, MostAlternatives)}")
            : null;
    }

    /// <summary>The log-probability that is told.</summary>
    public double Coarsen(double logprob) => double.IsNaN(logprob) ? Floor : Math.Max(Floor, Math.Round(logprob, Math.Clamp(Decimals, 0, 2), MidpointRounding.ToEven));
}
