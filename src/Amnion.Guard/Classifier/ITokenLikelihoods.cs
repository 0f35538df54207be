namespace Amnion.Guard.Classifier;

/// <summary>The enclave's own model, asked how likely a prompt's tokens are. The engine computes these when it reads the prompt, so that they cost next to nothing there.</summary>
public interface ITokenLikelihoods
{
    /// <summary>Natural logarithms of the probability of each token given those before it, in the order of the text; the first token, which has none before it, is left out.</summary>
    /// <param name="text">The prompt as the engine would read it.</param>
    /// <param name="cancellation">Ends the engine's work.</param>
    /// <returns>One value for each token but the first, each at most 0.</returns>
    ValueTask<ReadOnlyMemory<float>> ScoreAsync(string text, CancellationToken cancellation);
}
